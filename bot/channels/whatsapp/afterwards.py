"""Step 1 on WhatsApp: what is done after a delivery was acknowledged; with too much, the oldest is left out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

from bot.conversation.bell import WorkBell
from bot.conversation.working import work_beside

MOST = 500  # waiting; the oldest give way to new ones
IDLE = 10.0  # seconds


T = TypeVar("T")


class Afterwards(Generic[T]):
    """Does `do` to each item, not before `after` seconds since it was put, to at most `hands` at once.

    In memory, so a stop forgets those that wait. `now` gives seconds.
    """

    def __init__(
        self,
        name: str,
        do: Callable[[T], Awaitable[None]],
        *,
        after: float = 0.0,
        hands: int = 1,
        most: int = MOST,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
    ) -> None:
        self._name, self._do, self._after, self._hands = name, do, after, hands
        self._now, self._sleep = now, sleep
        self._waiting: deque[tuple[float, T]] = deque(maxlen=most)  # and from when on
        self._bell = WorkBell()

    def put(self, item: T) -> None:
        """Have `item` done soon."""
        self._waiting.append((self._now() + self._after, item))
        self._bell.ring()

    async def run(self) -> None:
        """Do for ever."""
        await work_beside(self._name, self.due, self._done, hands=self._hands, every=IDLE, bell=self._bell)

    async def due(self, most: int) -> list[T]:
        """The oldest items, `most` of them, once it is time for the first; none if none waits."""
        while self._waiting and (wait := self._waiting[0][0] - self._now()) > 0:
            await self._sleep(wait)
        found: list[T] = []
        while self._waiting and len(found) < most and self._waiting[0][0] <= self._now():
            found.append(self._waiting.popleft()[1])
        if self._waiting:
            self._bell.ring()
        return found

    async def _done(self, item: T) -> bool:
        await self._do(item)
        return True
