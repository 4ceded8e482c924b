"""Steps 1 and 9 on Telegram: the calls we make to the Bot API, and what its refusals mean to us."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from telegram import Bot, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.channels.channel import TryLaterError, UnreachableError
from bot.channels.recorded import FILE_NAME
from bot.channels.telegram.keyboard import Markup
from bot.channels.telegram.pace import Pace
from bot.settings import TelegramSettings

os.environ.setdefault(
    "PTB_TIMEDELTA", "true"
)  # times as timedelta: the library warns of the other form at each use
TIMEOUT = 15.0  # seconds for a call: less than the outbox waits before another tries
MOST_AT_ONCE = 100  # messages deleted by one call
# Telegram says in words what it does not say in codes.
GONE = ("chat not found", "user is deactivated", "bot was blocked", "peer_id_invalid", "user not found")


class Api:
    """The Bot API as one bot uses it. `pace` is kept by every call that people see; `transport` carries them."""

    def __init__(
        self,
        settings: TelegramSettings,
        pace: Pace | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.pace = pace or Pace(time.monotonic)
        self._base = f"{settings.api}/bot"
        self._polled = f"{self._base}{settings.token}/getUpdates"
        waits: dict[str, Any] = {"read_timeout": TIMEOUT, "write_timeout": TIMEOUT, "connect_timeout": TIMEOUT}
        # As everywhere: a proxy of the machine's environment is nobody that we speak to.
        waits["httpx_kwargs"] = {"trust_env": False} | ({"transport": transport} if transport else {})
        self._requests = [HTTPXRequest(connection_pool_size=8, pool_timeout=TIMEOUT, **waits) for _ in range(2)]
        self.bot = Bot(
            settings.token,
            base_url=self._base,
            base_file_url=f"{settings.api}/file/bot",
            request=self._requests[0],
            get_updates_request=self._requests[1],
        )

    async def close(self) -> None:
        """End its connections."""
        for request in self._requests:
            await request.shutdown()

    async def send(self, chat: int, text: str, markup: Markup) -> int:
        """Send one message; its id. Errors are those of `Channel.deliver`."""
        await self.pace.to_chat(chat)
        message = await self._call(
            chat,
            lambda: self.bot.send_message(
                chat, text, reply_markup=markup, link_preview_options=LinkPreviewOptions(is_disabled=True)
            ),
        )
        return int(message.message_id)

    async def speak(self, chat: int, sound: bytes, caption: str) -> int:
        """Send Opus in Ogg as a voice message; as a file to a person who takes none. Its id; errors as `send`.

        A recording that Telegram will not have must not hold up what comes after it: `UnreachableError`.
        """
        await self.pace.to_chat(chat)
        words = caption or None
        try:
            sent = await self._call(
                chat, lambda: self.bot.send_voice(chat, sound, caption=words, filename=FILE_NAME)
            )
        except BadRequest:
            await self.pace.in_all()  # what was refused took nothing of the chat's own pace
            try:
                sent = await self._call(
                    chat, lambda: self.bot.send_document(chat, sound, caption=words, filename=FILE_NAME)
                )
            except BadRequest:
                raise UnreachableError from None
        return int(sent.message_id)

    async def delete(self, chat: int, messages: Sequence[int]) -> None:
        """Take messages off the screen, on both sides; those that Telegram keeps are left. Errors as `send`."""
        for start in range(0, len(messages), MOST_AT_ONCE):
            some = list(messages[start : start + MOST_AT_ONCE])
            await self.pace.in_all()
            try:
                await self._call(chat, lambda some=some: self.bot.delete_messages(chat, some))  # type: ignore[misc]
            except BadRequest:
                await self._one_by_one(chat, some)

    async def _one_by_one(self, chat: int, messages: Sequence[int]) -> None:
        # One that is too old spoils the whole call.
        for message in messages:
            await self.pace.in_all()
            try:
                await self._call(chat, lambda message=message: self.bot.delete_message(chat, message))  # type: ignore[misc]
            except BadRequest:
                continue

    async def touch(self, call: Callable[[Bot], Awaitable[Any]]) -> None:
        """One call that only tidies the screen: it keeps the pace, and its refusal means nothing to us."""
        try:
            await self.pace.in_all()
            await call(self.bot)
        except (TelegramError, TryLaterError):
            return

    async def updates(self, offset: int | None, seconds: int, allowed: Sequence[str]) -> list[Any]:
        """Updates from `offset` on, as they come in JSON; waits up to `seconds` for the first.

        The library's own call reads a batch as one, and prints it all when one of them breaks.
        """
        asked: dict[str, Any] = {"timeout": seconds, "allowed_updates": json.dumps(list(allowed))}
        if offset is not None:
            asked["offset"] = offset
        url = f"{self._polled}?{urlencode(asked)}"
        came = await self._requests[1].post(url, read_timeout=seconds + TIMEOUT)
        return came if isinstance(came, list) else []

    async def _call(self, chat: int, call: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await call()
        except RetryAfter as error:
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            self.pace.refused(chat, seconds)
            raise TryLaterError(seconds) from None
        except (Forbidden, ChatMigrated):
            raise UnreachableError from None
        except BadRequest as error:
            if any(word in error.message.casefold() for word in GONE):
                raise UnreachableError from None
            raise
