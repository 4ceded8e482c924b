"""An office with a lead and a person in the chat, and what an officer does there, for the tests of casework."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from console_world import Browser, World, make_world, send
from sqlalchemy import select

from bot.store.database import transaction
from bot.store.models import Audit, Officer, Outgoing, Referral

CHAT = "CHAT-2222"
NUMBER = "+66 2 343 9300"


def with_a_lead(folder: Path) -> World:
    """The console's world, where Ben is a lead and somebody more has sent a referral."""
    made = make_world(folder)
    with transaction(made.engine) as session:
        session.scalars(select(Officer).where(Officer.login == "ben")).one().role = "lead"
        send_to_chat(made, session)
    return made


def send_to_chat(world: World, session: Any, reference: str = CHAT, **contact: Any) -> None:
    contact = {"way": "chat", "number": None, "time": "any", "style": []} | contact
    send(session, world.settings, reference, contact=contact, flags=[])


def sent(world: World) -> int:
    with transaction(world.engine) as session:
        return len(session.scalars(select(Outgoing.id)).all())


def audited(world: World, act: str) -> list[tuple[str, int | None]]:
    with transaction(world.engine) as session:
        rows = session.scalars(select(Audit).where(Audit.act == act).order_by(Audit.id))
        return [(row.subject, row.officer_id) for row in rows]


def state(world: World, reference: str) -> tuple[str, str]:
    with transaction(world.engine) as session:
        referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
        return referral.status, referral.office_id


def taken(world: World, who: str = "anna", reference: str = CHAT) -> Browser:
    browser = world.sign_in(who)
    assert browser.act("accept", reference).status_code == 303
    return browser
