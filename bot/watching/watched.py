"""Steps 2 and 3, counted: an inbox and a turn engine that mark what passes, and change nothing of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.channel import Arrival
from bot.conversation.inbox import Inbox
from bot.conversation.turn_engine import EngineAwayError, EngineRefusedError, Taken, TurnEngine
from bot.watching.marks import Marks

UNREAD = "nlu_fallback"  # what the engine heard, where it did not understand


@dataclass(frozen=True)
class WatchedInbox(Inbox):
    """The inbox, which counts each message once."""

    marks: Marks

    async def receive(self, channel: str, arrival: Arrival, *, echo: bool = False) -> bool:
        """As `Inbox.receive`."""
        new = await super().receive(channel, arrival, echo=echo)
        if new:
            self.marks.messages.labels(channel).inc()
        return new


@dataclass(frozen=True)
class WatchedEngine:
    """A turn engine, which counts and times each turn."""

    engine: TurnEngine
    marks: Marks

    async def take(self, request: Mapping[str, Any]) -> Taken:
        """As `TurnEngine.take`."""
        began = time.monotonic()
        try:
            taken = await self.engine.take(request)
        except EngineAwayError as error:
            self.marks.turns.labels("failed" if error.answered else "away").inc()
            raise
        except EngineRefusedError:
            self.marks.turns.labels("refused").inc()
            raise
        self.marks.turn_seconds.observe(time.monotonic() - began)
        self.marks.turns.labels("taken").inc()
        if "text" in request["message"]:
            self.marks.readings.labels("unclear" if taken.heard == UNREAD else "clear").inc()
        return taken
