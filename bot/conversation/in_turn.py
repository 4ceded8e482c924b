"""Steps 3 and 9: which of what waits is taken up next. Statements are built once: that costs more than asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from bot.store.models import Incoming, Outgoing, Person

Waiting = type[Incoming] | type[Outgoing]
MOST = bindparam("most", type_=Integer)
NEWCOMERS_FIRST = 4  # one question in so many


class InTurn:
    """What waits in `table`, of each person the first alone; who is talking comes before newcomers, mostly.

    So a flood of newcomers does not stop a talk, and a rush of talks does not keep newcomers out. A newcomer has
    had `most_turns` at most. A row of which nobody wrote anything is of someone who left: the last line is not to
    wait. `ahead`: so long, nothing is put off but by a clock that was set right since. Rows have id, content,
    attempts, person_id and `columns`; `where` may ask for `:at` and `:ahead`. Rows of `locked` are locked, and
    what another process is about to take is left to it.
    """

    def __init__(
        self,
        table: Waiting,
        *columns: Any,
        most_turns: int,
        ahead: timedelta,
        locked: Sequence[Any],
        where: Sequence[ColumnElement[bool]] = (),
    ) -> None:
        due = or_(table.next_try_at <= bindparam("at"), table.next_try_at > bindparam("ahead"))
        wanted = (
            select(table.id, table.content, table.attempts, table.person_id, *columns)
            .join(Person, Person.id == table.person_id)
            .where(table.status == "waiting", due, ~is_behind(table), *where)
            .order_by(table.next_try_at, table.id)
            .with_for_update(skip_locked=True, of=locked)
        )
        wrote = select(Incoming.id).where(Incoming.person_id == Person.id).correlate(Person).exists()
        newcomer = and_(Person.turn <= most_turns, wrote)
        self._any, self._ahead = wanted.limit(MOST), ahead
        self._known, self._new = wanted.where(~newcomer).limit(MOST), wanted.where(newcomer).limit(MOST)
        self.crowded = count(1)  # questions to which there was more than could be taken

    def rows(self, session: Session, at: datetime, most: int) -> Sequence[Any]:
        """Up to `most` that are due at `at`."""
        given, ask = {"at": at, "ahead": at + self._ahead}, session.connection().execute
        # Whether more wait is seen by one row more, but not where that row would be kept from another gateway.
        enough = most + (session.get_bind().dialect.name == "sqlite")
        found = ask(self._any, {**given, "most": enough}).all()
        if len(found) < enough:  # all there is
            return found
        # Two questions, for each is answered in the order of an index, however many wait.
        newcomers_first = next(self.crowded) % NEWCOMERS_FIRST == 0
        former, latter = (self._new, self._known) if newcomers_first else (self._known, self._new)
        first = ask(former, {**given, "most": most}).all()
        left = most - len(first)
        return [*first, *(ask(latter, {**given, "most": left}).all() if left else ())]


def is_behind(table: Waiting) -> ColumnElement[bool]:
    """Whether a row waits behind an earlier one of the same person."""
    earlier = aliased(table)
    before = select(earlier.id).where(
        earlier.person_id == table.person_id, earlier.status == "waiting", earlier.id < table.id
    )
    return before.exists()
