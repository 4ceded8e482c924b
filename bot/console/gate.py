"""Step 8 of the message's way, at the door: every request passes here, and the door is shut by default.

What is not in `OPEN` needs a session, and a role with a right to it (`rights`). What changes anything needs to
come from our own pages: by the browser's word (Sec-Fetch-Site or Origin), and, once signed in, with the token
that our forms carry.
"""

from __future__ import annotations

import hmac
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs

import anyio
import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.console.desk import Desk
from bot.console.rights import OPEN
from bot.console.sessions import Signed, cookie_name, find_session
from bot.store.database import transaction

SAFE = frozenset({"GET", "HEAD"})
UNATTENDED = frozenset({"/queue/changes"})  # asked for by a page left open: nobody need be sitting there
FORM = "application/x-www-form-urlencoded"
BODY_LIMIT = 64 * 1024  # bytes: the longest reply fits many times
SLOWEST_BODY = 10.0  # seconds
FIELDS = 80  # a page of the list, each with its box
DEEPEST = 6  # places in the code that an error's log line names
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

log = structlog.get_logger(__name__)

Answer = Callable[[Scope, Receive, Send], Awaitable[None]]


class Gate:
    """The middleware around the whole console."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        self.app, self.desk = app, desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it here."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(Request(scope, receive), scope, receive, _with_headers(send))
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            answer = await self._judge(request)
            await answer(scope, receive, send_noting)
        except Exception as error:  # noqa: BLE001 -- its words may be a person's: they go no further
            log.error("console.error", error=type(error).__name__, at=_where(error))  # noqa: TRY400 -- as above
            if started:
                raise RuntimeError("An answer broke off.") from None
            await self.desk.trouble(request, 500)(scope, receive, send)

    async def _judge(self, request: Request) -> Answer:
        request.state.signed = await run_in_threadpool(self._signed, request)
        if request.method not in SAFE:
            status = await self._read_form(request)
            if status is not None:
                return self.desk.trouble(request, status)
        name = _route_name(request)
        if name in OPEN:
            return self.app
        signed: Signed | None = request.state.signed
        if signed is None:
            return RedirectResponse("/login", 303)
        if request.method not in SAFE and not _has_token(request, signed):
            return self.desk.trouble(request, 403)
        if name is not None and name not in signed.rights:
            home = signed.home
            at_the_door = request.url.path == "/" != home
            return RedirectResponse(home, 303) if at_the_door else self.desk.trouble(request, 404)
        return self.app

    def _signed(self, request: Request) -> Signed | None:
        cookie = request.cookies.get(cookie_name(secure=self.desk.settings.secure_cookies))
        if not cookie:
            return None
        with transaction(self.desk.engine) as session:
            return find_session(session, cookie, self.desk.clock(), seen=request.url.path not in UNATTENDED)

    async def _read_form(self, request: Request) -> int | None:
        """The form's fields into `request.state.form`; an HTTP status when the request is not to be trusted."""
        if not _from_our_pages(request):
            return 403
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return 415
        body = await _read_body(request)
        if isinstance(body, int):
            return body
        try:
            fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
        except ValueError:
            return 400
        # A null byte is no part of any word, and PostgreSQL takes none.
        request.state.form = {name: values[0].replace("\0", "") for name, values in fields.items()}
        return None


async def _read_body(request: Request) -> bytes | int:
    """The whole body; an HTTP status when it is too long, too slow, or broken off."""
    body = bytearray()
    try:
        with anyio.fail_after(SLOWEST_BODY):
            async for chunk in request.stream():
                body += chunk
                if len(body) > BODY_LIMIT:
                    return 413
    except TimeoutError:
        return 408
    except ClientDisconnect:
        return 400
    return bytes(body)


def _route_name(request: Request) -> str | None:
    """The name of the route that would answer, "" when it has none; None when the application has no answer."""
    for route in request.app.routes:
        if route.matches(request.scope)[0] is Match.FULL:
            return route.name if isinstance(route, Route) else ""
    return None


def _from_our_pages(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin", "")
    return origin.partition("://")[2] == request.headers.get("host") != ""


def _has_token(request: Request, signed: Signed) -> bool:
    given: str = request.state.form.get("csrf", "")
    return hmac.compare_digest(given.encode(), signed.csrf.encode())


def _where(error: Exception) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-DEEPEST:]]


def _with_headers(send: Send) -> Send:
    async def send_guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return send_guarded
