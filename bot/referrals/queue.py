"""Step 8 of the message's way: an office's referrals as its officers find them, page by page.

Every function takes the office and sees no other: a referral of another office does not exist here. What is asked
of the database is bounded, so that a page costs the same with a thousand referrals and with a million.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    ScalarSelect,
    String,
    and_,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.referrals.states import TAKEN
from bot.store.models import Officer, Referral

Tab = Literal["new", "mine", "waiting", "overdue", "taken", "closed"]
TABS: tuple[Tab, ...] = get_args(Tab)
Sort = Literal["newest", "oldest", "due"]
SORTS: tuple[Sort, ...] = get_args(Sort)
DUE_TABS = frozenset({"new", "overdue"})  # where an answer is owed for every one
PAGE = 50  # referrals on a page
MOST_LOOKED_AT = 400  # referrals opened for one page when it is of some kind only
MOST_COUNTED = 1000


_OFFICE, _OFFICER = bindparam("office", type_=String), bindparam("officer", type_=Integer)
_AT = bindparam("at", type_=DateTime)
# Which of an office's referrals each tab holds; made once, asked with what `_asking` gives.
_IN_TAB: Mapping[Tab, ColumnElement[bool]] = {
    "new": Referral.status == "new",
    "mine": Referral.open.is_(True) & (Referral.taken_by == _OFFICER),
    "waiting": Referral.status == "waiting",
    # Said so that no database looks the late ones up by their day: they are walked in the order that is asked for,
    # and nothing is sorted.
    "overdue": Referral.due_at.is_not(None) & (func.coalesce(Referral.due_at, _AT) < _AT),
    "taken": Referral.status.in_(sorted(TAKEN)),
    "closed": Referral.open.is_(False),
}


class PlaceError(ValueError):
    """A place in the list that no page of ours gave out."""


@dataclass(frozen=True)
class Place:
    """Where a page ends: the next one starts after it. `moment` is what the list is sorted by."""

    priority: bool
    moment: datetime
    id: int

    def __str__(self) -> str:
        return f"{int(self.priority)}_{self.moment.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> Place:
        """A place from its text form, else `PlaceError`."""
        try:
            priority, moment, number = text.split("_")
            return cls(bool(int(priority)), datetime.fromisoformat(moment).replace(tzinfo=None), int(number))
        except ValueError as error:
            raise PlaceError("This place in the list is not one of ours.") from error


@dataclass(frozen=True)
class Wish:
    """What an officer wants to see: a tab, sorted, of one language or of all."""

    tab: Tab
    sort: Sort = "newest"
    language: str | None = None


@dataclass(frozen=True)
class Page:
    """Some referrals, those of priority first; `after` is where the next page starts."""

    referrals: Sequence[Referral]
    after: Place | None


def list_referrals(
    session: Session,
    officer: Officer,
    wish: Wish,
    at: datetime,
    after: Place | None = None,
    fits: Callable[[Referral], bool] | None = None,
) -> Page:
    """At most `PAGE` referrals of the officer's office; `at` is now.

    `fits` looks into a referral: what is sealed cannot be asked of the database. At most `MOST_LOOKED_AT` are
    looked at, so a page may hold fewer, or none, and still have a next one.
    """
    if fits is None:
        found = _next(session, officer, wish, at, after, PAGE + 1)
        return Page(found[:PAGE], _place(found[PAGE - 1], wish.sort) if len(found) > PAGE else None)
    looked_at = _next(session, officer, wish, at, after, MOST_LOOKED_AT + 1)
    shown: list[Referral] = []
    for number, referral in enumerate(looked_at[:MOST_LOOKED_AT], start=1):
        if fits(referral):
            shown.append(referral)
        if len(shown) == PAGE or number == MOST_LOOKED_AT:
            return Page(shown, _place(referral, wish.sort) if number < len(looked_at) else None)
    return Page(shown, None)


def count_referrals(session: Session, officer: Officer, at: datetime) -> Mapping[Tab, int]:
    """How many referrals of the officer's office each tab holds, counted up to `MOST_COUNTED`."""
    counts = session.execute(_COUNTS, _asking(officer, at)).one()
    return dict(zip(TABS, counts, strict=True))


def count_newer(session: Session, office_id: str, than: int) -> int:
    """How many new referrals came to an office after the one whose id is `than`, up to `MOST_COUNTED`."""
    newer = and_(Referral.office_id == office_id, Referral.status == "new", Referral.id > than)
    return session.execute(select(_counted(newer))).scalar_one()


def newest_id(session: Session, office_id: str) -> int:
    """The id of the office's latest referral, 0 for none. One of all would tell how many the others get."""
    return session.scalar(select(func.max(Referral.id)).where(Referral.office_id == office_id)) or 0


def find_referral(session: Session, office_id: str, reference: str) -> Referral | None:
    """The referral of this office with this code, however it was typed; None for another's."""
    code = reference.replace("\0", "").strip().upper()  # PostgreSQL takes no null byte
    return session.scalar(select(Referral).where(Referral.office_id == office_id, Referral.reference == code))


def is_late(referral: Referral, at: datetime) -> bool:
    """Whether an answer is owed that should have been given by now."""
    return referral.due_at is not None and referral.due_at < at


def _next(
    session: Session, officer: Officer, wish: Wish, at: datetime, after: Place | None, most: int
) -> list[Referral]:
    # Those of priority and the others apart: each is one walk along an index, whichever way it is sorted.
    found: list[Referral] = []
    for priority in (True, False):
        if len(found) < most and (after is None or priority <= after.priority):
            start = after if after is not None and priority == after.priority else None
            found += _walk(session, officer, wish, at, priority, start, most - len(found))
    return found


def _walk(
    session: Session, officer: Officer, wish: Wish, at: datetime, priority: bool, after: Place | None, most: int
) -> Sequence[Referral]:
    # So are several states: each is a walk of its own, and what they come to is put in order.
    states = sorted(TAKEN) if wish.tab == "taken" else [None]
    found = [one for state in states for one in _along(session, officer, wish, at, priority, after, state, most)]
    if len(states) > 1:
        found.sort(key=lambda one: (_moment(one, wish.sort), one.id), reverse=wish.sort == "newest")
    return found[:most]


def _along(
    session: Session,
    officer: Officer,
    wish: Wish,
    at: datetime,
    priority: bool,
    after: Place | None,
    state: str | None,
    most: int,
) -> Sequence[Referral]:
    moment, down = _column(wish.sort), wish.sort == "newest"
    wanted = select(Referral).where(
        Referral.office_id == _OFFICE, _IN_TAB[wish.tab], Referral.priority.is_(priority)
    )
    if state is not None:
        wanted = wanted.where(Referral.status == state)
    if wish.language is not None:
        wanted = wanted.where(Referral.language == wish.language)
    if wish.sort == "due":
        wanted = wanted.where(Referral.due_at < at if wish.tab == "overdue" else Referral.due_at.is_not(None))
    if after is not None:
        here, there = tuple_(moment, Referral.id), tuple_(after.moment, after.id)
        wanted = wanted.where(here < there if down else here > there)
    ordered = (moment.desc(), Referral.id.desc()) if down else (moment.asc(), Referral.id.asc())
    return session.scalars(wanted.order_by(*ordered).limit(most), _asking(officer, at)).all()


def _column(sort: Sort) -> InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]:
    return Referral.due_at if sort == "due" else Referral.created_at


def _moment(referral: Referral, sort: Sort) -> datetime:
    return referral.due_at if sort == "due" and referral.due_at is not None else referral.created_at


def _place(referral: Referral, sort: Sort) -> Place:
    return Place(referral.priority, _moment(referral, sort), referral.id)


def _asking(officer: Officer, at: datetime) -> Mapping[str, object]:
    return {"office": officer.office_id, "officer": officer.id, "at": at}


def _counted(which: ColumnElement[bool]) -> ScalarSelect[int]:
    some = select(Referral.id).where(which).limit(MOST_COUNTED).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


_COUNTS = select(*(_counted((Referral.office_id == _OFFICE) & _IN_TAB[tab]) for tab in TABS))
