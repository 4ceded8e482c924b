"""Step 2, stored once, then acknowledged: a delivery is kept before its sender hears that we have it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.channels.channel import Arrival, Receipt
from bot.conversation.content import as_kept
from bot.conversation.leaving import bare_person, leave
from bot.conversation.means import Means
from bot.conversation.names import find_person, learn_names
from bot.conversation.preset import preset
from bot.conversation.quota import is_too_much
from bot.conversation.receipts import SENT_AGAIN, note_receipt
from bot.conversation.screen import QUICK_EXIT, Screen, typed_choice
from bot.conversation.speaking import read_screen
from bot.conversation.window import release_held
from bot.language.folding import fold
from bot.store.models import Incoming, Outgoing, Person
from bot.store.sealing import lookup_hash, seal

LARGEST_ASIDE = 64 * 1024  # bytes kept of a delivery that could not be read


KNOWN = select(Incoming.id).where(
    Incoming.channel == bindparam("channel"), Incoming.delivery_key == bindparam("delivery")
)

ADDED = insert(Incoming)


@dataclass(frozen=True)
class Stored:
    """What came of a delivery: `new` here, `waits` to be taken, and that something is to be sent (`says`)."""

    new: bool = True
    waits: bool = False
    says: bool = False


class _SecondDeliveryError(Exception):
    """Another process has stored the delivery meanwhile; what was begun for it is rolled back."""


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
        try:
            stored = await self.means.line.do(partial(self._store, channel=channel, arrival=arrival, echo=echo))
        except _SecondDeliveryError:
            return False
        if stored.waits:
            self.means.bells.arrived.ring()
        if stored.says:
            self.means.bells.queued.ring()
        return stored.new

    async def leave(self, channel: str, address: str) -> None:
        """The person at `address` leaves at once, and will not see a last line."""
        await self.means.line.do(partial(self._leave, channel=channel, address=address))
        self.means.bells.sent.ring(address)

    async def set_aside(self, channel: str, raw: bytes) -> None:
        """Keep a delivery that is genuine and could not be read, sealed, for a day: so it need not come again."""
        with suppress(IntegrityError):
            await self.means.line.do(partial(self._set_aside, channel=channel, raw=raw))

    async def receipt(self, channel: str, receipt: Receipt) -> bool:
        """What became of a message; False if none of that id is known here (any more)."""
        known = await self.means.line.do(partial(note_receipt, means=self.means, channel=channel, receipt=receipt))
        if receipt.state in SENT_AGAIN:
            self.means.bells.queued.ring()
        return known

    def address_key(self, channel: str, address: str) -> str:
        """The keyed hash by which a person is found."""
        return lookup_hash(self.means.settings.lookup_key, "address", channel, address)

    def _store(self, session: Session, channel: str, arrival: Arrival, *, echo: bool) -> Stored:
        key = self._delivery_key(channel, arrival, arrival.delivery)
        if session.connection().scalar(KNOWN, {"channel": channel, "delivery": key}) is not None:
            return Stored(new=False)
        at = self.means.clock()
        person, silent = self._person(session, channel, arrival, at)
        content = as_kept(arrival.content)
        screen = read_screen(self.means, person.screen)
        incoming = {
            "channel": channel,
            "delivery_key": key,
            "person_id": person.id,
            "status": "done",
            "received_at": at,
            "next_try_at": at,
            "provider_id": arrival.own_id,
        }
        stale = self._is_stale(session, channel, arrival, person)
        released = silent is not None and release_held(session, person, at)  # they wrote before
        person.last_seen_at = at
        if self._leaves(screen, content):
            self._add(session, incoming)
            leave(session, self.means, person, at)
            return Stored(says=True)
        if stale or is_too_much(session, self.means, person, incoming, at):
            self._add(session, incoming)
            return Stored(says=True)
        said = {"content": content, "silent_minutes": silent, "refused": 0}
        kept = {**said, **preset(self.means, person, arrival.preset)}
        incoming |= {"content": seal(self.means.settings.field_key, kept), "status": "waiting"}
        self._add(session, incoming)
        if echo:
            self._echo(session, person, screen, content, arrival.delivery, at)
        return Stored(waits=True, says=released or echo)

    def _add(self, session: Session, incoming: Mapping[str, Any]) -> None:
        try:
            session.connection().execute(ADDED, incoming)
        except IntegrityError:
            raise _SecondDeliveryError from None

    def _person(self, session: Session, channel: str, arrival: Arrival, at: datetime) -> tuple[Person, int | None]:
        keys = [self.address_key(channel, name) for name in (arrival.address, arrival.also) if name]
        person = find_person(session, channel, keys)
        if person is None:
            sealed = seal(self.means.settings.field_key, arrival.address)
            try:
                with session.begin_nested():
                    new = bare_person(session, channel, keys[0], sealed, at)
            except IntegrityError:  # another message of the same person was faster (PostgreSQL)
                person = find_person(session, channel, keys)
                if person is None:
                    raise
            else:
                learn_names(session, new, arrival.address, keys, self.means.settings.field_key)
                return new, None
        learn_names(session, person, arrival.address, keys, self.means.settings.field_key)
        return person, max(0, int((at - person.last_seen_at).total_seconds() // 60))

    def _set_aside(self, session: Session, *, channel: str, raw: bytes) -> None:
        settings, at = self.means.settings, self.means.clock()
        key = lookup_hash(settings.lookup_key, "aside", channel, hashlib.sha256(raw).hexdigest())
        kept = {"raw": raw[:LARGEST_ASIDE].decode(errors="replace")}
        row = Incoming(channel=channel, delivery_key=key, status="aside", received_at=at, next_try_at=at)
        row.content = seal(settings.field_key, kept)
        session.add(row)

    def _delivery_key(self, channel: str, arrival: Arrival, delivery: str) -> str:
        among = "" if arrival.delivery_is_unique else arrival.address
        return lookup_hash(self.means.settings.lookup_key, "delivery", channel, among, delivery)

    def _is_stale(self, session: Session, channel: str, arrival: Arrival, person: Person) -> bool:
        if arrival.corrects is None:
            return False
        newest = select(Incoming.delivery_key).where(Incoming.person_id == person.id).order_by(Incoming.id.desc())
        return session.scalar(newest.limit(1)) != self._delivery_key(channel, arrival, arrival.corrects)

    def _leaves(self, screen: Screen, content: Mapping[str, Any]) -> bool:
        pressed = content.get("pressed")
        if content.get("tap", {}).get("intent") == QUICK_EXIT:
            return True
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

    def _leave(self, session: Session, *, channel: str, address: str) -> None:
        key = self.address_key(channel, address)
        person = session.scalar(
            select(Person).where(Person.channel == channel, Person.address_key == key).with_for_update()
        )
        if person is not None:
            leave(session, self.means, person, self.means.clock(), farewell=False)
