from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from console_settings import CONSOLE_KEY, add_person
from referral_world import AT, BANGKOK, MAE_SOT, PASSING, World, make_world, send
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.language.catalogue import load_catalogue
from bot.language.wording import Wording
from bot.referrals import lifecycle
from bot.referrals.border import answer_border, ask_border, coming_to, cross, take_border_back
from bot.referrals.border_state import ASKED_FOR
from bot.referrals.content import open_content
from bot.referrals.intake import open_referral_facts, withdraw, write_to_office
from bot.referrals.offices import change_office, ensure_offices
from bot.referrals.takeover import take_over
from bot.referrals.transfer import WhereToError, transfer
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Office, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import SealError, unseal, unseal_at_office

ABROAD, WORDING = "MY-KUL", "cd" * 32


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    with transaction(made.engine) as session:
        ensure_offices(session, [ABROAD], CONSOLE_KEY)
    return made


def asked(world: World, session: Session) -> tuple[Referral, Person]:
    person = add_person(session)
    referral = send(world, session, person)
    lifecycle.accept(session, referral.id, session.get_one(Officer, 1), "1", AT)
    ask_border(session, PASSING, referral.id, session.get_one(Officer, 1), ABROAD, "family there", "2", AT)
    return referral, person


def said(world: World, session: Session) -> list[str]:
    rows = session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
    return [unseal(world.settings.field_key, row.content or b"")["say"]["name"] for row in rows]


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(ReferralEvent.act).order_by(ReferralEvent.id)))


def test_it_stays_until_the_person_says_yes_and_then_goes_whole(world: World) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        before = open_content(session.get_one(Office, BANGKOK), CONSOLE_KEY, referral)
        write_to_office(session, world.settings, person, "my words", AT)
        assert cross(session, PASSING, AT) == 0
        assert referral.office_id == BANGKOK
        assert answer_border(session, person, ABROAD, WORDING, AT)
        assert (referral.office_id, open_referral_facts(session, person.id)["border"]) == (BANGKOK, None)  # type: ignore[index]
        assert cross(session, PASSING, AT) == 1
        assert (referral.office_id, referral.status, referral.border_to) == (ABROAD, "new", None)
        new = session.get_one(Office, ABROAD)
        assert open_content(new, CONSOLE_KEY, referral) == before
        with pytest.raises(SealError):
            open_content(session.get_one(Office, BANGKOK), CONSOLE_KEY, referral)
        written = session.scalars(select(ReferralEvent.words).where(ReferralEvent.words.is_not(None))).all()
        opened = [unseal_at_office(new.private_key, CONSOLE_KEY, words) for words in written if words]
        assert opened == [
            {"text": "family there", "to": ABROAD},
            {"text": "my words"},
            {"to": ABROAD, "wording": WORDING, "language": "fa"},
            {"from": BANGKOK, "to": ABROAD},
        ]
        assert said(world, session) == ["border_ask", "status_new"]
        assert session.scalars(select(Audit.officer_id).where(Audit.act == "transferred")).all() == [1]
        assert cross(session, PASSING, AT) == 0


def test_a_no_changes_nothing_and_the_office_hears_of_it(world: World) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        assert answer_border(session, person, ABROAD, None, AT)
        assert cross(session, PASSING, AT) == 0
        assert (referral.office_id, referral.status, referral.border_to) == (BANGKOK, "accepted", None)
        assert session.scalars(select(ReferralEvent.tell).where(ReferralEvent.act == "border_no")).all() == [True]
        assert not answer_border(session, person, ABROAD, WORDING, AT)


def test_the_question_names_city_and_country_and_not_iom(world: World) -> None:
    with transaction(world.engine) as session:
        asked(world, session)
        say = unseal(world.settings.field_key, session.scalars(select(Outgoing)).one().content or b"")["say"]
    text = Wording(load_catalogue(ROOT), "en").text(say["name"], say["variables"])
    assert "Kuala Lumpur" in text
    assert "Malaysia" in text
    assert "IOM" not in text


@pytest.mark.parametrize("to", [BANGKOK, MAE_SOT, "", "XX-YYY", "ID-JKT"])
def test_nobody_is_asked_about_an_office_of_the_country_or_one_that_takes_none(world: World, to: str) -> None:
    with transaction(world.engine) as session:
        referral = send(world, session, add_person(session))
        with pytest.raises(WhereToError):
            ask_border(session, PASSING, referral.id, session.get_one(Officer, 1), to, "x", "2", AT)
        assert said(world, session) == []


def test_one_question_at_a_time_and_a_second_click_asks_once(world: World) -> None:
    with transaction(world.engine) as session:
        referral, _ = asked(world, session)
        me = session.get_one(Officer, 1)
        ask_border(session, PASSING, referral.id, me, ABROAD, "family there", "2", AT)
        with pytest.raises(lifecycle.NotAllowedError):
            ask_border(session, PASSING, referral.id, me, ABROAD, "family there", "3", AT)
        assert said(world, session) == ["border_ask"]


def test_the_officer_may_take_the_question_back_but_not_a_yes(world: World) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        me = session.get_one(Officer, 1)
        take_border_back(session, referral.id, me, "3", AT)
        assert not answer_border(session, person, ABROAD, WORDING, AT)
        ask_border(session, PASSING, referral.id, me, ABROAD, "x", "4", AT)
        answer_border(session, person, ABROAD, WORDING, AT)
        with pytest.raises(lifecycle.NotAllowedError):
            take_border_back(session, referral.id, me, "5", AT)


def test_after_seven_days_the_question_ends_by_itself(world: World) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        assert cross(session, PASSING, AT + ASKED_FOR - timedelta(seconds=1)) == 0
        assert cross(session, PASSING, AT + ASKED_FOR) == 1
        assert (referral.border_to, acts(session)[-1]) == (None, "border_over")
        assert not answer_border(session, person, ABROAD, WORDING, AT + ASKED_FOR)


@pytest.mark.parametrize("end", ["closed", "withdrawn", "transferred"])
def test_what_ends_the_work_here_ends_the_question(world: World, end: str) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        me = session.get_one(Officer, 1)
        if end == "closed":
            lifecycle.close(session, referral.id, me, "helped", "e", AT)
        elif end == "withdrawn":
            withdraw(session, world.settings, person, AT)
        else:
            transfer(session, PASSING, referral.id, me, MAE_SOT, "nearer", "e", AT)
        assert (referral.border_to, referral.border_yes_at) == (None, None)
        assert cross(session, PASSING, AT) == 0


def test_an_office_that_has_closed_meanwhile_gets_nothing_and_the_person_hears_that_it_stays(world: World) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        answer_border(session, person, ABROAD, WORDING, AT)
        change_office(session, ABROAD, active=False, answer_days=None)
        session.flush()
        assert cross(session, PASSING, AT) == 1
        assert (referral.office_id, referral.border_to) == (BANGKOK, None)
        assert said(world, session) == ["border_ask", "border_no"]


def test_one_that_does_not_open_holds_up_no_other(world: World) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        other = add_person(session, "p2")
        second = send(world, session, other, "AAAA-2222")
        ask_border(session, PASSING, second.id, session.get_one(Officer, 1), ABROAD, "x", "2", AT)
        for one in (person, other):
            answer_border(session, one, ABROAD, WORDING, AT)
        referral.sealed = b"spoilt"
        session.flush()
        assert cross(session, PASSING, AT) == 2
        assert (referral.office_id, second.office_id) == (BANGKOK, ABROAD)


def test_the_office_abroad_hears_that_something_may_come_and_not_of_whom(world: World) -> None:
    with transaction(world.engine) as session:
        asked(world, session)
        assert [(one.office, one.at) for one in coming_to(session, ABROAD)] == [(BANGKOK, AT)]
        assert coming_to(session, BANGKOK) == []


def test_a_talk_taken_over_is_the_bots_again_at_the_new_office(world: World) -> None:
    with transaction(world.engine) as session:
        referral, person = asked(world, session)
        take_over(session, world.settings.field_key, referral.id, session.get_one(Officer, 1), "3", AT)
        answer_border(session, person, ABROAD, WORDING, AT)
        cross(session, PASSING, AT)
        assert (referral.talk_by, said(world, session)[-1]) == (None, "talk_given_back")
