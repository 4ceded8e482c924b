from __future__ import annotations

from datetime import datetime

import pytest

from bot.referrals.content import Contact
from bot.referrals.safe_contact import OVERRIDES, TIMES, UnsafeError, against_plan, keep_to_plan

MORNING = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- a clock on a wall


def plan(way: str | None = "chat", time: str | None = "any", *style: str) -> Contact:
    return Contact(way, None, time, style)


@pytest.mark.parametrize(
    ("contact", "against"),
    [
        (None, ()),
        (plan(), ()),
        (plan(None, None), ()),
        (plan("chat", "morning"), ()),
        (plan("chat", "evening"), ("time",)),
        (plan("call", "morning"), ("way",)),
        (plan("text", "afternoon", "text_only"), ("time", "way")),
    ],
)
def test_time_and_way_are_those_the_person_named(contact: Contact | None, against: tuple[str, ...]) -> None:
    assert against_plan(contact, MORNING) == against


def test_every_hour_from_six_to_ten_in_the_evening_has_one_name() -> None:
    for hour in range(24):
        local = MORNING.replace(hour=hour)
        allowed = [time for time in TIMES if not against_plan(plan("chat", time), local)]
        assert len(allowed) == (6 <= hour < 22)


@pytest.mark.parametrize(
    "words", ["This is IOM", "the iom office", "I.O.M.", "International Organization for Migration"]
)
def test_words_that_name_iom_are_against_a_neutral_plan_alone(words: str) -> None:
    assert against_plan(plan("chat", "any", "do_not_say_iom"), MORNING, words) == ("iom",)
    assert against_plan(plan(), MORNING, words) == ()


@pytest.mark.parametrize("words", ["Is tomorrow good for you?", "axiom", "Bring your idiom book"])
def test_other_words_are_not(words: str) -> None:
    assert against_plan(plan("chat", "any", "do_not_say_iom"), MORNING, words) == ()


@pytest.mark.parametrize("override", ["", "because", "Danger"])
def test_the_plan_is_left_for_a_reason_of_the_list_alone(override: str) -> None:
    with pytest.raises(UnsafeError) as raised:
        keep_to_plan(("time",), override)
    assert raised.value.against == ("time",)
    assert keep_to_plan((), override) is None
    assert keep_to_plan(("time",), OVERRIDES[0]) == OVERRIDES[0]
