"""Step 6 of the message's way: an office's working hours, and until when it has promised an answer.

Hours are kept as text: a part for each day from Monday on, "09:00-17:00" or "-", with spaces between. Holidays are
ISO dates with spaces between. Both are of the office's own time zone; moments are UTC without an offset.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.store.models import Office

SHUT = "-"
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
WEEK = 7
LONGEST_SHUT = 366  # days looked ahead for the next working day; a year of holidays is a mistake
MOST_HOLIDAYS = 100

Hours = tuple[time, time]


class HoursError(ValueError):
    """An office's settings that cannot be. `what` is the part that is wrong: a code, never what was typed."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The office's {what} cannot be read.")
        self.what = what


@dataclass(frozen=True)
class Schedule:
    """When an office works: opening and closing from Monday on (None: shut), days off, and the time zone."""

    week: tuple[Hours | None, ...]
    holidays: frozenset[date]
    zone: ZoneInfo

    def local(self, at: datetime) -> datetime:
        """The moment `at` as a clock in the office shows it."""
        return at.replace(tzinfo=UTC).astimezone(self.zone)

    def hours_on(self, day: date) -> Hours | None:
        """Opening and closing time of a day; None when the office is shut."""
        return None if day in self.holidays else self.week[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Whether the office works at this moment."""
        local = self.local(at)
        hours = self.hours_on(local.date())
        return hours is not None and hours[0] <= local.time() < hours[1]

    def due_at(self, start: datetime, days: int) -> datetime:
        """Closing time of the `days`-th working day after the one on which a message of `start` can be read."""
        local = self.local(start)
        hours = self.hours_on(local.date())
        day = local.date() if hours and local.time() < hours[1] else self._next(local.date())
        for _ in range(days):
            day = self._next(day)
        closing = self.hours_on(day)
        end = closing[1] if closing else time(23, 59)
        return datetime.combine(day, end, self.zone).astimezone(UTC).replace(tzinfo=None)

    def _next(self, day: date) -> date:
        ahead = (day + timedelta(days=number) for number in range(1, LONGEST_SHUT))
        return next((one for one in ahead if self.hours_on(one)), day + timedelta(days=1))


def schedule_of(office: Office) -> Schedule:
    """When this office works, as its row says; UTC until a time zone is chosen."""
    return read_schedule(office.hours.split(), office.holidays.split(), office.time_zone or "UTC")


def promised(office: Office, at: datetime) -> datetime:
    """Until when this office means to answer what comes at `at`."""
    return schedule_of(office).due_at(at, office.answer_days)


def read_schedule(week: Sequence[str], holidays: Sequence[str], zone: str) -> Schedule:
    """A schedule from its parts; `HoursError` names the part that is wrong. At least one day must be worked."""
    hours = tuple(_read_hours(part) for part in week)
    if len(hours) != WEEK or not any(hours):
        raise HoursError("hours")
    try:
        days = frozenset(date.fromisoformat(part) for part in holidays)
    except ValueError:
        raise HoursError("holidays") from None
    if len(days) > MOST_HOLIDAYS:
        raise HoursError("holidays")
    try:
        return Schedule(hours, days, ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HoursError("zone") from None


def _read_hours(part: str) -> Hours | None:
    if part == SHUT:
        return None
    opening, _, closing = part.partition("-")
    if not (CLOCK.fullmatch(opening) and CLOCK.fullmatch(closing)) or opening >= closing:
        raise HoursError("hours")
    return time.fromisoformat(opening), time.fromisoformat(closing)
