"""Beside the message's way: counters for the figures, raised in the transaction of what they count.

A counter says how often something was so in a month at an office. Nothing leads from it to a person: it outlives
the referrals. Part of `bot.store.models`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.store.table import Table

NO_OFFICE = ""  # of what happens before any office is chosen


class Tally(Table):
    """How often `value` came up as `kind`; the kinds stand in `bot.referrals.counting`."""

    __tablename__ = "tally"
    __table_args__ = (UniqueConstraint("month", "office", "kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    month: Mapped[str] = mapped_column(String(7))  # such as 2026-11, in UTC
    office: Mapped[str] = mapped_column(String(16))  # NO_OFFICE for none
    kind: Mapped[str] = mapped_column(String(24))
    value: Mapped[str] = mapped_column(String(64))  # a code, never words
    count: Mapped[int]


def count(session: Session, at: datetime, happened: Iterable[tuple[str, str]], office: str = NO_OFFICE) -> None:
    """Raise the counter of each (kind, value) in `happened`, once for each time that it stands there."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In one order everywhere, so that two processes never wait for each other's counters.
    for (kind, value), times in sorted(Counter(happened).items()):
        new = insert(Tally).values(month=f"{at:%Y-%m}", office=office, kind=kind, value=value, count=times)
        raised = new.on_conflict_do_update(
            index_elements=["month", "office", "kind", "value"], set_={"count": Tally.count + new.excluded.count}
        )
        session.execute(raised)
