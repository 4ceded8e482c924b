"""Step 3, understood and continued: takes each message once, and commits all that comes of it as one.

Killed at any point, the message is simply taken again from the state before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import structlog
from anyio import CancelScope, get_cancelled_exc_class
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.conversation.apology import apologise_for_failure
from bot.conversation.claims import BOT, Claim, LeaseLostError, behind_others, claim, done, release
from bot.conversation.effects import CONSENT, Deed, EffectError, carry_out
from bot.conversation.means import Means
from bot.conversation.screen import Reading, is_local, read
from bot.conversation.speaking import keep_screen, queue, queue_more
from bot.conversation.taken_over import read_for_officer, turn_beside_officer, words_of
from bot.conversation.turn_engine import EngineAwayError, EngineRefusedError, Taken, TurnEngine
from bot.conversation.working import whereabouts, work_beside
from bot.referrals.counting import question_asked
from bot.store.models import Incoming
from bot.store.sealing import seal
from bot.store.tally import count

HANDS = 8  # turns at once in one process
IDLE = 0.5  # seconds between looks at the database when nothing rings
FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 30.0  # seconds
# A message is given up when its failures weigh this much: five refusals, or forty failures inside the engine
# (about 18 minutes). An engine that is away altogether weighs nothing: it is waited for.
GIVEN_UP_AT, REFUSED, FAILED_INSIDE = 40, 8, 1
T = TypeVar("T")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Dialogue:
    """The worker that takes messages; several may run, in several processes."""

    means: Means
    engine: TurnEngine

    async def run(self) -> None:
        """Take messages for ever, `HANDS` beside one another."""
        bell = self.means.bells.arrived
        await work_beside("dialogue", self._claim, self._take, hands=HANDS, every=IDLE, bell=bell)

    async def take_one(self) -> bool:
        """Take the next message; False if there is none, or nobody to take it."""
        held = await self._claim(1)
        return bool(held) and await self._take(held[0])

    async def _take(self, held: Claim) -> bool:
        """Take this one. False if the engine is away altogether: then it is no use to hurry."""
        try:
            return await self._take_leased(held)
        except LeaseLostError:
            log.info("turn.void", message=held.message_id)
        return True

    async def _take_leased(self, held: Claim) -> bool:
        # Consent is given by its button, its words or a plain yes: «one» is too easily something else.
        places = {} if held.screen.name == CONSENT else self.means.places.get(held.request["language"] or "")
        reading_it = read if held.talk == BOT else read_for_officer
        reading = reading_it(held.screen, held.kept["content"], held.received_at, places)
        if reading is None:
            await self._do(self._ignore, held=held)
            self.means.bells.arrived.ring()
            return True
        if is_local(reading.message):
            await self._do(self._show_more, held=held, reading=reading)
            self._ring()
            return True
        here = more = True
        try:
            taken = await self._turn(held, reading)
            more = await self._do(self._commit, held=held, reading=reading, taken=taken)
            log.info("turn.taken", message=held.message_id)
        except EngineAwayError as error:
            log.warning("engine.away", message=held.message_id, attempts=held.attempts, reason=str(error))
            await self._do(self._again, held=held, weight=FAILED_INSIDE if error.answered else 0)
            here = error.answered
        except (EngineRefusedError, EffectError) as error:
            log.error("turn.refused", message=held.message_id, reason=str(error))  # noqa: TRY400
            await self._do(self._again, held=held, weight=REFUSED)
        except (LeaseLostError, OperationalError):
            raise
        except get_cancelled_exc_class():
            # The process stops: another need not wait until the lease runs out.
            with CancelScope(shield=True), suppress(LeaseLostError):
                await self._do(release, held=held)
            raise
        except Exception as error:  # noqa: BLE001 - whatever went wrong, this message must not hold up the person
            # Its words may hold a person's, so only its kind is logged; the turn was rolled back.
            log.error("turn.failed", message=held.message_id, error=whereabouts(error))  # noqa: TRY400
            await self._do(self._again, held=held, weight=REFUSED)
        self._ring(more=more)
        return here

    def _ring(self, *, more: bool = True) -> None:
        """`more`: another message of the same person may wait."""
        self.means.bells.queued.ring()
        if more:
            self.means.bells.arrived.ring()

    async def _turn(self, held: Claim, reading: Reading) -> Taken:
        if held.talk != BOT:
            return await turn_beside_officer(self.engine, held, reading)
        return await self.engine.take({**held.request, "message": dict(reading.message)})

    async def _do(self, act: Callable[..., T], **given: Any) -> T:
        return await self.means.line.do(partial(act, **given))

    async def _claim(self, most: int) -> list[Claim]:
        return await self.means.line.do(lambda session: claim(session, self.means, self.means.clock(), most))

    def _commit(self, session: Session, *, held: Claim, reading: Reading, taken: Taken) -> bool:
        """Whether another message of the person waits."""
        at = self.means.clock()
        with session.no_autoflush:  # so that the person's row is written once
            person = release(session, held)
            done(session, held)
            more = behind_others(session, person, at)
        person.turn += 1
        person.state = seal(self.means.settings.field_key, taken.state) if taken.state is not None else None
        keep_screen(self.means, person, reading.screen)
        deed = Deed(session, self.means, reading.screen, at)
        person = carry_out(deed, person, taken.do)
        queue(session, self.means, person, taken.say, at)
        count(session, at, [one for say in taken.say for one in question_asked(say.name)])
        return more

    def _show_more(self, session: Session, *, held: Claim, reading: Reading) -> None:
        person = release(session, held)
        done(session, held)
        queue_more(session, self.means, person, reading.message["tap"], self.means.clock())

    def _ignore(self, session: Session, *, held: Claim) -> None:
        release(session, held)
        done(session, held)

    def _again(self, session: Session, *, held: Claim, weight: int) -> None:
        at = self.means.clock()
        person = release(session, held)
        message = session.get_one(Incoming, held.message_id)
        kept: Mapping[str, Any] = {**held.kept, "refused": held.kept["refused"] + weight}
        if kept["refused"] >= GIVEN_UP_AT:
            message.status, message.content = "failed", None
            words = words_of(held) if held.talk != BOT else None
            if words is None or not self.means.referrals.write_to_office(
                session, self.means.settings, person, words, at
            ):
                apologise_for_failure(session, self.means, person, at)
            return
        message.content = seal(self.means.settings.field_key, kept)
        if not weight:
            # Nothing was tried: another gateway, whose engine is there, may take it, and this one asks again soon.
            message.attempts -= 1
        message.next_try_at = at + backoff(message.attempts)


def backoff(attempts: int) -> timedelta:
    """How long to wait after this many attempts: 0.5, 1, 2, 4… at most 30 seconds; 0.5 where there was none."""
    return timedelta(seconds=min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(max(attempts - 1, 0), 10)))
