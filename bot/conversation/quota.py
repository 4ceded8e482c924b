"""Step 2, stored: how much may wait to be taken, of one person and of all newcomers, so that all get a turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import Session

from bot.conversation.apology import apologise_for_too_many
from bot.conversation.means import Means
from bot.store.models import Incoming, Person

MOST_OF_ONE = 20  # messages of one person waiting
MOST_OF_NEWCOMERS = 10_000  # messages waiting of people to whom nothing was said yet
TOLD_EVERY = timedelta(minutes=10)
log = structlog.get_logger(__name__)

WAITING = (
    select(Incoming.id).where(Incoming.status == "waiting").offset(bindparam("before", type_=Integer)).limit(1)
)
OF_ONE = WAITING.where(Incoming.person_id == bindparam("person"))
OF_NEWCOMERS = WAITING.where(select(Person.id).where(Person.id == Incoming.person_id, Person.turn == 0).exists())


def is_too_much(session: Session, means: Means, person: Person, incoming: dict[str, Any], at: datetime) -> bool:
    """Whether this message is acknowledged and not taken: too many wait before it. The person is told, once.

    `incoming`: the values of its row, which is not stored yet.
    """
    if _waits(session, MOST_OF_ONE, OF_ONE, person=person.id):
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
        incoming["apologised"] = True
        apologise_for_too_many(session, means, person, at)
    return True


def _waits(session: Session, most: int, asked: Select[int], **given: int) -> bool:
    """Whether so many messages wait, of those that are asked for."""
    # Past the session: what it has changed is none of it.
    return session.connection().scalar(asked, {"before": most - 1, **given}) is not None


def _newcomers_wait(session: Session, most: int) -> bool:
    # All are soon counted, and mostly fewer: then nobody has to be asked who they are of.
    return _waits(session, most, WAITING) and _waits(session, most, OF_NEWCOMERS)
