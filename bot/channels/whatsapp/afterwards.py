"""Step 1 on WhatsApp: what is done after a delivery was acknowledged; with too much, the oldest is left out."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from bot.conversation.bell import WorkBell
from bot.conversation.working import work

MOST = 500  # waiting; the oldest give way to new ones
IDLE = 60.0  # seconds


T = TypeVar("T")


class Afterwards(Generic[T]):
    """Does `do` to each item that was put, one after another; in memory, so a stop forgets those that wait."""

    def __init__(self, name: str, do: Callable[[T], Awaitable[None]]) -> None:
        self._name, self._do = name, do
        self._waiting: deque[T] = deque(maxlen=MOST)
        self._bell = WorkBell()

    def put(self, item: T) -> None:
        """Have `item` done soon."""
        self._waiting.append(item)
        self._bell.ring()

    async def run(self) -> None:
        """Do for ever."""
        await work(self._name, self.once, every=IDLE, bell=self._bell)

    async def once(self) -> bool:
        """Do the next, if there is one; False if there is none."""
        if not self._waiting:
            return False
        await self._do(self._waiting.popleft())
        return True
