"""Kept no longer than promised: what people said to us goes after a day of silence, and after a last line.

So do referrals some time after they were closed, and misunderstood messages, where people let us keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from anyio.to_thread import run_sync
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from bot.conversation.claims import changed
from bot.conversation.erasing import erase_people
from bot.conversation.means import Means
from bot.conversation.stops import stop_on
from bot.conversation.working import work
from bot.referrals.retention import TALK_KEPT, delete_old_referrals
from bot.store.database import transaction
from bot.store.erased import ledger_of
from bot.store.models import Incoming, Outgoing, Person, Referral
from bot.store.purge_mark import left_to_wait
from bot.store.tally import count
from bot.store.unclear import forget_unclear

KEPT = TALK_KEPT
LAST_LINE = timedelta(minutes=1)  # time for a page to fetch a last line
EVERY = 60.0  # seconds
UNCLEAR_KEPT = timedelta(days=90)
UNSENT = ("waiting", "held")
_AT_ONCE = 500  # people in one transaction, so that nobody's message waits for it
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Purge:
    """The worker that forgets. `done` is told when all that was due is forgotten."""

    means: Means
    done: Callable[[datetime], None] = lambda _: None

    async def run(self) -> None:
        """Forget for ever."""
        await work("purge", self._once, every=EVERY)

    async def _once(self) -> None:
        now = self.means.clock()
        if await run_sync(self._must_wait, now):
            return
        await run_sync(self.forget, now)
        await run_sync(self.forget_referrals, now)
        await run_sync(self.forget_unclear, now)
        await run_sync(ledger_of(self.means.settings).forget, now)
        self.done(now)

    def _must_wait(self, now: datetime) -> bool:
        with transaction(self.means.database) as session:
            left = left_to_wait(session, now)
        if left:
            log.error("purge.waits", reason="the clock leapt ahead", minutes_left=round(left.total_seconds() / 60))
        return bool(left)

    def forget(self, now: datetime) -> int:
        """Forget all that is due at `now` (UTC without offset); how many people were touched."""
        with transaction(self.means.database) as session:
            aside = update(Incoming).where(
                Incoming.status == "aside", Incoming.received_at <= now - KEPT, Incoming.content.is_not(None)
            )
            count = changed(session, aside.values(content=None))
        while batch := self._batch(now):
            count += batch
        if count:
            log.info("purge.done", people=count)
        return count

    def forget_referrals(self, now: datetime) -> int:
        """Delete the referrals whose time after closing is over at `now`; how many there were."""
        with transaction(self.means.database) as session:
            return delete_old_referrals(session, ledger_of(self.means.settings), now)

    def forget_unclear(self, now: datetime) -> int:
        """Delete the misunderstood messages whose 90 days are over at `now`; how many there were."""
        with transaction(self.means.database) as session:
            return forget_unclear(session, now.date() - UNCLEAR_KEPT)

    def _batch(self, now: datetime) -> int:
        with transaction(self.means.database) as session:
            gone = session.scalars(_silent(now - KEPT).union(_bare(now - LAST_LINE)).limit(_AT_ONCE)).all()
            count(session, now, self._stops(session, gone))
            people = session.scalars(select(Person).where(Person.id.in_(gone))).all()
            erase_people(session, ledger_of(self.means.settings), people, now)
            kept = session.scalars(_waiting_for_an_office(now - KEPT).limit(_AT_ONCE)).all()
            for person_id in kept:
                _forget_talk(session, person_id)
        return len(gone) + len(kept)

    def _stops(self, session: Session, people: Sequence[int]) -> list[tuple[str, str]]:
        """The questions on the screens of those who fell silent."""
        stood = select(Person.screen).where(Person.id.in_(people), Person.screen.is_not(None))
        return [one for sealed in session.scalars(stood) for one in stop_on(self.means, sealed)]


def _forget_talk(session: Session, person_id: int) -> None:
    changed(session, update(Person).where(Person.id == person_id).values(state=None, screen=None))
    said = update(Outgoing).where(Outgoing.person_id == person_id, Outgoing.status.not_in(UNSENT))
    changed(session, said.values(content=None))


def _open_referral(person: type[Person]) -> Select[int]:
    return select(Referral.id).where(Referral.person_id == person.id, Referral.open.is_(True))


def _silent(since: datetime) -> Select[int]:
    """People without an open referral, last seen at or before `since`, to whom nothing was written after it."""
    written = select(Outgoing.id).where(Outgoing.person_id == Person.id, Outgoing.written_at > since)
    return select(Person.id).where(
        Person.last_seen_at <= since, ~_open_referral(Person).exists(), ~written.exists()
    )


def _bare(since: datetime) -> Select[int]:
    """Rows that only held a last line, which has been sent."""
    wrote = select(Incoming.id).where(Incoming.person_id == Person.id)
    unsent = select(Outgoing.id).where(Outgoing.person_id == Person.id, Outgoing.status == "waiting")
    return select(Person.id).where(
        Person.last_seen_at <= since, ~_open_referral(Person).exists(), ~wrote.exists(), ~unsent.exists()
    )


def _waiting_for_an_office(since: datetime) -> Select[int]:
    """People with an open referral, last seen at or before `since`, of whom more is kept than that needs."""
    said = select(Outgoing.id).where(
        Outgoing.person_id == Person.id,
        Outgoing.status.not_in(UNSENT),
        Outgoing.content.is_not(None),
        Outgoing.written_at <= since,
    )
    return select(Person.id).where(
        Person.last_seen_at <= since,
        _open_referral(Person).exists(),
        Person.state.is_not(None) | Person.screen.is_not(None) | said.exists(),
    )
