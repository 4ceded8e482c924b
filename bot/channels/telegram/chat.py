"""Step 1 and 9 on Telegram: the channel, its webhook, and the long polling that can stand in its place."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import anyio
import structlog
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels.channel import Bubble, Delivered, Limits
from bot.channels.recorded import sound_of
from bot.channels.telegram.api import Api
from bot.channels.telegram.keyboard import keyboard
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.reading import UnreadableError, read_update
from bot.channels.telegram.shown import WITH_BUTTONS, Shown
from bot.channels.telegram.touches import Touches
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.settings import TelegramSettings

# Telegram takes 4096 characters; what was chosen is written under a question. A keyboard holds 100 buttons.
# Messages can be deleted for 48 hours.
LIMITS = Limits(text=4000, title=64, choices=100, place_apart=True, wipe_hours=47.5, sound="with_text")
PATH = "/telegram"
LARGEST_BODY = 1 << 20  # bytes
SLOWEST_BODY = 10.0  # seconds
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the name of one
log = structlog.get_logger(__name__)


class Telegram:
    """People who write to the bot in a private chat. Groups and channels are left."""

    name = "telegram"
    limits = LIMITS

    def __init__(self, inbox: Inbox, means: Means, settings: TelegramSettings, api: Api | None = None) -> None:
        self._inbox, self._means, self._settings = inbox, means, settings
        self.api = api or Api(settings)
        self.touches = Touches(self.api, Shown(means, inbox, self.name))

    def routes(self) -> list[BaseRoute]:
        """The webhook; none where Telegram is polled."""
        return [] if self._settings.polling else [Route(PATH, self.take, methods=["POST"])]

    def workers(self) -> Sequence[Callable[[], Coroutine[Any, Any, None]]]:
        """What tidies screens, and what polls."""
        polling = [Polling(self.api, self.bring).run] if self._settings.polling else []
        return [self.touches.run, *polling]

    async def deliver(self, address: str, bubble: Bubble) -> Delivered:
        """Send one message; buttons that no longer mean anything go from earlier ones."""
        chat, markup = int(address), keyboard(bubble)
        if bubble.audio is not None:
            return Delivered(f"{await self.api.speak(chat, await sound_of(self._means, bubble), bubble.text)}")
        number = await self.api.send(chat, bubble.text, markup)
        if bubble.choices:
            self.touches.retire(chat)
        return Delivered(f"{number}{WITH_BUTTONS if bubble.choices else ''}")

    async def wipe(self, address: str, provider_ids: Sequence[str]) -> None:
        """Take messages off the screen, on both sides, where they are not older than Telegram allows."""
        await self.api.delete(int(address), [int(one.removesuffix(WITH_BUTTONS)) for one in provider_ids])

    async def take(self, request: Request) -> Response:
        """One update. 200 once it is stored, or put aside; 503 while it cannot be stored: it comes again."""
        given = request.headers.get(_SECRET_HEADER, "").encode("latin-1")
        if not hmac.compare_digest(given, self._settings.secret.encode()):
            return Response(status_code=403)
        body = bytearray()
        try:
            with anyio.fail_after(SLOWEST_BODY):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > LARGEST_BODY:
                        return Response(status_code=413)
        except TimeoutError:
            return Response(status_code=408)
        try:
            await self._take(bytes(body))
        except OperationalError:
            return Response(status_code=503, headers={"Retry-After": "2"})
        return Response()

    async def _take(self, body: bytes) -> None:
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError):
            await self._put_aside(body, "json")
            return
        await self.bring(raw)

    async def bring(self, raw: Any) -> None:
        """One update as it came in JSON, to the inbox. Only what the database says can go wrong here."""
        try:
            reading = read_update(raw, self._settings.bot_id)
        except UnreadableError as error:
            await self._put_aside(json.dumps(raw).encode(), str(error))
            return
        for arrival in reading.arrivals:
            await self._inbox.receive(self.name, arrival)
        if reading.kind:
            log.info("telegram.ignored", kind=reading.kind)
        if reading.press is not None:
            self.touches.pressed(reading.press)
        if reading.leave is not None:
            self.touches.leave(reading.leave)

    async def _put_aside(self, body: bytes, reason: str) -> None:
        log.warning("telegram.unreadable", reason=reason, size=len(body))
        await self._inbox.set_aside(self.name, body)
