"""Step 2, stored: how much may wait to be taken, of one person and of all newcomers, so that all get a turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from bot.conversation.apology import apologise_for_too_many
from bot.conversation.means import Means
from bot.store.models import Incoming, Person

MOST_OF_ONE = 20  # messages of one person waiting
MOST_OF_NEWCOMERS = 10_000  # messages waiting of people to whom nothing was said yet
TOLD_EVERY = timedelta(minutes=10)
log = structlog.get_logger(__name__)


def is_too_much(session: Session, means: Means, person: Person, incoming: Incoming, at: datetime) -> bool:
    """Whether this message is acknowledged and not taken: too many wait before it. The person is told, once."""
    if _waiting(session, Incoming.person_id == person.id, MOST_OF_ONE):
        reason = "person"
    elif person.turn == 0 and _waiting(session, Person.turn == 0, MOST_OF_NEWCOMERS):
        reason = "newcomers"
    else:
        return False
    log.warning("inbox.too_much", person=person.id, reason=reason)
    told = select(Incoming.id).where(
        Incoming.person_id == person.id,
        Incoming.status == "done",
        Incoming.apologised.is_(True),
        Incoming.received_at > at - TOLD_EVERY,
    )
    if session.scalar(told.limit(1)) is None:
        incoming.apologised = True
        apologise_for_too_many(session, means, person, at)
    return True


def newcomers_last(most_turns: int) -> ColumnElement[int]:
    """Sorts those who have had more than `most_turns` before those who have not: a flood of new ones waits.

    A row of which nobody wrote anything is of someone who left: the last line is not to wait.
    """
    wrote = select(Incoming.id).where(Incoming.person_id == Person.id).correlate(Person).exists()
    return case((and_(Person.turn <= most_turns, wrote), 1), else_=0)


def _waiting(session: Session, which: Any, most: int) -> bool:
    waiting = (
        select(Incoming.id)
        .join(Person, Person.id == Incoming.person_id)
        .where(Incoming.status == "waiting", which)
        .limit(most)
        .subquery()
    )
    return (session.scalar(select(func.count()).select_from(waiting)) or 0) >= most
