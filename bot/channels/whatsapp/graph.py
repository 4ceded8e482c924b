"""Step 9 on WhatsApp: Meta's Graph API over HTTP. What it answers becomes an id or an error of the contract."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog

from bot.channels.channel import TryLaterError, UnreachableError, WindowClosedError
from bot.channels.recorded import FILE_NAME, OGG_OPUS
from bot.channels.whatsapp.errors import Fault, fault_of
from bot.http import Answer, File, Http, HttpError
from bot.settings import WhatsAppSettings

TIMEOUT = 15.0  # seconds
UNKNOWN = 10.0  # seconds until a message is tried again while our number is not known
log = structlog.get_logger(__name__)


class GraphError(Exception):
    """Meta did not take a message, for a reason that may pass; only its code is told."""


class TemplateError(UnreachableError):
    """A set message is not approved, not in this language, or has other variables."""


class Graph:
    """Sends for one number, `phone_id`: while that is None, all has to wait. `now` gives seconds."""

    def __init__(
        self, settings: WhatsAppSettings, client: Http, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.phone_id = settings.phone_id
        self._api = settings.api
        self._headers = {"Authorization": f"Bearer {settings.token}"}
        self._client, self._now = client, now
        self._paused_until = 0.0

    async def send(self, message: Mapping[str, Any]) -> str:
        """Meta's id of the message; `TryLaterError`, `UnreachableError`, `WindowClosedError`, `GraphError`."""
        self._wait()
        answer = await self._message(message)
        try:
            return str(answer["messages"][0]["id"])
        except (KeyError, IndexError, TypeError):
            # It was taken, so it must not be sent twice; only that it arrived will not be known.
            log.error("whatsapp.no_id")  # noqa: TRY400
            return ""

    async def upload(self, sound: bytes) -> str:
        """Meta's id of a recording, Opus in Ogg, by which it can be sent for 30 days; errors as `send`."""
        self._wait()
        form = {"messaging_product": "whatsapp", "type": OGG_OPUS}
        file = File(FILE_NAME, OGG_OPUS, sound)
        answer = await self._taken(
            self._client.upload(self._url("media"), form, file, headers=self._headers, seconds=TIMEOUT)
        )
        try:
            return str(answer["id"])
        except (KeyError, TypeError):
            raise GraphError("no id") from None

    async def mark(self, message: Mapping[str, Any]) -> None:
        """The courtesy of `messages.seen`: without it nothing is lost, so no error is raised."""
        if self.phone_id is None or self._paused_until > self._now():
            return
        try:
            await self._message(message)
        except (GraphError, TryLaterError, UnreachableError, WindowClosedError) as error:
            log.info("whatsapp.unmarked", error=type(error).__name__)

    def _wait(self) -> None:
        wait = self._paused_until - self._now() if self.phone_id is not None else UNKNOWN
        if wait > 0:
            raise TryLaterError(wait)

    def _url(self, what: str) -> str:
        return f"{self._api}/{self.phone_id}/{what}"

    async def _message(self, message: Mapping[str, Any]) -> Any:
        return await self._taken(
            self._client.post(self._url("messages"), message, headers=self._headers, seconds=TIMEOUT)
        )

    async def _taken(self, asked: Awaitable[Answer]) -> Any:
        try:
            answer = await asked
        except HttpError as error:
            raise GraphError(str(error)) from None
        body = json_of(answer)
        if answer.status == HTTPStatus.OK:
            return body
        code = code_of(body)
        self._fail(fault_of(code, answer.status), code, answer.status)
        return None

    def _fail(self, fault: Fault, code: int | None, status: int) -> None:
        tell = log.critical if fault.operator else log.info
        match fault.meaning:
            case "pause":
                self._paused_until = self._now() + fault.seconds
                tell("whatsapp.paused", code=code, status=status, seconds=fault.seconds)
                raise TryLaterError(fault.seconds)
            case "pair":
                raise TryLaterError(fault.seconds)
            case "window":
                raise WindowClosedError
            case "never":
                raise UnreachableError
            case "template":
                log.error("whatsapp.template", code=code)
                raise TemplateError
            case "refused":
                log.error("whatsapp.refused", code=code, status=status)
                raise UnreachableError
        raise GraphError(f"code {code}, status {status}")


def json_of(answer: Answer) -> Any:
    """What an answer holds; None when that is no JSON."""
    try:
        return answer.json()
    except ValueError:
        return None


def code_of(body: Any) -> int | None:
    """Meta's code of an error, if the answer has one."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else None
