"""Step 2, stored: how much may wait to be taken, of one person and of all newcomers, so that all get a turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select
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
    if _waits(session, MOST_OF_ONE, Incoming.person_id == person.id):
        reason = "person"
    elif person.turn == 0 and _newcomers_wait(session, MOST_OF_NEWCOMERS):
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


def _waits(session: Session, most: int, *which: Any) -> bool:
    """Whether so many messages wait, of those of `which`."""
    waiting = select(Incoming.id).where(Incoming.status == "waiting", *which).offset(most - 1).limit(1)
    return session.connection().scalar(waiting) is not None  # what this session has changed is none of it


def _newcomers_wait(session: Session, most: int) -> bool:
    # All are soon counted, and mostly fewer: then nobody has to be asked who they are of.
    newcomer = select(Person.id).where(Person.id == Incoming.person_id, Person.turn == 0)
    return _waits(session, most) and _waits(session, most, newcomer.exists())
