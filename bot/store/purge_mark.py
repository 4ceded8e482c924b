"""Beside the message's way: by which time was last forgotten, so that a clock that leaps ahead erases nobody.

Part of `bot.store.models`. Why it is so: docs/decisions/0009.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.store.table import Table

LEAP = timedelta(hours=6)  # a step ahead that is longer is not believed before the bot has run on for as long
NEXT_LOOK = timedelta(minutes=5)  # two looks further apart are not of one run: the bot was off, or the clock leapt
_ONLY = 1
_NONE = timedelta(0)


class PurgeMark(Table):
    """The one row: `at` is the time by which was last forgotten, `seen_at` the one at the last look."""

    __tablename__ = "purge_mark"

    id: Mapped[int] = mapped_column(primary_key=True, default=_ONLY)
    at: Mapped[datetime]
    seen_at: Mapped[datetime]
    waited: Mapped[int]  # seconds that the bot has run while its clock was a leap ahead of `at`


def left_to_wait(session: Session, now: datetime) -> timedelta:
    """How long the bot is to run before it may forget by `now`; nothing, and `now` is the mark, when it may.

    A look that comes soon after another is one run: what lies between them was waited.
    """
    mark = session.get(PurgeMark, _ONLY)
    if mark is None:
        session.add(PurgeMark(at=now, seen_at=now, waited=0))
        return _NONE
    since, mark.seen_at = now - mark.seen_at, now
    if now - mark.at > LEAP:
        if _NONE < since <= NEXT_LOOK:
            mark.waited += round(since.total_seconds())
        left = LEAP - timedelta(seconds=mark.waited)
        if left > _NONE:
            return left
    mark.at, mark.waited = now, 0
    return _NONE


def leapt(session: Session) -> PurgeMark | None:
    """The mark, while forgetting waits for a clock that leapt ahead of it; else None."""
    mark = session.get(PurgeMark, _ONLY)
    return mark if mark is not None and mark.seen_at - mark.at > LEAP else None
