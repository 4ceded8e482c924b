"""Step 2, stored once, then acknowledged: a delivery is kept before its sender hears that we have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anyio.to_thread import run_sync
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.channels.channel import Arrival
from bot.conversation.content import as_kept
from bot.conversation.leaving import bare_person, leave
from bot.conversation.means import Means
from bot.conversation.screen import QUICK_EXIT, Screen, typed_choice
from bot.conversation.speaking import read_screen
from bot.language.folding import fold
from bot.store.database import transaction
from bot.store.models import Incoming, Outgoing, Person
from bot.store.sealing import lookup_hash, seal


class _SecondDeliveryError(Exception):
    """The delivery is already there; what was begun for it is rolled back."""


@dataclass(frozen=True)
class Inbox:
    """Where every channel brings its deliveries."""

    means: Means

    async def receive(self, channel: str, arrival: Arrival, *, echo: bool = False) -> bool:
        """Store `arrival`; False if it was there before, which is normal.

        With `echo`, what the person did is also shown to them again, in its order (a web chat open twice).
        Returns only after the commit: the channel may then acknowledge. Database errors are the channel's to
        turn into "try again later".
        """
        new = await run_sync(self.store, channel, arrival, echo)
        self.means.bells.arrived.ring()
        self.means.bells.queued.ring()
        return new

    async def leave(self, channel: str, address: str) -> None:
        """The person at `address` leaves at once, and will not see a last line."""
        await run_sync(self._leave, channel, address)
        self.means.bells.sent.ring(address)

    def store(self, channel: str, arrival: Arrival, echo: bool) -> bool:
        """`receive`, without waking anyone."""
        try:
            with transaction(self.means.database) as session:
                self._store(session, channel, arrival, echo=echo)
        except _SecondDeliveryError:
            return False
        return True

    def address_key(self, channel: str, address: str) -> str:
        """The keyed hash by which a person is found."""
        return lookup_hash(self.means.settings.lookup_key, "address", channel, address)

    def _store(self, session: Session, channel: str, arrival: Arrival, *, echo: bool) -> None:
        at = self.means.clock()
        person, silent = self._person(session, channel, arrival.address, at)
        content = as_kept(arrival.content)
        screen = read_screen(self.means, person.screen)
        incoming = self._incoming(session, channel, arrival, person, at)
        person.last_seen_at = at
        if self._leaves(screen, content):
            leave(session, self.means, person, at)
            return
        incoming.content = seal(
            self.means.settings.field_key, {"content": content, "silent_minutes": silent, "refused": 0}
        )
        incoming.status = "waiting"
        if echo:
            self._echo(session, person, screen, content, arrival.delivery, at)

    def _person(self, session: Session, channel: str, address: str, at: datetime) -> tuple[Person, int | None]:
        key = self.address_key(channel, address)
        wanted = select(Person).where(Person.channel == channel, Person.address_key == key).with_for_update()
        person = session.scalar(wanted)
        if person is None:
            try:
                with session.begin_nested():
                    return bare_person(
                        session, channel, key, seal(self.means.settings.field_key, address), at
                    ), None
            except IntegrityError:  # another message of the same person was faster (PostgreSQL)
                person = session.scalars(wanted).one()
        return person, max(0, int((at - person.last_seen_at).total_seconds() // 60))

    def _incoming(
        self, session: Session, channel: str, arrival: Arrival, person: Person, at: datetime
    ) -> Incoming:
        key = lookup_hash(self.means.settings.lookup_key, "delivery", channel, arrival.address, arrival.delivery)
        incoming = Incoming(
            channel=channel,
            delivery_key=key,
            person_id=person.id,
            status="done",
            received_at=at,
            next_try_at=at,
        )
        try:
            with session.begin_nested():
                session.add(incoming)
                session.flush()
        except IntegrityError:
            raise _SecondDeliveryError from None
        return incoming

    def _leaves(self, screen: Screen, content: Mapping[str, Any]) -> bool:
        pressed = content.get("pressed")
        if "text" in content:
            if fold(content["text"]) in self.means.exits:
                return True
            pressed = typed_choice(screen, content["text"])
        shown = screen.choices.get(pressed or "")
        return shown is not None and shown.tap["intent"] == QUICK_EXIT

    def _echo(
        self,
        session: Session,
        person: Person,
        screen: Screen,
        content: Mapping[str, Any],
        delivery: str,
        at: datetime,
    ) -> None:
        shown = screen.choices.get(content.get("pressed", ""))
        words = content.get("text") or (shown.title if shown else None)
        if words is None:
            return
        own = {"say": None, "bubble": None, "own": {"text": words, "delivery": delivery}}
        session.add(
            Outgoing(
                person_id=person.id,
                content=seal(self.means.settings.field_key, own),
                written_at=at,
                next_try_at=at,
            )
        )

    def _leave(self, channel: str, address: str) -> None:
        key = self.address_key(channel, address)
        with transaction(self.means.database) as session:
            person = session.scalar(
                select(Person).where(Person.channel == channel, Person.address_key == key).with_for_update()
            )
            if person is not None:
                leave(session, self.means, person, self.means.clock(), farewell=False)
