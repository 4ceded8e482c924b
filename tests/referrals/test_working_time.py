from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.referrals.working_time import HoursError, Schedule, read_schedule

WEEK = ["09:00-17:00"] * 5 + ["-", "-"]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def bangkok(week: list[str] | None = None, holidays: tuple[str, ...] = ()) -> Schedule:
    return read_schedule(week or WEEK, holidays, "Asia/Bangkok")


@pytest.mark.parametrize(
    ("came", "days", "due"),
    [
        ("2026-11-23 03:00", 3, "2026-11-26 10:00"),  # Monday at 10, Bangkok time: until Thursday at 17
        ("2026-11-23 09:59", 3, "2026-11-26 10:00"),
        ("2026-11-23 10:00", 3, "2026-11-27 10:00"),  # at closing time: as if on Tuesday
        ("2026-11-22 20:00", 1, "2026-11-24 10:00"),  # Sunday in UTC, Monday in Bangkok
        ("2026-11-27 03:00", 1, "2026-11-30 10:00"),  # Friday: until Monday
        ("2026-11-28 03:00", 1, "2026-12-01 10:00"),  # Saturday: as if on Monday
    ],
)
def test_an_answer_is_due_at_the_end_of_a_working_day(came: str, days: int, due: str) -> None:
    assert bangkok().due_at(utc(came), days) == utc(due)


def test_a_holiday_is_no_working_day() -> None:
    assert bangkok(holidays=("2026-11-24",)).due_at(utc("2026-11-23 03:00"), 1) == utc("2026-11-25 10:00")
    assert bangkok(holidays=("2026-11-23",)).due_at(utc("2026-11-23 03:00"), 1) == utc("2026-11-25 10:00")


def test_an_office_works_on_its_own_days_and_clock() -> None:
    sunday_to_thursday = ["08:00-14:00"] * 4 + ["-", "-", "08:00-14:00"]
    schedule = read_schedule(sunday_to_thursday, (), "Asia/Kabul")
    assert schedule.due_at(utc("2026-11-26 05:00"), 1) == utc("2026-11-29 09:30")  # Thursday: until Sunday
    assert schedule.is_open(utc("2026-11-29 03:30"))
    assert not schedule.is_open(utc("2026-11-29 09:30"))
    assert not schedule.is_open(utc("2026-11-27 05:00"))


def test_summer_time_moves_the_promise_and_not_the_closing_hour() -> None:
    schedule = read_schedule(WEEK, (), "Australia/Sydney")
    for came in ("2026-10-02 01:00", "2026-10-05 01:00"):  # clocks go forward on the 4th
        due = schedule.due_at(utc(came), 1)
        assert schedule.local(due).strftime("%H:%M") == "17:00"


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 -- as the tables keep it
    st.integers(1, 20),
    st.sets(st.dates(date(2026, 1, 1), date(2028, 3, 1)), max_size=20),
)
def test_as_many_working_days_lie_between_as_were_promised(came: datetime, days: int, off: set[date]) -> None:
    schedule = bangkok(holidays=tuple(one.isoformat() for one in off))
    due = schedule.local(schedule.due_at(came, days))
    first, worked = schedule.local(came), []
    day = first.date()
    while day <= due.date():
        if schedule.hours_on(day):
            worked.append(day)
        day += timedelta(days=1)
    closed_by_then = bool(worked) and worked[0] == first.date() and first.hour >= 17
    assert len(worked) - 1 - closed_by_then == days
    assert due.astimezone(UTC) > came.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("week", "holidays", "zone", "what"),
    [
        (["-"] * 7, [], "UTC", "hours"),
        (WEEK[:6], [], "UTC", "hours"),
        (["17:00-09:00", *WEEK[1:]], [], "UTC", "hours"),
        (["09:00-09:00", *WEEK[1:]], [], "UTC", "hours"),
        (["09:00", *WEEK[1:]], [], "UTC", "hours"),
        (["24:00-25:00", *WEEK[1:]], [], "UTC", "hours"),
        (["09:00Z-17:00", *WEEK[1:]], [], "UTC", "hours"),
        (WEEK, ["31-12-2026"], "UTC", "holidays"),
        (WEEK, ["2026-02-30"], "UTC", "holidays"),
        (WEEK, [f"{year}-01-01" for year in range(2000, 2101)], "UTC", "holidays"),
        (WEEK, [], "Asia/Nowhere", "zone"),
        (WEEK, [], "../../etc/passwd", "zone"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(week: list[str], holidays: list[str], zone: str, what: str) -> None:
    with pytest.raises(HoursError) as raised:
        read_schedule(week, holidays, zone)
    assert raised.value.what == what
