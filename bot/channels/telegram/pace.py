"""Step 9 on Telegram: no faster than Telegram allows, so that it need not refuse. In this process alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.channels.channel import TryLaterError

PER_CHAT = 1.0  # seconds between two messages to one chat
IN_ALL = 1 / 28  # seconds between two calls, to whomever: 30 a second, less what two clocks may differ
SHARED_REFUSAL = 1.0  # seconds within which refusals in two chats mean that Telegram refuses the bot as a whole
_MOST_REMEMBERED = 10_000


@dataclass
class Pace:
    """When the next message may go, to one chat and in all. `now` gives seconds, `sleep` waits them."""

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _free_at: dict[int, float] = field(default_factory=dict)
    _next: float = 0.0
    _paused_until: float = 0.0
    _refused: tuple[int, float] = (0, float("-inf"))

    async def to_chat(self, chat: int) -> None:
        """Wait for this message's turn among all; `TryLaterError` when its chat, or all, has to be left alone.

        Order within a chat is the outbox's: what is sent back to it goes before all that comes after.
        """
        wait = max(self._free_at.get(chat, 0.0), self._paused_until) - self.now()
        if wait > 0:
            raise TryLaterError(wait)
        self._free_at[chat] = self.now() + PER_CHAT
        if len(self._free_at) > _MOST_REMEMBERED:
            self._free_at = {key: at for key, at in self._free_at.items() if at > self.now()}
        await self.in_all()

    async def in_all(self) -> None:
        """Wait for this call's turn among all; `TryLaterError` while Telegram has to be left alone."""
        now = self.now()
        if self._paused_until > now:
            raise TryLaterError(self._paused_until - now)
        start = max(now, self._next)
        self._next = start + IN_ALL
        if start > now:
            await self.sleep(start - now)

    def refused(self, chat: int, seconds: float) -> None:
        """Telegram asks to wait for `seconds` before another message to `chat`; asked for two chats, for all."""
        now = self.now()
        before, at = self._refused
        if before != chat and now - at < SHARED_REFUSAL:
            self._paused_until = max(self._paused_until, now + seconds)
        self._refused = (chat, now)
        self._free_at[chat] = max(self._free_at.get(chat, 0.0), now + seconds)
