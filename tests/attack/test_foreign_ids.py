"""Ids of another office or officer, put into the forms themselves: nothing of theirs changes or shows."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import Any

import pytest
from console_world import BANGKOK, FOREIGN, MAE_SOT, REFERENCE, Browser, World, add_roles, make_world
from sqlalchemy import select
from starlette.routing import Route

from bot.console.rights import OPEN, Role
from bot.store.database import transaction
from bot.store.models import Office, Officer, OfficerSession, Passkey, Referral, ReferralEvent

PART = re.compile(r"\{(\w+)(?::\w+)?\}")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    with transaction(world.engine) as session:
        far = session.scalars(select(Officer).where(Officer.login == "far")).one()
        session.add(
            Passkey(
                officer_id=far.id,
                credential=b"far's",
                public_key=b"key",
                sign_count=0,
                name="far",
                added_at=world.clock(),
            )
        )
    world.signed_in("far")
    return world


def theirs(world: World) -> list[Any]:
    """All that Mae Sot has, row by row."""
    with transaction(world.engine) as session:
        office = session.get_one(Office, MAE_SOT)
        far = session.scalars(select(Officer).where(Officer.office_id == MAE_SOT)).all()
        referrals = session.scalars(select(Referral).where(Referral.office_id == MAE_SOT)).all()
        mine = [one.id for one in far]
        rows = [office, *far, *referrals]
        for table, column in ((OfficerSession, OfficerSession.officer_id), (Passkey, Passkey.officer_id)):
            rows.extend(session.scalars(select(table).where(column.in_(mine))).all())
        ours = [one.id for one in referrals]
        rows.extend(session.scalars(select(ReferralEvent).where(ReferralEvent.referral_id.in_(ours))).all())
        return [[getattr(row, column.name) for column in row.__table__.columns] for row in rows]


def foreign_form(world: World, browser: Browser) -> dict[str, str]:
    with transaction(world.engine) as session:
        far = session.scalars(select(Officer).where(Officer.login == "far")).one()
        kept = session.scalars(select(OfficerSession).where(OfficerSession.officer_id == far.id)).one()
        passkey = session.scalars(select(Passkey).where(Passkey.officer_id == far.id)).one()
        ids = {"session": kept.key, "passkey": str(passkey.id), "officer": str(far.id)}
    token = browser.fields("/me")["csrf"]
    places = {"office": MAE_SOT, "reference": FOREIGN, "referral": FOREIGN, f"pick_{FOREIGN}": "1"}
    words = {"text": "words", "name": "new", "login": "new@example.org", "role": "admin", "reason": "spam"}
    return {"csrf": token, "key": secrets.token_hex(16), "override": "agreed", **places, **ids, **words}


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_ids_of_another_office_in_a_form_change_nothing_of_it(world: World, role: Role) -> None:
    browser = world.signed_in("ben" if role is Role.OFFICER else role.value)
    before, walked = theirs(world), 0
    with transaction(world.engine) as session:
        anna = session.scalars(select(Officer.id).where(Officer.login == "anna")).one()
    ours = {"reference": REFERENCE, "office": BANGKOK, "officer": str(anna)}
    for route in world.app.routes:
        assert isinstance(route, Route)
        # To pass a referral on to another office is what a lead may do: it is walked in the tests of casework.
        if "POST" not in (route.methods or ()) or route.name in OPEN | {"logout", "transfer"}:
            continue
        path = PART.sub(lambda match: ours[match[1]], route.path)
        answer = browser.post(path, foreign_form(world, browser))
        walked += 1
        assert answer.status_code < 500, path
        assert FOREIGN not in answer.headers.get("location", ""), path
        assert "343 9300" not in answer.text or role in {Role.OFFICER, Role.LEAD}, path
    assert walked > 20
    assert theirs(world) == before
