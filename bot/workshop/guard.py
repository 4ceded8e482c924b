"""Beside the message's way: the workshop's door. It serves this machine's own browser, and its own pages alone."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OURS = frozenset({"127.0.0.1", "localhost"})
SAFE = frozenset({"GET", "HEAD"})
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
FOREIGN_HOST = "This is the translators' workshop of this machine: open it as http://127.0.0.1.\n"
FOREIGN_PAGE = "Another site's page may not change anything here.\n"


class Guard:
    """Refuses a name that is not this machine's (a web site could be given our address), and others' posts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        answer: ASGIApp = self.app
        if urlsplit(f"//{headers.get('host', '')}").hostname not in OURS:
            answer = PlainTextResponse(FOREIGN_HOST, 421)
        elif scope["method"] not in SAFE and not from_our_page(headers):
            answer = PlainTextResponse(FOREIGN_PAGE, 403)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await answer(scope, receive, send_guarded)


def from_our_page(headers: Headers) -> bool:
    """Whether the browser says that a page of this very address asks; one that says nothing is not believed."""
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    return urlsplit(headers.get("origin", "")).netloc == headers.get("host")
