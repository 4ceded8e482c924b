from __future__ import annotations

from pathlib import Path

import pytest
from console_settings import CONSOLE_KEY, add_person
from referral_world import AT, BANGKOK, MAE_SOT, PASSING, World, make_world, send
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.language.catalogue import load_catalogue
from bot.language.wording import Wording
from bot.referrals import lifecycle
from bot.referrals.content import open_content
from bot.referrals.intake import write_to_office
from bot.referrals.offices import change_office, ensure_offices
from bot.referrals.transfer import WhereToError, destinations, transfer
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Office, Officer, Outgoing, Referral, ReferralEvent
from bot.store.sealing import SealError, unseal, unseal_at_office


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def worked(world: World, session: Session, style: tuple[str, ...] = ()) -> Referral:
    person = add_person(session)
    contact = {"way": "chat", "number": None, "time": "any", "style": list(style)}
    referral, officer = send(world, session, person, contact=contact), session.get_one(Officer, 1)
    lifecycle.accept(session, referral.id, officer, "1", AT)
    lifecycle.note(session, referral.id, officer, "a note", "2", AT)
    write_to_office(session, world.settings, person, "my words", AT)
    return referral


def test_all_of_it_opens_at_the_other_office_and_no_more_at_the_first(world: World) -> None:
    with transaction(world.engine) as session:
        referral = worked(world, session)
        before = open_content(session.get_one(Office, BANGKOK), CONSOLE_KEY, referral)
        change_office(session, MAE_SOT, active=None, answer_days=5)
        transfer(session, PASSING, referral.id, session.get_one(Officer, 1), MAE_SOT, "nearer", "3", AT)
        old, new = session.get_one(Office, BANGKOK), session.get_one(Office, MAE_SOT)
        assert (referral.office_id, referral.status, referral.taken_by, referral.open) == (
            MAE_SOT,
            "new",
            None,
            True,
        )
        assert open_content(new, CONSOLE_KEY, referral) == before
        with pytest.raises(SealError):
            open_content(old, CONSOLE_KEY, referral)
        written = session.scalars(select(ReferralEvent.words).where(ReferralEvent.words.is_not(None))).all()
        opened = [unseal_at_office(new.private_key, CONSOLE_KEY, words) for words in written if words]
        assert opened == [
            {"text": "a note"},
            {"text": "my words"},
            {"text": "nearer", "from": BANGKOK, "to": MAE_SOT},
        ]
        event = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "transferred")).one()
        assert event.tell  # the other office hears of it
        assert session.scalar(select(Audit.officer_id).where(Audit.act == "transferred")) == 1
        assert referral.due_at is not None
        assert (referral.due_at - AT).days >= 6


@pytest.mark.parametrize(("style", "named"), [((), True), (("do_not_say_iom",), False)])
def test_the_person_is_told_where_it_is_now_and_iom_is_not_named_to_whoever_asked(
    world: World, style: tuple[str, ...], named: bool
) -> None:
    with transaction(world.engine) as session:
        referral = worked(world, session, style)
        transfer(session, PASSING, referral.id, session.get_one(Officer, 1), MAE_SOT, "nearer", "3", AT)
        outgoing = session.scalars(select(Outgoing)).one()
        assert outgoing.person_id == referral.person_id
        assert outgoing.content is not None
        said = unseal(world.settings.field_key, outgoing.content)["say"]
    text = Wording(load_catalogue(ROOT), "en").text(said["name"], said["variables"])
    assert referral.reference in text
    assert "Mae Sot" in text
    assert ("IOM" in text) is named


def test_a_form_sent_twice_passes_on_once(world: World) -> None:
    with transaction(world.engine) as session:
        referral = worked(world, session)
        for _ in range(2):
            transfer(session, PASSING, referral.id, session.get_one(Officer, 1), MAE_SOT, "nearer", "3", AT)
        assert len(session.scalars(select(Outgoing)).all()) == 1


@pytest.mark.parametrize("to", [BANGKOK, "MY-KUL", "TH-MHS", "TH-CNX", "", "XX-YYY"])
def test_it_goes_to_no_office_abroad_shut_without_keys_or_unknown(world: World, to: str) -> None:
    with transaction(world.engine) as session:
        ensure_offices(session, ["MY-KUL", "TH-CNX"], CONSOLE_KEY)
        referral = worked(world, session)
        with pytest.raises(WhereToError):
            transfer(session, PASSING, referral.id, session.get_one(Officer, 1), to, "nearer", "3", AT)
        assert (referral.office_id, referral.status) == (BANGKOK, "accepted")


def test_an_office_switched_off_is_no_destination(world: World) -> None:
    with transaction(world.engine) as session:
        assert destinations(session, PASSING.offices, BANGKOK) == [MAE_SOT]
        change_office(session, MAE_SOT, active=False, answer_days=None)
        session.flush()
        assert destinations(session, PASSING.offices, BANGKOK) == []
        assert destinations(session, PASSING.offices, "XX-YYY") == []
