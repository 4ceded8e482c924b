from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from console_settings import add_person
from referral_world import AT, MAE_SOT, PASSING, World, make_world, send
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.language.catalogue import load_catalogue
from bot.language.wording import Wording
from bot.referrals import lifecycle
from bot.referrals.intake import erase, withdraw
from bot.referrals.takeover import hand_back, take_over, talk_of, tell_given_back
from bot.referrals.transfer import transfer
from bot.referrals.who_answers import PATIENCE, is_taken_over
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Incoming, Officer, Outgoing, Person, Referral
from bot.store.sealing import seal, unseal


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def officer(session: Session, number: int = 1) -> Officer:
    return session.get_one(Officer, number)


def taken(world: World, session: Session) -> Referral:
    referral = send(world, session, add_person(session))
    lifecycle.accept(session, referral.id, officer(session), "1", AT)
    take_over(session, world.settings.field_key, referral.id, officer(session), "2", AT)
    return referral


def said(world: World, session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
    return [(row.status, unseal(world.settings.field_key, row.content or b"")["say"]["name"]) for row in rows]


def test_the_person_is_told_once_and_it_is_on_record(world: World) -> None:
    with transaction(world.engine) as session:
        referral = taken(world, session)
        take_over(session, world.settings.field_key, referral.id, officer(session), "3", AT)
        assert (referral.talk_by, is_taken_over(referral, AT)) == (1, True)
        assert said(world, session) == [("waiting", "talk_taken_over")]
        assert session.scalars(select(Audit.officer_id).where(Audit.act == "took_over")).all() == [1]


def test_a_colleague_is_told_who_answers_until_that_is_long_ago(world: World) -> None:
    with transaction(world.engine) as session:
        referral = taken(world, session)
        with pytest.raises(lifecycle.TakenError) as error:
            take_over(session, world.settings.field_key, referral.id, officer(session, 2), "3", AT)
        assert error.value.officer_id == 1
        take_over(session, world.settings.field_key, referral.id, officer(session, 2), "4", AT + PATIENCE)
        assert referral.talk_by == 2


def test_a_reply_after_the_day_does_not_take_it_over_again(world: World) -> None:
    with transaction(world.engine) as session:
        referral = taken(world, session)
        key = world.settings.field_key
        for number, hours in enumerate((23, 46)):
            at = AT + timedelta(hours=hours)
            lifecycle.reply(session, key, referral.id, officer(session), "x", f"r{number}", at, neutral=False)
            assert referral.talk_at == at
        late = AT + timedelta(hours=80)
        lifecycle.reply(session, key, referral.id, officer(session), "x", "late", late, neutral=False)
        assert not is_taken_over(referral, late)
        assert not is_taken_over(referral, AT)  # by a clock that was set back since


@pytest.mark.parametrize("end", ["closed", "returned", "transferred", "withdrawn", "erased"])
def test_it_ends_with_the_work(world: World, end: str) -> None:
    with transaction(world.engine) as session:
        referral = taken(world, session)
        person = session.get_one(Person, referral.person_id)
        me = officer(session)
        assert person is not None
        lifecycle.open_for(session, referral, me, AT)
        if end == "closed":
            lifecycle.close(session, referral.id, me, "helped", "e", AT)
        elif end == "returned":
            lifecycle.give_back(session, referral.id, me, "leave", "e", AT)
        elif end == "transferred":
            transfer(session, PASSING, referral.id, me, MAE_SOT, "nearer", "e", AT)
        elif end == "withdrawn":
            withdraw(session, world.settings, person, AT)
        else:
            erase(session, person, AT)
        assert (referral.talk_by, referral.talk_at) == (None, None)


def test_what_is_not_taken_over_cannot_be_given_back(world: World) -> None:
    with transaction(world.engine) as session:
        referral = taken(world, session)
        for _ in range(2):
            hand_back(session, referral.id, officer(session), "3", AT)
        with pytest.raises(lifecycle.NotAllowedError):
            hand_back(session, referral.id, officer(session), "4", AT)
        assert talk_of(session, referral.person_id or 0) is None


@pytest.mark.parametrize(
    ("channel", "hours", "at_once", "told"),
    [
        ("web", 30, True, ("waiting", 1)),
        ("web", 30, False, ("held", 0)),
        ("whatsapp", 1, True, ("waiting", 1)),
        ("whatsapp", 30, True, ("held", 0)),
    ],
)
def test_that_the_bot_answers_again_is_told_when_it_is_safe_and_knocks_nobody_up(
    world: World, channel: str, hours: int, at_once: bool, told: tuple[str, int]
) -> None:
    with transaction(world.engine) as session:
        referral = taken(world, session)
        session.get_one(Person, referral.person_id).channel = channel
        at = AT + timedelta(hours=hours)
        tell_given_back(session, world.settings.field_key, referral, at, at_once=at_once)
        assert said(world, session)[-1] == (told[0], "talk_given_back")
        asked = session.scalars(select(Incoming)).all()
        assert len(asked) == told[1]
        for row in asked:
            kept = unseal(world.settings.field_key, row.content or b"")
            assert kept["content"]["tap"]["intent"] == "repeat_question"
            assert kept["silent_minutes"] == hours * 60


def test_nothing_is_asked_where_the_danger_card_stands(world: World) -> None:
    with transaction(world.engine) as session:
        referral = taken(world, session)
        person = session.get_one(Person, referral.person_id)
        person.state = seal(world.settings.field_key, {"slots": {"screen": "danger"}, "loop": None})
        tell_given_back(session, world.settings.field_key, referral, AT, at_once=True)
        assert session.scalars(select(Incoming)).all() == []


def test_none_of_its_words_names_iom_in_any_language() -> None:
    catalogue = load_catalogue(ROOT)
    names = [
        name
        for name in catalogue.responses()
        if name.startswith(("office_phrase_", "talk_", "border_", "controls_b"))
    ]
    assert len([name for name in names if name.startswith("office_phrase_")]) == 8
    for language in catalogue.languages:
        for name in names:
            text = Wording(catalogue, language).text(name, {"days": 3, "city": "x", "country": "y"})
            assert "IOM" not in text.upper(), (language, name)
