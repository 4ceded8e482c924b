from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from referral_world import AT, CONSOLE_KEY, World, add_person, make_world, send
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.language.english import load_responses
from bot.referrals import lifecycle
from bot.referrals.intake import erase, withdraw
from bot.referrals.reply import NAMED, NEUTRAL
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Office, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import unseal, unseal_at_office

KEY = "0123456789abcdef0123456789abcde"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def do(world: World, session: Session, referral_id: int, act: str, key: str, officer_id: int = 1) -> None:
    officer = session.get_one(Officer, officer_id)
    acts: dict[str, Callable[[], None]] = {
        "accepted": lambda: lifecycle.accept(session, referral_id, officer, key, AT),
        "waiting": lambda: lifecycle.wait(session, referral_id, officer, key, AT),
        "closed": lambda: lifecycle.close(session, referral_id, officer, "helped", key, AT),
        "noted": lambda: lifecycle.note(session, referral_id, officer, "a note", key, AT),
        "replied": lambda: lifecycle.reply(
            session, world.settings.field_key, referral_id, officer, "a reply", key, AT, neutral=False
        ),
    }
    acts[act]()


def bring_to(world: World, session: Session, status: str) -> Referral:
    person = add_person(session)
    referral = send(world, session, person)
    if status == "withdrawn":
        withdraw(session, world.settings, person, AT)
    steps = {"new": [], "accepted": ["accepted"], "waiting": ["accepted", "waiting"], "withdrawn": []}
    for number, act in enumerate(steps.get(status, ["accepted", "closed"])):
        do(world, session, referral.id, act, KEY + str(number))
    assert referral.status == status
    return referral


POSSIBLE = {
    ("new", "accepted"),
    ("new", "noted"),
    ("accepted", "waiting"),
    ("accepted", "closed"),
    ("accepted", "noted"),
    ("accepted", "replied"),
    ("waiting", "closed"),
    ("waiting", "noted"),
    ("waiting", "replied"),
}


@pytest.mark.parametrize("act", ["accepted", "waiting", "closed", "noted", "replied"])
@pytest.mark.parametrize("status", ["new", "accepted", "waiting", "closed", "withdrawn"])
def test_only_what_fits_the_state_is_done(world: World, status: str, act: str) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, status)
        before = len(session.scalars(select(ReferralEvent.id)).all())
        if (status, act) in POSSIBLE:
            do(world, session, referral.id, act, KEY + "f")
            event = session.scalars(select(ReferralEvent).order_by(ReferralEvent.id.desc())).first()
            audit = session.scalars(select(Audit).order_by(Audit.id.desc())).first()
            assert event is not None
            assert audit is not None
            assert (event.act, event.officer_id, audit.act, audit.officer_id) == (act, 1, act, 1)
        else:
            with pytest.raises(lifecycle.NotAllowedError, match=status):
                do(world, session, referral.id, act, KEY + "f")
            assert len(session.scalars(select(ReferralEvent.id)).all()) == before
            assert referral.status == status


def test_closed_it_is_open_no_more_and_the_reason_is_sealed(world: World) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "closed")
        assert not referral.open
        event = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "closed")).one()
        assert event.words is not None
        office = session.get_one(Office, referral.office_id)
        assert unseal_at_office(office.private_key, CONSOLE_KEY, event.words) == {"reason": "helped"}


@pytest.mark.parametrize("act", ["accepted", "noted", "replied"])
def test_a_form_sent_twice_acts_once(world: World, act: str) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "accepted" if act == "replied" else "new")
        for _ in range(2):
            do(world, session, referral.id, act, KEY + "f")
        assert len(session.scalars(select(ReferralEvent).where(ReferralEvent.act == act)).all()) == 1
        assert len(session.scalars(select(Outgoing)).all()) == (1 if act == "replied" else 0)


def test_of_two_officers_one_takes_it_and_the_other_is_told_who(world: World) -> None:
    with transaction(world.engine) as session:
        referral_id = bring_to(world, session, "new").id

    def take(officer_id: int) -> int | None:
        try:
            with transaction(world.engine) as session:
                do(world, session, referral_id, "accepted", f"{KEY}{officer_id}", officer_id)
        except lifecycle.TakenError as error:
            return error.officer_id
        return None

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(take, (1, 2)))
    with transaction(world.engine) as session:
        winner = session.get_one(Referral, referral_id).taken_by
    assert sorted(told, key=lambda who: who is None) == [winner, None]


@pytest.mark.parametrize(("neutral", "name"), [(False, NAMED), (True, NEUTRAL)])
def test_a_reply_waits_to_be_sent_unrendered(world: World, neutral: bool, name: str) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "accepted")
        officer = session.get_one(Officer, 1)
        lifecycle.reply(
            session, world.settings.field_key, referral.id, officer, " Come\r\nin ", KEY + "f", AT, neutral=neutral
        )
        outgoing = session.scalars(select(Outgoing)).one()
        event = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "replied")).one()
        assert (outgoing.person_id, outgoing.status, event.outgoing_id) == (
            referral.person_id,
            "waiting",
            outgoing.id,
        )
        assert outgoing.content is not None
        content = unseal(world.settings.field_key, outgoing.content)
        assert content["bubble"] is None
        assert content["say"]["name"] == name
        assert content["say"]["variables"]["text"] == {"kind": "text", "value": "Come\nin"}
        assert ("office" in content["say"]["variables"]) is not neutral


@pytest.mark.parametrize("name", [NAMED, NEUTRAL])
def test_what_a_reply_says_stands_in_the_domain(name: str) -> None:
    assert "{text}" in load_responses(ROOT / "domain.yml")[name].text


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * (lifecycle.WORDS_LIMIT + 1)])
def test_empty_and_endless_words_are_refused(world: World, text: str) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "accepted")
        with pytest.raises(lifecycle.WordsError):
            lifecycle.note(session, referral.id, session.get_one(Officer, 1), text, KEY + "f", AT)


def test_a_reason_that_was_not_offered_is_refused(world: World) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "accepted")
        with pytest.raises(lifecycle.WordsError):
            lifecycle.close(session, referral.id, session.get_one(Officer, 1), "rejected", KEY + "f", AT)


def test_nobody_can_be_answered_who_is_gone(world: World) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "accepted")
        referral_id = referral.id
        # Leaving in a hurry takes the person's row and leaves the referral open.
        session.delete(session.get_one(Person, referral.person_id))
    with transaction(world.engine) as session, pytest.raises(lifecycle.PersonGoneError):
        do(world, session, referral_id, "replied", KEY + "f")


def test_once_erased_nothing_more_is_done(world: World) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "accepted")
        referral_id = referral.id
        lifecycle.open_for(session, referral, session.get_one(Officer, 1), AT)
        session.flush()
        erase(session, session.get_one(Person, referral.person_id), AT)
    with transaction(world.engine) as session, pytest.raises(lifecycle.NotAllowedError, match="withdrawn"):
        do(world, session, referral_id, "noted", KEY + "f")
