from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from console_settings import CONSOLE_KEY, add_person
from referral_world import AT, MAE_SOT, PASSING, World, make_world, send
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.language.english import load_responses
from bot.referrals import lifecycle
from bot.referrals.border import ask_border, take_border_back
from bot.referrals.intake import erase, withdraw, write_to_office
from bot.referrals.offices import ensure_offices
from bot.referrals.reply import NAMED, NEUTRAL
from bot.referrals.states import ALLOWED, ENDED, NOT_ENDED, told_to_person
from bot.referrals.takeover import hand_back, take_over
from bot.referrals.transfer import transfer
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Office, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import unseal, unseal_at_office

KEY = "0123456789abcdef0123456789abcde"
ABROAD = "MY-KUL"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def do(world: World, session: Session, referral_id: int, act: str, key: str, officer_id: int = 1) -> None:
    officer = session.get_one(Officer, officer_id)
    acts: dict[str, Callable[[], None]] = {
        "accepted": lambda: lifecycle.accept(session, referral_id, officer, key, AT),
        "contacted": lambda: lifecycle.step(session, referral_id, officer, "contacted", key, AT),
        "counselling": lambda: lifecycle.step(session, referral_id, officer, "counselling", key, AT),
        "waiting": lambda: lifecycle.step(session, referral_id, officer, "waiting", key, AT),
        "returned": lambda: lifecycle.give_back(session, referral_id, officer, "on leave", key, AT),
        "transferred": lambda: transfer(session, PASSING, referral_id, officer, MAE_SOT, "nearer", key, AT),
        "dismissed": lambda: lifecycle.dismiss(session, referral_id, officer, "spam", key, AT),
        "closed": lambda: lifecycle.close(session, referral_id, officer, "helped", key, AT),
        "noted": lambda: lifecycle.note(session, referral_id, officer, "a note", key, AT),
        "replied": lambda: lifecycle.reply(
            session, world.settings.field_key, referral_id, officer, "a reply", key, AT, neutral=False
        ),
        "took_over": lambda: take_over(session, world.settings.field_key, referral_id, officer, key, AT),
        "handed_back": lambda: hand_back(session, referral_id, officer, key, AT),
        "border_asked": lambda: ask_border(session, PASSING, referral_id, officer, ABROAD, "nearer", key, AT),
        "border_back": lambda: take_border_back(session, referral_id, officer, key, AT),
    }
    acts[act]()


def bring_to(world: World, session: Session, status: str) -> Referral:
    person = add_person(session)
    referral = send(world, session, person)
    if status == "withdrawn":
        withdraw(session, world.settings, person, AT)
    if status in {"applied", "other_help", "not_reachable", "closed"}:
        do(world, session, referral.id, "accepted", KEY + "0")
        reason = "helped" if status == "closed" else status
        lifecycle.close(session, referral.id, session.get_one(Officer, 1), reason, KEY + "1", AT)
    elif status not in {"new", "withdrawn"}:
        for number, act in enumerate(dict.fromkeys(["accepted", status])):
            do(world, session, referral.id, act, KEY + str(number))
    assert referral.status == status
    return referral


# Written down by hand, beside the table in the code: what an officer can do in each state.
TALKING = "replied noted took_over handed_back border_asked border_back"
POSSIBLE = {
    "new": "accepted noted transferred dismissed border_asked border_back",
    "accepted": f"contacted counselling waiting returned transferred closed {TALKING}",
    "contacted": f"counselling waiting returned transferred closed {TALKING}",
    "counselling": f"waiting returned transferred closed {TALKING}",
    "waiting": f"contacted counselling returned transferred closed {TALKING}",
    "applied": "",
    "other_help": "",
    "not_reachable": "",
    "closed": "",
    "withdrawn": "",
}
ACTS = [
    "accepted",
    "contacted",
    "counselling",
    "waiting",
    "returned",
    "transferred",
    "dismissed",
    "closed",
    "noted",
    "replied",
    "took_over",
    "handed_back",
    "border_asked",
    "border_back",
]
# What can only be done after another act.
AFTER = {"handed_back": "took_over", "border_back": "border_asked"}


@pytest.mark.parametrize("status", POSSIBLE)
def test_only_what_fits_the_state_is_done(world: World, status: str) -> None:
    with transaction(world.engine) as session:
        ensure_offices(session, [ABROAD], CONSOLE_KEY)
        referral_id = bring_to(world, session, status).id
    for act in ACTS:
        with Session(world.engine) as session:  # never committed: each act finds the same state
            before = len(session.scalars(select(ReferralEvent.id)).all())
            if act in POSSIBLE[status].split():
                if act in AFTER:
                    do(world, session, referral_id, AFTER[act], KEY + "e")
                do(world, session, referral_id, act, KEY + "f")
                event = session.scalars(select(ReferralEvent).where(ReferralEvent.key == KEY + "f")).one()
                audit = session.scalars(select(Audit).where(Audit.act == act).order_by(Audit.id.desc())).first()
                assert audit is not None
                assert (event.act, event.officer_id, audit.officer_id) == (act, 1, 1)
            else:
                with pytest.raises(lifecycle.NotAllowedError, match=status):
                    do(world, session, referral_id, act, KEY + "f")
                assert len(session.scalars(select(ReferralEvent.id)).all()) == before
                assert session.get_one(Referral, referral_id).status == status


def test_the_table_and_the_hand_written_one_name_the_same_acts_and_states() -> None:
    assert sorted(ALLOWED) == sorted(ACTS)
    assert NOT_ENDED | ENDED | {"withdrawn"} == set(POSSIBLE)


@pytest.mark.parametrize("status", POSSIBLE)
def test_what_the_person_is_told_of_a_state_stands_in_the_domain(status: str) -> None:
    assert load_responses(ROOT / "domain.yml")[f"status_{told_to_person(status)}"].text


def test_given_back_anybody_may_take_it_and_an_answer_is_owed(world: World) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "counselling")
        assert referral.due_at is None
        do(world, session, referral.id, "returned", KEY + "e")
        assert (referral.status, referral.taken_by, referral.due_at is None) == ("new", None, False)
        do(world, session, referral.id, "accepted", KEY + "f", 2)
        assert referral.taken_by == 2


def test_what_may_be_about_danger_is_never_closed_unread(world: World) -> None:
    with transaction(world.engine) as session:
        for flag in ("priority", "child", "safety", "trained_worker"):
            referral = send(world, session, add_person(session, flag), flag, flags=[flag])
            with pytest.raises(lifecycle.NotAllowedError):
                do(world, session, referral.id, "dismissed", KEY + "f")
            assert referral.status == "new"


def test_a_reply_keeps_the_promise_and_the_persons_next_words_renew_it(world: World) -> None:
    with transaction(world.engine) as session:
        referral = bring_to(world, session, "accepted")
        person = session.get_one(Person, referral.person_id)
        assert referral.due_at is not None
        do(world, session, referral.id, "replied", KEY + "e")
        assert referral.status == "contacted"
        assert not referral.due_at
        do(world, session, referral.id, "waiting", KEY + "f")
        write_to_office(session, world.settings, person, "hello", AT)
        assert (referral.status, referral.due_at is None) == ("contacted", False)


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
