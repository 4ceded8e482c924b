"""Step 1 and 9 in a browser: the channel and its routes."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.channels.channel import Arrival, Bubble, Content, Delivered, Limits, Pressed, Text, UnreachableError
from bot.channels.recorded import OGG_OPUS, audio_file
from bot.channels.webchat.guard import Cookie, Pace, RefusedError, check_same_origin, read_body
from bot.channels.webchat.stream import Stream
from bot.channels.webchat.words import page_language, page_words
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.language.languages import Language
from bot.store.database import transaction
from bot.store.models import Person

HERE = Path(__file__).parent
LIMITS = Limits(
    text=20_000, title=200, choices=300, sound="with_text"
)  # ours to set: a page shows what it is given
START = "start"  # what a page says for a person who has only opened it
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FILES = {"chat.css": "text/css", "chat.js": "text/javascript", "icon.svg": "image/svg+xml"}

Handler = Callable[["WebChat", Request], Awaitable[Response]]


def _refusing(handler: Handler) -> Handler:
    @wraps(handler)
    async def careful(chat: WebChat, request: Request) -> Response:
        try:
            return await handler(chat, request)
        except RefusedError as refused:
            return JSONResponse({"error": refused.code}, refused.status)
        except OperationalError:
            # Not stored, so not acknowledged: the page keeps the message and sends it again.
            return JSONResponse({"error": "busy"}, 503, headers={"Retry-After": "2"})

    return careful


class WebChat:
    """The web chat. What it delivers is already in the database, from where each open tab is told of it."""

    name = "web"
    limits = LIMITS

    def __init__(self, inbox: Inbox, means: Means, now: Callable[[], float] = time.monotonic) -> None:
        self._inbox, self._means = inbox, means
        self._cookie = Cookie(means.settings.secure_cookies)
        self._pace = Pace(now)
        self._ending = False
        self._pages = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)

    def routes(self) -> list[BaseRoute]:
        """The page, its files, what it sends and what it is sent."""
        return [
            Route("/", self.page),
            Route("/blank", self.neutral),
            Route("/chat/messages", self.take, methods=["POST"]),
            Route("/chat/exit", self.leave, methods=["POST"]),
            Route("/chat/stream", self.stream),
            Route("/chat/audio/{name:path}", self.audio),
            Route("/chat/{name}", self.file),
        ]

    async def deliver(self, address: str, bubble: Bubble) -> Delivered:  # noqa: ARG002 - see the class
        """Nothing to do: the outbox rings, and the streams read."""
        return Delivered()

    def end(self) -> None:
        """Let every stream end; browsers come back by themselves."""
        self._ending = True

    async def page(self, request: Request) -> Response:
        """The chat page, in the person's language if there is one."""
        address = self._cookie.read(request)
        language = self._fallback(request)
        if address is not None:
            chosen = await run_sync(self._chosen_language, address)
            language = self._means.catalogue.language(chosen) if chosen else language
        response = self._html("page.html", language)
        if address is None:
            self._cookie.give(response)
        return response

    async def neutral(self, request: Request) -> Response:
        """Where a person who left lands: a page that says nothing of us and leads nowhere."""
        return self._html("neutral.html", self._fallback(request))

    async def file(self, request: Request) -> Response:
        """The page's style, script and icon."""
        name = request.path_params["name"]
        if name not in _FILES:
            return Response(status_code=404)
        return FileResponse(HERE / name, media_type=_FILES[name])

    @_refusing
    async def audio(self, request: Request) -> Response:
        """A text read aloud, for a page of ours; 404 once it is gone."""
        self._address(request)
        try:
            path = await run_sync(audio_file, self._means, request.path_params["name"])
        except UnreachableError:
            return Response(status_code=404)
        return FileResponse(path, media_type=OGG_OPUS)

    @_refusing
    async def take(self, request: Request) -> Response:
        """One message: `{"delivery": uuid, "text": …}`, or `button`, or `start`. 200 once it is stored."""
        check_same_origin(request)
        address = self._address(request)
        body = await read_body(request)
        delivery = body.get("delivery")
        if not isinstance(delivery, str) or not _UUID.fullmatch(delivery):
            raise RefusedError(400, "delivery")
        content = _content(body)
        self._pace.check(address)
        new = await self._inbox.receive(self.name, Arrival(address, delivery, content), echo="start" not in body)
        return JSONResponse({"new": new})

    @_refusing
    async def leave(self, request: Request) -> Response:
        """The person leaves at once: nothing is kept, and the browser forgets its address."""
        check_same_origin(request)
        response = Response(status_code=204, headers={"Clear-Site-Data": '"cache", "storage"'})
        address = self._cookie.read(request)
        if address is not None:
            await self._inbox.leave(self.name, address)
            self._cookie.take_back(response)
        return response

    @_refusing
    async def stream(self, request: Request) -> Response:
        """Server-sent events, from `Last-Event-ID` (or `?last=` where a page opens a new stream) on."""
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            raise RefusedError(403, "origin")
        address, fallback = self._address(request), self._fallback(request)
        stream = Stream(self._means, self._inbox, self.name, address, fallback, lambda: self._ending)
        last = request.headers.get("last-event-id") or request.query_params.get("last", "")
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(stream.events(last), media_type="text/event-stream", headers=headers)

    def _address(self, request: Request) -> str:
        address = self._cookie.read(request)
        if address is None:
            raise RefusedError(403, "cookie")
        return address

    def _fallback(self, request: Request) -> Language:
        accept = request.headers.get("accept-language", "")
        return page_language(self._means.catalogue, self._means.languages, accept)

    def _chosen_language(self, address: str) -> str | None:
        key = self._inbox.address_key(self.name, address)
        with transaction(self._means.database) as session:
            return session.scalar(
                select(Person.language).where(Person.channel == self.name, Person.address_key == key)
            )

    def _html(self, name: str, language: Language) -> HTMLResponse:
        words = page_words(self._means.catalogue, language)
        page = self._pages.get_template(name).render(
            language=language, words=words, demo=self._means.settings.demo
        )
        return HTMLResponse(page)


def _content(body: dict[str, Any]) -> Content:
    match body:
        case {"text": str(text)}:
            return Text(text)
        case {"button": str(button)}:
            return Pressed(button)
        case {"start": True}:
            return Text(START)
    raise RefusedError(400, "content")
