"""Step 9, said: the only way out. Messages go in their order, person by person, until the channel has them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import structlog
from anyio import fail_after
from sqlalchemy import ColumnElement, select, update
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
from bot.conversation.working import work_beside
from bot.speech import Say
from bot.store.models import Outgoing, Person
from bot.store.sealing import seal, unseal

HANDS = 4  # sends at once in one process
IDLE = 0.5  # seconds between looks at the database when nothing rings
SENDING = 25.0  # seconds that one sending may take
CLAIMED = timedelta(seconds=30)  # longer than that, so that only a dead worker loses what it sends
GIVEN_UP_AFTER = 20  # attempts, about an hour and a half
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 300.0  # seconds
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outbox:
    """The worker that sends; several may run, in several processes."""

    means: Means
    channels: Mapping[str, Channel]

    async def run(self) -> None:
        """Send for ever, `HANDS` beside one another."""
        bell = self.means.bells.queued
        await work_beside("outbox", self._claim, self._send, hands=HANDS, every=IDLE, bell=bell)

    async def send_one(self) -> bool:
        """Send the next message, if there is one; False if there is none."""
        letters = await self._claim(1)
        return bool(letters) and await self._send(letters[0])

    async def _send(self, letter: Letter) -> bool:
        do = self.means.line.do
        try:
            with fail_after(SENDING):
                delivered = await self._deliver(letter)
        except WindowClosedError:
            log.info("outbox.window_closed", outgoing=letter.id)
            await do(partial(self._closed, letter=letter))
        except TryLaterError as later:
            log.info("outbox.later", outgoing=letter.id, seconds=later.seconds)
            await do(partial(self._again, letter=letter, seconds=later.seconds, counts=False))
        except UnreachableError:
            log.warning("outbox.unreachable", outgoing=letter.id, channel=letter.channel)
            await do(partial(_change, letter=letter, status="failed"))
        except Exception as error:  # noqa: BLE001 - whatever a channel raises, the message is tried again
            # Only the kind of error: its words may hold an address or a message.
            log.warning("outbox.failed", outgoing=letter.id, attempts=letter.attempts, error=type(error).__name__)
            await do(partial(self._again, letter=letter, seconds=backoff(letter.attempts), counts=True))
        else:
            if not await do(partial(self._sent, letter=letter, delivered=delivered)):
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

    async def _claim(self, most: int) -> list[Letter]:
        return await self.means.line.do(partial(self._letters, most=most))

    def _letters(self, session: Session, *, most: int) -> list[Letter]:
        at = self.means.clock()
        while waiting := sendable(session, at, most):
            letters = [self._letter(session, outgoing, person, at) for outgoing, person in waiting]
            found = [letter for letter in letters if letter is not None]
            if found:
                return found
        return []

    def _letter(self, session: Session, outgoing: Outgoing, person: Person, at: datetime) -> Letter | None:
        key = self.means.settings.field_key
        content = unseal(key, cast("bytes", outgoing.content))
        knock = knock_for(session, self.means, person) if must_wait(person, content, at) else None
        if isinstance(knock, str) and not content.get("wipe"):
            outgoing.status = knock
            return None
        outgoing.next_try_at, outgoing.attempts = at + CLAIMED, outgoing.attempts + 1
        letter = Letter(
            id=outgoing.id,
            channel=person.channel,
            address=unseal(key, person.address),
            attempts=outgoing.attempts,
            until=outgoing.next_try_at,
            bubble=None,
        )
        if content.get("wipe"):
            return replace(letter, wipe=tuple(content["wipe"]))
        if isinstance(knock, Knock):
            return replace(letter, knock=knock)
        if content["bubble"] is None and content["say"] is not None:
            content = self._worded(person, content)
            outgoing.content = seal(key, content)
        bubble = bubble_from(content["bubble"]) if content["bubble"] else None
        return replace(letter, bubble=bubble, more=bool(content.get("rest")))

    def _worded(self, person: Person, content: Mapping[str, Any]) -> Mapping[str, Any]:
        rendered = worded(self.means, person, Say.from_json(content["say"]))
        first, *rest = (asdict(bubble) for bubble in rendered.bubbles)
        self._add_to_screen(person, rendered)
        return {**content, "bubble": first, "rest": rest}

    def _add_to_screen(self, person: Person, rendered: Rendered) -> None:
        # What was asked stays asked; the buttons of this message can be pressed as well.
        if rendered.choices:
            screen = read_screen(self.means, person.screen)
            added = {**screen.choices, **rendered.choices}
            keep_screen(self.means, person, replace(screen, choices=added, text=screen.text or rendered.text))

    def _sent(self, session: Session, *, letter: Letter, delivered: Delivered) -> bool:
        """Whether the person is still there to have been sent it."""
        at = self.means.clock()
        if letter.knock is None and not letter.more:
            return _change(session, letter, status="sent", sent_at=at, provider_id=delivered.provider_id)
        outgoing = _ours(session, letter)
        if outgoing is None:
            return False  # the person left while it was sent
        key = self.means.settings.field_key
        content: Any = unseal(key, cast("bytes", outgoing.content))
        if letter.more:
            first, *rest = content["rest"]
            outgoing.content = seal(key, {**content, "bubble": first, "rest": rest})
            outgoing.next_try_at, outgoing.attempts = at, 0
        elif must_wait(session.get_one(Person, outgoing.person_id), content, at):
            outgoing.status, outgoing.provider_id = "held", delivered.provider_id
        else:
            outgoing.next_try_at = at  # the person wrote meanwhile
        return True

    def _closed(self, session: Session, *, letter: Letter) -> None:
        at, key = self.means.clock(), self.means.settings.field_key
        outgoing = _ours(session, letter)
        if outgoing is not None:
            content = unseal(key, cast("bytes", outgoing.content))
            outgoing.content = seal(key, {**content, CLOSED_AT: at.isoformat()})
            outgoing.next_try_at = at

    def _again(self, session: Session, *, letter: Letter, seconds: float, counts: bool) -> None:
        if counts and letter.attempts >= GIVEN_UP_AFTER:
            _change(session, letter, status="failed")
            return
        at = self.means.clock()
        attempts = letter.attempts if counts else letter.attempts - 1
        _change(session, letter, next_try_at=at + timedelta(seconds=seconds), attempts=attempts)


def _ours(session: Session, letter: Letter) -> Outgoing | None:
    """The row of `letter`, if it is still there and ours."""
    return session.scalar(select(Outgoing).where(*_is_ours(letter)))


def _change(session: Session, letter: Letter, **values: Any) -> bool:
    """Whether the row of `letter` was still there and ours, and so has these values now."""
    return changed(session, update(Outgoing).where(*_is_ours(letter)).values(**values)) == 1


def _is_ours(letter: Letter) -> tuple[ColumnElement[bool], ...]:
    return Outgoing.id == letter.id, Outgoing.status == "waiting", Outgoing.next_try_at == letter.until


def backoff(attempts: int) -> float:
    """Seconds to wait after this many attempts: 1, 2, 4… at most 300."""
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(attempts - 1, 10))
