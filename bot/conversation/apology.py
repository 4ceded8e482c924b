"""Step 3, when the engine is away or slow: the person hears that the message is safe, once, and whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from anyio.to_thread import run_sync
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from bot import speech
from bot.conversation.in_turn import is_behind
from bot.conversation.means import Means
from bot.conversation.speaking import queue
from bot.conversation.working import work
from bot.eligibility import nearest_office
from bot.language.english import ResponsesError
from bot.referrals.takeover import talk_of
from bot.store.database import transaction
from bot.store.models import Incoming, Person
from bot.store.sealing import unseal

# Looked for every second and sent at once, so that the person hears it within ten seconds of having written.
PATIENCE = timedelta(seconds=8)
EVERY = 1.0  # seconds
_AT_ONCE = 100
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Apologies:
    """The worker that looks for people who have waited too long."""

    means: Means

    async def run(self) -> None:
        """Apologise for ever."""
        await work("apology", self._once, every=EVERY)

    async def _once(self) -> bool:
        found = await run_sync(self.apologise)
        if found:
            self.means.bells.queued.ring()
        return found > 0

    def apologise(self) -> int:
        """Look at every message that was not answered for `PATIENCE`, once; how many there were.

        The first of each person gets the apology, tried or not: with many waiting, nobody may have come to it yet.
        It goes for what the same person wrote after it too.
        """
        with transaction(self.means.database) as session:
            at = self.means.clock()  # within: to come to the database can take as long as the patience is
            found = session.execute(_waited(at)).all()
            for message, is_behind in found:
                message.apologised = True
                person = session.get(Person, message.person_id) if message.person_id else None
                # An officer answers when they can: no apology is due for that.
                if person is not None and not is_behind and talk_of(session, person.id) is None:
                    _say(session, self.means, person, "apology", at)
        return len(found)


def _waited(at: datetime) -> Select[Incoming, bool]:
    """The messages that have waited for `PATIENCE`, and whether each waits behind another of the same person."""
    return (
        select(Incoming, is_behind(Incoming))
        .where(
            Incoming.status == "waiting",
            Incoming.apologised.is_(False),
            # A time to come is of a clock that was ahead: who wrote then has waited, nobody knows how long.
            or_(Incoming.received_at <= at - PATIENCE, Incoming.received_at > at + PATIENCE),
        )
        .order_by(Incoming.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True, of=Incoming)
    )


def apologise_for_failure(session: Session, means: Means, person: Person, at: datetime) -> None:
    """The person hears that a message could not be read."""
    _say(session, means, person, "apology_failed", at)


def apologise_for_too_many(session: Session, means: Means, person: Person, at: datetime) -> None:
    """The person hears that so many messages at once cannot be read."""
    _say(session, means, person, "too_many", at)


def _say(session: Session, means: Means, person: Person, name: str, at: datetime) -> None:
    try:
        queue(
            session, means, person, [speech.Say(name, {"phone": speech.phone(phone(session, means, person))})], at
        )
    except ResponsesError:
        log.exception("apology.unsaid", response=name)  # a missing response must not hold up the person


def phone(session: Session, means: Means, person: Person) -> str:
    """The number to call: the referral's office's, else that of one where the person is, else the default's."""
    offices = means.catalogue.offices
    facts = means.referrals.open_referral_facts(session, person.id)
    known = offices.by_id.get(facts["office"]) if facts else None
    country = _country(unseal(means.settings.field_key, person.state) if person.state else None)
    if known is None and country:
        known = nearest_office(offices, country).office
    return known.phone if known is not None and known.phone else offices.default.phone


def _country(state: Mapping[str, Any] | None) -> str | None:
    # The engine's state is its own; only this one answer is looked for in it, and may well not be there.
    slots = (state or {}).get("slots")
    country = slots.get("country_now") if isinstance(slots, dict) else None
    return country if isinstance(country, str) and len(country) == 2 else None
