"""Step 8 of the message's way: an office's referrals as its officers find them, page by page.

Every function takes the office and sees no other: a referral of another office does not exist here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from bot.store.models import Officer, Referral

Tab = Literal["new", "mine", "taken", "waiting", "closed"]
TABS: tuple[Tab, ...] = get_args(Tab)
PAGE = 50  # referrals on a page
SATURDAY = 5


class PlaceError(ValueError):
    """A place in the list that no page of ours gave out."""


@dataclass(frozen=True)
class Place:
    """Where a page ends: the next one starts after it. Nothing in it ever changes for a referral."""

    priority: bool
    created_at: datetime
    id: int

    def __str__(self) -> str:
        return f"{int(self.priority)}_{self.created_at.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """A place from its text form, else `PlaceError`."""
        try:
            priority, created_at, number = text.split("_")
            return cls(bool(int(priority)), datetime.fromisoformat(created_at).replace(tzinfo=None), int(number))
        except ValueError as error:
            raise PlaceError("This place in the list is not one of ours.") from error


@dataclass(frozen=True)
class Page:
    """Some referrals, those of priority first, then the newest; `after` is where the next page starts."""

    referrals: Sequence[Referral]
    after: Place | None


def list_referrals(session: Session, officer: Officer, tab: Tab, after: Place | None = None) -> Page:
    """At most `PAGE` referrals of the officer's office."""
    order = (Referral.priority, Referral.created_at, Referral.id)
    wanted = select(Referral).where(*_in_tab(officer, tab)).order_by(*(column.desc() for column in order))
    if after is not None:
        wanted = wanted.where(tuple_(*order) < tuple_(after.priority, after.created_at, after.id))
    found = session.scalars(wanted.limit(PAGE + 1)).all()
    shown = found[:PAGE]
    last = shown[-1] if len(found) > PAGE else None
    return Page(shown, Place(last.priority, last.created_at, last.id) if last else None)


def count_referrals(session: Session, officer: Officer) -> Mapping[Tab, int]:
    """How many referrals of the officer's office each tab holds."""
    count = select(func.count()).select_from(Referral)
    return {tab: session.scalar(count.where(*_in_tab(officer, tab))) or 0 for tab in TABS}


def find_referral(session: Session, office_id: str, reference: str) -> Referral | None:
    """The referral of this office with this code, however it was typed; None for another's."""
    code = reference.strip().upper()
    return session.scalar(select(Referral).where(Referral.office_id == office_id, Referral.reference == code))


def is_late(referral: Referral, answer_days: int, at: datetime) -> bool:
    """Whether a new referral has waited longer than the office means to take (`answer_days` working days)."""
    return referral.status == "new" and _working_days(referral.created_at, at) > answer_days


def _working_days(start: datetime, end: datetime) -> int:
    days = range(1, (end.date() - start.date()).days + 1)
    return sum((start + timedelta(days=day)).weekday() < SATURDAY for day in days)


def _in_tab(officer: Officer, tab: Tab) -> list[ColumnElement[bool]]:
    which: dict[Tab, list[ColumnElement[bool]]] = {
        "new": [Referral.status == "new"],
        "mine": [Referral.open.is_(True), Referral.taken_by == officer.id],
        "taken": [Referral.status == "accepted"],
        "waiting": [Referral.status == "waiting"],
        "closed": [Referral.open.is_(False)],
    }
    return [Referral.office_id == officer.office_id, *which[tab]]
