"""Steps 3 and 9, carried: the gateway's HTTP client, by which it asks the turn engine and sends to Meta.

It is aiohttp's: a request takes less than a fifth of the processor's time that httpx takes, and each turn makes
three. It trusts no proxy of the environment, keeps no cookie, follows no redirect, and believes the same
certificate authorities on every machine.
"""

from __future__ import annotations

import json
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import certifi

LARGEST_ANSWER = 1 << 20  # bytes; of more, the rest is not read
AT_ONCE = 100  # connections to one server; a slow one does not take them from another
# Seconds for which an unused connection is kept: fewer than servers keep it (uvicorn 5, our engine 120).
# If it ends just as we send, nobody can tell whether the request was heard.
IDLE = 4.0


class HttpError(Exception):
    """There is no answer: no connection, a broken one, or it took too long. Says the kind, never an address."""


@dataclass(frozen=True)
class Answer:
    """What a server answered; `body` is None when it is larger than `LARGEST_ANSWER`."""

    status: int
    body: bytes | None

    def json(self) -> Any:
        """What the body holds; `ValueError` when that is no JSON."""
        if self.body is None:
            raise ValueError("too large")
        try:
            return json.loads(self.body)
        except RecursionError:
            raise ValueError("too deep") from None


@dataclass(frozen=True)
class File:
    """A file of an upload, with its media type. Nothing in `name` and `kind` is escaped: they are ours."""

    name: str
    kind: str
    content: bytes


class Http:
    """Asks servers. Each request has `seconds` for all of it: to connect, to be sent and to be answered.

    One that was sent is never sent again by itself, but for a GET over a connection that was gone. It opens at the
    first request, in the event loop that runs then, and is to be closed in the same.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, content: Any, *, headers: Mapping[str, str], seconds: float) -> Answer:
        """The answer to `content` as JSON, or `HttpError`."""
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        return await self._ask("POST", url, {**headers, "Content-Type": "application/json"}, seconds, body=body)

    async def upload(
        self, url: str, form: Mapping[str, str], file: File, *, headers: Mapping[str, str], seconds: float
    ) -> Answer:
        """The answer to `form` with `file` in its field `file`, or `HttpError`."""
        kind, body = _multipart(form, file)
        return await self._ask("POST", url, {**headers, "Content-Type": kind}, seconds, body=body)

    async def get(
        self, url: str, *, params: Mapping[str, str], headers: Mapping[str, str], seconds: float
    ) -> Answer:
        """The answer to a question in the address, or `HttpError`."""
        return await self._ask("GET", url, headers, seconds, params=params)

    async def aclose(self) -> None:
        """Let go of all connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
        *,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        try:
            async with self._opened().request(
                method,
                url,
                data=body,
                params=params,
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=seconds),
                allow_redirects=False,
            ) as answer:
                return Answer(answer.status, await _read(answer.content))
        # A ValueError: of an address or a header that is none.
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise HttpError(type(error).__name__) from None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=_authorities(), limit=0, limit_per_host=AT_ONCE, keepalive_timeout=IDLE
            )
            self._session = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._session


def _authorities() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


async def _read(content: aiohttp.StreamReader) -> bytes | None:
    body = bytearray()
    async for part in content.iter_any():
        body += part
        if len(body) > LARGEST_ANSWER:
            return None  # what is left unread ends the connection
    return bytes(body)


def _multipart(form: Mapping[str, str], file: File) -> tuple[str, bytes]:
    """The media type and the bytes. aiohttp's own give each field a media type, which browsers never do."""
    line = f"--{(boundary := secrets.token_hex(16))}"
    parts = [
        f'{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form.items()
    ]
    head = (
        f'{line}\r\nContent-Disposition: form-data; name="file"; filename="{file.name}"\r\n'
        f"Content-Type: {file.kind}\r\n\r\n"
    )
    body = b"".join([*parts, head.encode(), file.content, f"\r\n{line}--\r\n".encode()])
    return f"multipart/form-data; boundary={boundary}", body
