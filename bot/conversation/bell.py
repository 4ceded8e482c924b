"""Between steps: tells waiting workers in this process that there is work, so that they need not ask all the time.

Only ever a shortcut: whoever waits also looks at the database by itself, where other processes put work too.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import WeakValueDictionary

import anyio


class Bell:
    """Rung when there is work. Take `listen()` before you look for work, so that no ring is missed."""

    def __init__(self) -> None:
        self._event = anyio.Event()

    def ring(self) -> None:
        """Wake all who wait."""
        self._event.set()
        self._event = anyio.Event()

    def listen(self) -> anyio.Event:
        """What the next ring sets."""
        return self._event


async def heard(event: anyio.Event, seconds: float) -> None:
    """Return when `event` is set, or after `seconds`."""
    with anyio.move_on_after(seconds):
        await event.wait()


class WorkBell:
    """A bell for workers of one kind: a ring brings one of them, not all, who would mostly find nothing."""

    def __init__(self) -> None:
        self.unheard = 0  # rings while no worker was idle
        self._idle: deque[anyio.Event] = deque()

    def ring(self) -> None:
        """Wake the worker that has been idle longest; if none is, whoever looks now will look again."""
        if self._idle:
            self._idle.popleft().set()
        else:
            self.unheard += 1

    async def heard(self, unheard: int, seconds: float) -> None:
        """Return at a ring, or after `seconds`. `unheard`: as it was before you looked for work."""
        if self.unheard != unheard:
            return
        ring = anyio.Event()
        self._idle.append(ring)
        await heard(ring, seconds)
        with suppress(ValueError):  # it was rung
            self._idle.remove(ring)


class BellByKey:
    """A bell for each key, kept only while someone holds it."""

    def __init__(self) -> None:
        self._bells: WeakValueDictionary[str, Bell] = WeakValueDictionary()

    def of(self, key: str) -> Bell:
        """The bell of `key`; hold on to it while you listen."""
        bell = self._bells.get(key)
        if bell is None:
            bell = self._bells[key] = Bell()
        return bell

    def ring(self, key: str) -> None:
        """Wake those who wait for `key`."""
        bell = self._bells.get(key)
        if bell is not None:
            bell.ring()


@dataclass(frozen=True)
class Bells:
    """`arrived`: a message waits to be taken. `queued`: one waits to be sent. `sent`: one was sent, by address."""

    arrived: WorkBell = field(default_factory=WorkBell)
    queued: WorkBell = field(default_factory=WorkBell)
    sent: BellByKey = field(default_factory=BellByKey)
