"""Steps 3 and 9: which of what waits is taken up next. Statements are built once: that costs more than asking."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, bindparam, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from typing_extensions import Unpack

from bot.store.models import Incoming, Person

AnyRow: TypeAlias = Row[Unpack[tuple[Any, ...]]]
MOST = bindparam("most", type_=Integer)


class InTurn:
    """Rows of `wanted`, in its order; of newcomers only if nobody else is left: floods wait.

    A newcomer has had `most_turns` at most. A row of which nobody wrote anything is of someone who left: the last
    line is not to wait. `ahead`: so long, nothing is put off but by a clock that was set right since.
    """

    def __init__(self, wanted: Select[Unpack[tuple[Any, ...]]], most_turns: int, ahead: timedelta) -> None:
        wrote = select(Incoming.id).where(Incoming.person_id == Person.id).correlate(Person).exists()
        newcomer = and_(Person.turn <= most_turns, wrote)
        self._any, self._ahead = wanted.limit(MOST), ahead
        self._known, self._new = wanted.where(~newcomer).limit(MOST), wanted.where(newcomer).limit(MOST)

    def rows(self, session: Session, at: datetime, most: int) -> Sequence[AnyRow]:
        """Up to `most` that are due at `at`."""
        given, ask = {"at": at, "ahead": at + self._ahead}, session.connection().execute
        # Whether more wait is seen by one row more, but not where that row would be kept from another gateway.
        enough = most + (session.get_bind().dialect.name == "sqlite")
        found = ask(self._any, {**given, "most": enough}).all()
        if len(found) < enough:  # all there is
            return found
        # Two questions, for each is answered in the order of an index, however many wait.
        known = ask(self._known, {**given, "most": most}).all()
        left = most - len(known)
        return [*known, *(ask(self._new, {**given, "most": left}).all() if left else ())]


def is_due(next_try_at: InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
    """Whether what is put off until then is to be taken up, in a statement of `InTurn`."""
    return or_(next_try_at <= bindparam("at"), next_try_at > bindparam("ahead"))
