"""Beside the message's way: how things stand in the database, in totals; the same whichever gateway is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from bot.store.models import Incoming, Outgoing, Person, Referral

PATIENCE = timedelta(minutes=1)  # after which a person counts as unanswered
LATELY = timedelta(hours=1)  # within which what was given up is counted


@dataclass(frozen=True)
class Census:
    """Counts, and ages in seconds (0 where nothing waits). `given_up`, `unsent`: by channel, of the last hour.

    `late`: how long the first message that may go has been due. It grows only while nothing sends; the age of a
    message also grows while a platform keeps us waiting for one person.
    """

    waiting: int
    oldest_waiting: float
    unanswered: int
    given_up: Mapping[str, int]
    unsent_waiting: int
    oldest_unsent: float
    late: float
    unsent: Mapping[str, int]
    referrals_open: int
    referrals_overdue: int


def take_census(session: Session, at: datetime) -> Census:
    """How things stand at `at` (UTC without offset)."""
    waiting, first = session.execute(
        select(func.count(), func.min(Incoming.received_at)).where(Incoming.status == "waiting")
    ).one()
    unsent, written = session.execute(
        select(func.count(), func.min(Outgoing.written_at)).where(Outgoing.status == "waiting")
    ).one()
    unanswered = select(func.count(Incoming.person_id.distinct())).where(
        Incoming.status == "waiting", Incoming.received_at <= at - PATIENCE
    )
    return Census(
        waiting=waiting,
        oldest_waiting=_age(first, at),
        unanswered=session.scalar(unanswered) or 0,
        given_up=_given_up(session, at),
        unsent_waiting=unsent,
        oldest_unsent=_age(written, at),
        late=late(session, at),
        unsent=_unsent(session, at),
        referrals_open=_referrals(session, Referral.open.is_(True)),
        referrals_overdue=_referrals(session, Referral.due_at < at),
    )


def late(session: Session, at: datetime) -> float:
    """For how many seconds the first message that may be sent has been due at `at`; 0 when none is."""
    earlier = aliased(Outgoing)
    before = select(earlier.id).where(
        earlier.person_id == Outgoing.person_id, earlier.status == "waiting", earlier.id < Outgoing.id
    )
    due = select(Outgoing.next_try_at).where(
        Outgoing.status == "waiting", Outgoing.next_try_at <= at, ~before.exists()
    )
    return _age(session.scalar(due.order_by(Outgoing.next_try_at).limit(1)), at)


def _given_up(session: Session, at: datetime) -> Mapping[str, int]:
    found = (
        select(Incoming.channel, func.count())
        .where(Incoming.status == "failed", Incoming.next_try_at > at - LATELY)
        .group_by(Incoming.channel)
    )
    return dict(session.execute(found).all())


def _unsent(session: Session, at: datetime) -> Mapping[str, int]:
    found = (
        select(Person.channel, func.count())
        .join(Outgoing, Outgoing.person_id == Person.id)
        .where(Outgoing.status == "failed", Outgoing.next_try_at > at - LATELY)
        .group_by(Person.channel)
    )
    return dict(session.execute(found).all())


def _referrals(session: Session, where: object) -> int:
    return session.scalar(select(func.count()).select_from(Referral).where(where)) or 0  # type: ignore[arg-type]


def _age(since: datetime | None, at: datetime) -> float:
    return max(0.0, (at - since).total_seconds()) if since is not None else 0.0
