"""The gateway's HTTP client without a socket: it asks an app or a function of the test."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx
from starlette.types import ASGIApp

from bot.http import LARGEST_ANSWER, Answer, Http, HttpError


class TransportHttp(Http):
    """Asks `transport`, and waits for it as long as it takes."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        super().__init__()
        self._transport = transport

    async def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        seconds: float,  # noqa: ARG002 - nothing is slow here
        *,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        request = httpx.Request(method, url, params=params, headers=headers, content=body)
        try:
            answer = await self._transport.handle_async_request(request)
            content = await answer.aread()
        except httpx.HTTPError as error:
            raise HttpError(type(error).__name__) from None
        return Answer(answer.status_code, content if len(content) <= LARGEST_ANSWER else None)


def http_to(app: ASGIApp) -> Http:
    """A client of `app`, whatever the address."""
    return TransportHttp(httpx.ASGITransport(app))


def http_that(responds: Callable[[httpx.Request], httpx.Response]) -> Http:
    """A client of which every request is answered by a function; what that raises of httpx's is a fault."""
    return TransportHttp(httpx.MockTransport(responds))
