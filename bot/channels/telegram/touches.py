"""Step 9 on Telegram: what is tidied on a person's screen when they tap: the choice is shown, old buttons go.

Nothing here is needed for a talk to go on, so nothing waits for it and nothing is kept of it: in a rush, or when
the process ends, it is left undone.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from anyio.to_thread import run_sync
from telegram import Bot

from bot.channels.telegram.api import Api
from bot.channels.telegram.reading import Press
from bot.channels.telegram.shown import Shown
from bot.conversation.bell import Bell
from bot.conversation.working import whereabouts

MOST_WAITING = 1000
LONGEST_TEXT = 4096  # characters
CHOSEN = "✓"
Touch = Callable[[Bot], Awaitable[Any]]
log = structlog.get_logger(__name__)


class Touches:
    """A short queue of touches, done one after the other by `run`."""

    def __init__(self, api: Api, shown: Shown) -> None:
        self._api, self._shown = api, shown
        self._waiting: deque[Callable[[], Awaitable[None]]] = deque()
        self._bell = Bell()

    async def run(self) -> None:
        """Do for ever what is asked."""
        while True:
            ring = self._bell.listen()
            await self.do_all()
            await ring.wait()

    async def do_all(self) -> None:
        """Do what is asked now."""
        while self._waiting:
            await self._do(self._waiting.popleft())

    async def _do(self, touch: Callable[[], Awaitable[None]]) -> None:
        try:
            await touch()
        except Exception as error:  # noqa: BLE001 - the next one has nothing to do with it
            log.warning("telegram.touch_failed", error=whereabouts(error))

    def pressed(self, press: Press) -> None:
        """The tap is answered, so that the phone stops waiting; its message shows what was chosen."""

        async def touch() -> None:
            await self._api.touch(lambda bot: bot.answer_callback_query(press.callback))
            if press.message is not None:
                counted = await run_sync(self._shown.took, press.chat, press.button, press.message)
                if counted is not None:
                    await self._api.touch(_mark(press, press.message, counted=counted))

        self._soon(touch)

    def retire(self, chat: int) -> None:
        """Buttons that no longer mean anything are taken off."""

        async def touch() -> None:
            for message in await run_sync(self._shown.out_of_date, chat):
                await self._api.touch(_bare(chat, message))

        self._soon(touch)

    def leave(self, chat: int) -> None:
        """Leave a group or channel, without a word: one would tell everybody there who asked us."""
        self._soon(lambda: self._api.touch(lambda bot: bot.leave_chat(chat)))

    def _soon(self, touch: Callable[[], Awaitable[None]]) -> None:
        if len(self._waiting) >= MOST_WAITING:
            log.warning("telegram.touch_dropped")
            return
        self._waiting.append(touch)
        self._bell.ring()


def _mark(press: Press, message: int, *, counted: bool) -> Touch:
    words = f"{press.text}\n\n{CHOSEN} {press.title}"
    if not counted or press.text is None or press.title is None or len(words) > LONGEST_TEXT:
        return _bare(press.chat, message)
    return lambda bot: bot.edit_message_text(words, press.chat, message, reply_markup=None)


def _bare(chat: int, message: int) -> Touch:
    return lambda bot: bot.edit_message_reply_markup(chat, message, reply_markup=None)
