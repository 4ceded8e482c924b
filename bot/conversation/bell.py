"""Between steps: tells waiting workers in this process that there is work, so that they need not ask all the time.

Only ever a shortcut: whoever waits also looks at the database by itself, where other processes put work too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Bells:
    """`arrived`: a message waits to be taken. `queued`: one waits to be sent. `sent`: one was sent."""

    arrived: Bell = field(default_factory=Bell)
    queued: Bell = field(default_factory=Bell)
    sent: Bell = field(default_factory=Bell)
