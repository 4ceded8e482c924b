"""Step 9, said: the only way out. Messages go in their order, person by person, until the channel has them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

import structlog
from anyio.to_thread import run_sync
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.channels.channel import (
    Channel,
    Delivered,
    Knock,
    Knocking,
    TryLaterError,
    UnreachableError,
    WindowClosedError,
    Wiping,
)
from bot.conversation.claims import changed
from bot.conversation.letters import Letter, sendable
from bot.conversation.means import Means
from bot.conversation.speaking import bubble_from, keep_screen, read_screen, worded
from bot.conversation.voice import Rendered
from bot.conversation.window import CLOSED_AT, knock_for, must_wait
from bot.conversation.working import work
from bot.speech import Say
from bot.store.database import transaction
from bot.store.models import Outgoing, Person
from bot.store.sealing import seal, unseal

IDLE = 0.5  # seconds between looks at the database when nothing rings
CLAIMED = timedelta(seconds=60)  # how long one sending may take before another tries
GIVEN_UP_AFTER = 20  # attempts, about an hour and a half
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 300.0  # seconds
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outbox:
    """The worker that sends; several may run, in several processes."""

    means: Means
    channels: Mapping[str, Channel]

    async def run(self) -> None:
        """Send for ever."""
        await work("outbox", self.send_one, every=IDLE, bell=self.means.bells.queued)

    async def send_one(self) -> bool:
        """Send the next message, if there is one; False if there is none."""
        letter = await run_sync(self._claim)
        if letter is None:
            return False
        try:
            delivered = await self._deliver(letter)
        except WindowClosedError:
            log.info("outbox.window_closed", outgoing=letter.id)
            await run_sync(self._closed, letter)
        except TryLaterError as later:
            log.info("outbox.later", outgoing=letter.id, seconds=later.seconds)
            await run_sync(self._again, letter, later.seconds, False)
        except UnreachableError:
            log.warning("outbox.unreachable", outgoing=letter.id, channel=letter.channel)
            await run_sync(self._failed, letter)
        except Exception as error:  # noqa: BLE001 - whatever a channel raises, the message is tried again
            # Only the kind of error: its words may hold an address or a message.
            log.warning("outbox.failed", outgoing=letter.id, attempts=letter.attempts, error=type(error).__name__)
            await run_sync(self._again, letter, backoff(letter.attempts), True)
        else:
            if not await run_sync(self._sent, letter, delivered):
                await self._take_off(letter, delivered)
            self.means.bells.sent.ring(letter.address)
        return True

    async def _deliver(self, letter: Letter) -> Delivered:
        channel = self.channels[letter.channel]
        if letter.knock is not None and isinstance(channel, Knocking):
            return await channel.knock(letter.address, letter.knock)
        if letter.wipe and isinstance(channel, Wiping):
            await channel.wipe(letter.address, letter.wipe)
        if letter.bubble is not None:
            return await channel.deliver(letter.address, letter.bubble)
        return Delivered()

    async def _take_off(self, letter: Letter, delivered: Delivered) -> None:
        channel = self.channels[letter.channel]
        if delivered.provider_id is not None and isinstance(channel, Wiping):
            with suppress(Exception):  # only tidying: no row is left by which to try again
                await channel.wipe(letter.address, [delivered.provider_id])

    def _claim(self) -> Letter | None:
        at = self.means.clock()
        with transaction(self.means.database) as session:
            for outgoing in session.scalars(sendable(at)).all():
                claimed = (
                    update(Outgoing)
                    .where(
                        Outgoing.id == outgoing.id,
                        Outgoing.status == "waiting",
                        Outgoing.next_try_at == outgoing.next_try_at,
                    )
                    .values(next_try_at=at + CLAIMED, attempts=Outgoing.attempts + 1)
                )
                if changed(session, claimed) == 1:
                    letter = self._letter(session, outgoing, at)
                    if letter is not None:
                        return letter
        return None

    def _letter(self, session: Session, outgoing: Outgoing, at: datetime) -> Letter | None:
        key = self.means.settings.field_key
        person = session.get_one(Person, outgoing.person_id)
        content = unseal(key, cast("bytes", outgoing.content))
        address = unseal(key, person.address)
        if content.get("wipe"):
            wipe = tuple(content["wipe"])
            return Letter(
                outgoing.id, person.channel, address, outgoing.attempts + 1, at + CLAIMED, None, wipe=wipe
            )
        if must_wait(person, content, at):
            knock = knock_for(session, self.means, person)
            if isinstance(knock, Knock):
                return Letter(
                    outgoing.id, person.channel, address, outgoing.attempts + 1, at + CLAIMED, None, knock
                )
            outgoing.status = knock
            return None
        if content["bubble"] is None and content["say"] is not None:
            rendered = worded(self.means, person, Say.from_json(content["say"]))
            first, *rest = (asdict(bubble) for bubble in rendered.bubbles)
            content = {**content, "bubble": first, "rest": rest}
            outgoing.content = seal(key, content)
            self._add_to_screen(person, rendered)
        bubble = content["bubble"]
        return Letter(
            id=outgoing.id,
            channel=person.channel,
            address=address,
            attempts=outgoing.attempts + 1,
            until=at + CLAIMED,
            bubble=bubble_from(bubble) if bubble else None,
        )

    def _add_to_screen(self, person: Person, rendered: Rendered) -> None:
        # What was asked stays asked; the buttons of this message can be pressed as well.
        if rendered.choices:
            screen = read_screen(self.means, person.screen)
            added = {**screen.choices, **rendered.choices}
            keep_screen(self.means, person, replace(screen, choices=added, text=screen.text or rendered.text))

    def _sent(self, letter: Letter, delivered: Delivered) -> bool:
        """Whether the person is still there to have been sent it."""
        at = self.means.clock()
        with transaction(self.means.database) as session:
            outgoing = session.get(Outgoing, letter.id)
            if outgoing is None or (outgoing.status, outgoing.next_try_at) != ("waiting", letter.until):
                return False  # the person left while it was sent
            if letter.knock is not None:
                self._hold(session, outgoing, delivered, at)
                return True
            content: Any = unseal(self.means.settings.field_key, cast("bytes", outgoing.content))
            rest = content.get("rest")
            if rest:
                content = {**content, "bubble": rest[0], "rest": rest[1:]}
                outgoing.content = seal(self.means.settings.field_key, content)
                outgoing.next_try_at, outgoing.attempts = at, 0
                return True
            outgoing.status, outgoing.sent_at, outgoing.provider_id = "sent", at, delivered.provider_id
            return True

    def _hold(self, session: Session, outgoing: Outgoing, delivered: Delivered, at: datetime) -> None:
        content = unseal(self.means.settings.field_key, cast("bytes", outgoing.content))
        if must_wait(session.get_one(Person, outgoing.person_id), content, at):
            outgoing.status, outgoing.provider_id = "held", delivered.provider_id
        else:
            outgoing.next_try_at = at  # the person wrote meanwhile

    def _closed(self, letter: Letter) -> None:
        at, key = self.means.clock(), self.means.settings.field_key
        with transaction(self.means.database) as session:
            outgoing = session.get(Outgoing, letter.id)
            if outgoing is not None and (outgoing.status, outgoing.next_try_at) == ("waiting", letter.until):
                content = unseal(key, cast("bytes", outgoing.content))
                outgoing.content = seal(key, {**content, CLOSED_AT: at.isoformat()})
                outgoing.next_try_at = at

    def _again(self, letter: Letter, seconds: float, counts: bool) -> None:
        if counts and letter.attempts >= GIVEN_UP_AFTER:
            self._failed(letter)
            return
        at = self.means.clock()
        attempts = letter.attempts if counts else letter.attempts - 1
        self._set(letter, next_try_at=at + timedelta(seconds=seconds), attempts=attempts)

    def _failed(self, letter: Letter) -> None:
        self._set(letter, status="failed")

    def _set(self, letter: Letter, **values: Any) -> None:
        with transaction(self.means.database) as session:
            changed(
                session,
                update(Outgoing)
                .where(
                    Outgoing.id == letter.id,
                    Outgoing.status == "waiting",
                    Outgoing.next_try_at == letter.until,
                )
                .values(**values),
            )


def backoff(attempts: int) -> float:
    """Seconds to wait after this many attempts: 1, 2, 4… at most 300."""
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(attempts - 1, 10))
