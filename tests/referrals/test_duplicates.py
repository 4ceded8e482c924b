"""What may be the same person on two channels is found by telephone number, at one office, and never joined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from console_settings import CONSOLE_KEY, add_person
from referral_world import AT, MAE_SOT, WORDING, World, effect, make_world
from sqlalchemy.orm import Session

from bot.referrals import intake
from bot.referrals.duplicates import LOOKED_BACK, comparable, possible_duplicates
from bot.store.models import Referral
from bot.store.sealing import seal

CALL = {"way": "call", "number": "+66 2 343 9300", "time": "any", "style": []}
CHAT: dict[str, Any] = {"way": "chat", "number": None, "time": "any", "style": []}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    yield made
    made.engine.dispose()


def sent(
    world: World, session: Session, reference: str, contact: Any, channel: str = "telegram", **more: str
) -> Referral:
    person = add_person(session, reference)
    person.channel = channel
    person.address = seal(world.settings.field_key, more.get("address", "5550001"))
    asked = effect(reference, more.get("office", "TH-BKK"), contact=contact)
    made = intake.apply_referral(session, world.settings, person, asked, WORDING, AT)
    assert made is not None
    session.flush()
    return made


def found(world: World, session: Session, referral: Referral, later: timedelta = timedelta()) -> list[str]:
    return possible_duplicates(session, world.settings, CONSOLE_KEY, referral, AT + later)


def test_the_same_number_written_otherwise_is_found_from_both_sides(world: World) -> None:
    with Session(world.engine) as session:
        first = sent(world, session, "AAAA-2222", CALL)
        second = sent(world, session, "BBBB-2222", {**CALL, "number": "۰۲۳۴۳۹۳۰۰"}, channel="web")
        sent(world, session, "CCCC-2222", {**CALL, "number": "+66 81 234 5678"})
        assert found(world, session, first) == ["BBBB-2222"]
        assert found(world, session, second) == ["AAAA-2222"]
        assert first.person_id != second.person_id


def test_the_number_under_which_one_writes_counts_and_a_telegram_account_s_is_none(world: World) -> None:
    with Session(world.engine) as session:
        by_call = sent(world, session, "AAAA-2222", CALL)
        sent(world, session, "BBBB-2222", CHAT, channel="whatsapp", address="6623439300")
        sent(world, session, "CCCC-2222", CHAT, channel="telegram", address="6623439300")
        sent(world, session, "DDDD-2222", CHAT, channel="whatsapp", address="TH.6623439300")
        assert found(world, session, by_call) == ["BBBB-2222"]


def test_another_office_s_referrals_stay_there(world: World) -> None:
    with Session(world.engine) as session:
        here = sent(world, session, "AAAA-2222", CALL)
        sent(world, session, "BBBB-2222", CALL, office=MAE_SOT)
        assert found(world, session, here) == []


def test_without_a_number_nothing_is_guessed(world: World) -> None:
    with Session(world.engine) as session:
        first = sent(world, session, "AAAA-2222", CHAT)
        sent(world, session, "BBBB-2222", CHAT)
        assert found(world, session, first) == []


def test_one_taken_back_no_longer_tells_a_number_and_an_old_one_is_not_looked_at(world: World) -> None:
    with Session(world.engine) as session:
        here = sent(world, session, "AAAA-2222", CALL)
        closed = sent(world, session, "BBBB-2222", CALL)
        closed.open, closed.status = False, "closed"
        session.flush()
        assert found(world, session, here) == ["BBBB-2222"]
        assert found(world, session, here, LOOKED_BACK) == []
        closed.contact = None
        session.flush()
        assert found(world, session, here) == []


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("+66 2 343 9300", "23439300"),
        ("02-343-9300", "23439300"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "23456789"),
        ("၀၉၁၂၃၄၅၆၇", "91234567"),
        ("1669", ""),
        ("call my friend", ""),
        ("US.6623439300", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_what_is_compared_of_a_number(number: str | None, digits: str) -> None:
    assert comparable(number) == digits
