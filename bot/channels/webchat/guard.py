"""Step 1 in a browser: who may ask, from where, how much and how often."""

from __future__ import annotations

import json
import re
import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import anyio
from starlette.requests import Request
from starlette.responses import Response

LARGEST_BODY = 64 * 1024  # bytes
SLOWEST_BODY = 10.0  # seconds
MOST_MESSAGES, IN_SECONDS = 30, 10.0
_ADDRESS = re.compile(r"[A-Za-z0-9_-]{43}")  # 256 bits
_MOST_REMEMBERED = 10_000


class RefusedError(Exception):
    """A request that is not taken; `status` is HTTP's, `code` a word for the page."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Cookie:
    """The browser's secret: the address to which answers go. It ends with the browser's session."""

    secure: bool

    @property
    def name(self) -> str:
        """A `__Host-` name where cookies are secure, so that no other host can set it."""
        return "__Host-chat" if self.secure else "chat"

    def read(self, request: Request) -> str | None:
        """The address in the request's cookie, or None."""
        value = request.cookies.get(self.name, "")
        return value if _ADDRESS.fullmatch(value) else None

    def give(self, response: Response) -> str:
        """A new address, set on `response`."""
        address = secrets.token_urlsafe(32)
        response.set_cookie(self.name, address, path="/", secure=self.secure, httponly=True, samesite="strict")
        return address

    def take_back(self, response: Response) -> None:
        """Have the browser forget."""
        response.delete_cookie(self.name, path="/", secure=self.secure, httponly=True, samesite="strict")


def check_same_origin(request: Request) -> None:
    """`RefusedError` for a request that another site's page may have made.

    Our page sets a header that other sites may not set; browsers add where a request comes from.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("host")
    if request.headers.get("x-chat") != "1" or site != "same-origin" or foreign:
        raise RefusedError(403, "origin")


async def read_body(request: Request) -> dict[str, Any]:
    """The JSON object in the body; `RefusedError` when it is too large, too slow, or is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RefusedError(415, "json")
    body = bytearray()
    try:
        with anyio.fail_after(SLOWEST_BODY):
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_BODY:
                    raise RefusedError(413, "too_large")
    except TimeoutError:
        raise RefusedError(408, "too_slow") from None
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        raise RefusedError(400, "json") from None
    if not isinstance(read, dict):
        raise RefusedError(400, "json")
    return read


@dataclass
class Pace:
    """How many messages each address sent lately. `now` gives seconds."""

    now: Callable[[], float]
    _times: dict[str, deque[float]] = field(default_factory=dict)

    def check(self, address: str) -> None:
        """Count one message; `RefusedError` when there were `MOST_MESSAGES` in the last `IN_SECONDS`."""
        now = self.now()
        if len(self._times) > _MOST_REMEMBERED:
            self._times = {key: times for key, times in self._times.items() if now - times[-1] < IN_SECONDS}
        times = self._times.setdefault(address, deque(maxlen=MOST_MESSAGES))
        if len(times) == MOST_MESSAGES and now - times[0] < IN_SECONDS:
            raise RefusedError(429, "too_fast")
        times.append(now)
