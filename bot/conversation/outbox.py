"""Step 9, said: the only way out. Messages go in their order, person by person, until the channel has them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, cast

import structlog
from anyio import CancelScope, fail_after
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.channels.channel import (
    Channel,
    Delivered,
    Knocking,
    TryLaterError,
    UnreachableError,
    WindowClosedError,
    Wiping,
)
from bot.conversation.claims import changed
from bot.conversation.letters import SENDABLE, Letter, more_waits
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
GIVEN_UP_AFTER = 180  # attempts, about an hour and a half
# Seconds. The longest is what a person waits besides once a platform that was away is back.
FIRST_BACKOFF, LONGEST_BACKOFF = 1.0, 30.0
log = structlog.get_logger(__name__)

_message = Outgoing.id == bindparam("message")
TAKEN = update(Outgoing).where(_message).values(attempts=Outgoing.attempts + 1, next_try_at=bindparam("until"))
PUT_ASIDE = update(Outgoing).where(_message).values(status=bindparam("to"))
# The row of a letter, while it is there and ours.
_ours = (_message, Outgoing.status == "waiting", Outgoing.next_try_at == bindparam("until"))
OURS, OURS_CHANGED = select(Outgoing).where(*_ours), update(Outgoing).where(*_ours)
SENT = OURS_CHANGED.values(status="sent", sent_at=bindparam("at"), provider_id=bindparam("number"))


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
            # Shielded: of what the platform takes while the process stops, it is kept that it was sent.
            with CancelScope(shield=True), fail_after(SENDING):
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
            more = await do(partial(self._sent, letter=letter, delivered=delivered))
            if more is None:
                await self._take_off(letter, delivered)
            self.means.bells.sent.ring(letter.address)
            if not more:
                return True
        self.means.bells.queued.ring()
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
        while waiting := SENDABLE.rows(session, at, most):
            letters = [self._letter(session, row, at) for row in waiting]
            found = [letter for letter in letters if letter is not None]
            if found:
                return found
        return []

    def _letter(self, session: Session, row: Any, at: datetime) -> Letter | None:
        key = self.means.settings.field_key
        content, until = unseal(key, row.content), at + CLAIMED
        letter = Letter(
            id=row.id,
            person_id=row.person_id,
            channel=row.channel,
            address=unseal(key, row.address),
            attempts=row.attempts + 1,
            until=until,
            bubble=None,
        )
        if content.get("wipe"):
            letter = replace(letter, wipe=tuple(content["wipe"]))
        elif must_wait(row, content, at):
            knock = knock_for(session, self.means, session.get_one(Person, row.person_id))
            if isinstance(knock, str):
                changed(session, PUT_ASIDE, message=row.id, to=knock)
                return None
            letter = replace(letter, knock=knock)
        elif content["bubble"] is not None or content["say"] is not None:
            content = content if content["bubble"] is not None else self._worded(session, row.id, content)
            bubble = bubble_from(content["bubble"])
            letter = replace(letter, bubble=bubble, more=bool(content.get("rest")))
        changed(session, TAKEN, message=row.id, until=until)
        return letter

    def _worded(self, session: Session, number: int, content: Mapping[str, Any]) -> Mapping[str, Any]:
        outgoing = session.get_one(Outgoing, number)
        person = session.get_one(Person, outgoing.person_id)
        rendered = worded(self.means, person, Say.from_json(content["say"]))
        first, *rest = (asdict(bubble) for bubble in rendered.bubbles)
        self._add_to_screen(person, rendered)
        whole = {**content, "bubble": first, "rest": rest}
        outgoing.content = seal(self.means.settings.field_key, whole)
        return whole

    def _add_to_screen(self, person: Person, rendered: Rendered) -> None:
        # What was asked stays asked; the buttons of this message can be pressed as well.
        if rendered.choices:
            screen = read_screen(self.means, person.screen)
            added = {**screen.choices, **rendered.choices}
            keep_screen(self.means, person, replace(screen, choices=added, text=screen.text or rendered.text))

    def _sent(self, session: Session, *, letter: Letter, delivered: Delivered) -> bool | None:
        """Whether another message to the person waits; None if they are not there any more."""
        at = self.means.clock()
        if letter.knock is None and not letter.more:
            given = {"number": delivered.provider_id, "at": at}
            is_there = changed(session, SENT, **_key(letter), **given) == 1
            return more_waits(session, letter.person_id) if is_there else None
        outgoing = session.scalar(OURS, _key(letter))
        if outgoing is None:
            return None  # the person left while it was sent
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
        outgoing = session.scalar(OURS, _key(letter))
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


def _change(session: Session, letter: Letter, **values: Any) -> None:
    """These values onto the row of `letter`, if it is still there and ours."""
    changed(session, OURS_CHANGED.values(**values), **_key(letter))


def _key(letter: Letter) -> dict[str, Any]:
    return {"message": letter.id, "until": letter.until}


def backoff(attempts: int) -> float:
    """Seconds to wait after this many attempts: 1, 2, 4… at most 30."""
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(attempts - 1, 10))
