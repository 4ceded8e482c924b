"""Step 8 of the message's way: the console's worker that moves referrals whose people said yes to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass

from starlette.applications import Starlette

from bot.console.desk import Desk
from bot.console.working import work
from bot.referrals.border import cross
from bot.store.database import transaction

EVERY = 5.0  # seconds

Life = Callable[[Starlette], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class Crossing:
    """The worker. It is the console's, which alone can open what is sealed to an office."""

    desk: Desk

    async def run(self) -> None:
        """Move for ever."""
        await work("crossing", self.move, every=EVERY)

    def move(self) -> int:
        """Move what is due now, and end the questions that are too old; how many of both."""
        with transaction(self.desk.engine) as session:
            return cross(session, self.desk.passing, self.desk.clock())


def crossing(desk: Desk, beside: Life) -> Life:
    """The life of the application `beside`, and this worker in it."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with beside(app):
            task = asyncio.create_task(Crossing(desk).run())
            yield
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return lifespan
