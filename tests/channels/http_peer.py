"""A server on the loopback that does all that a server can do, and the shortest way to ask it."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from bot.http import Answer, Http, HttpError

SECRET = "a-token-that-nobody-may-read"
HEADERS = {"Authorization": f"Bearer {SECRET}"}
Serving = tuple["Peer", str]


@dataclass(frozen=True)
class Reply:
    """What the server says to one request, and what it does then. To drip is to go on for ever, slowly."""

    said: bytes
    then: Literal["keep", "close", "hang", "drip"] = "keep"


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Peer:
    """A server that has one reply for each request, and the last one for all that come after."""

    def __init__(self, *replies: Reply | bytes) -> None:
        self._replies = [reply if isinstance(reply, Reply) else Reply(reply) for reply in replies]
        self.heard: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answer(reader, writer) == "keep":
                pass
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        head = await reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"(?i)content-length: (\d+)", head)
        self.heard.append(head + await reader.readexactly(int(size[1]) if size else 0))
        reply = self._replies[min(len(self.heard), len(self._replies)) - 1]
        writer.write(reply.said)
        await writer.drain()
        while reply.then == "drip":
            await asyncio.sleep(0.02)
            writer.write(b" ")
            await writer.drain()
        if reply.then == "hang":
            await reader.read()
        return reply.then

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=tls)
        async with server:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/path"


def post(http: Http, url: str, content: Any = None, seconds: float = 5) -> Awaitable[Answer]:
    return http.post(url, content or {}, headers=HEADERS, seconds=seconds)


def one(*replies: Reply | bytes, times: int = 1, seconds: float = 5, pause: float = 0) -> tuple[Peer, Answer]:
    """The last answer of some posts to a server that has these replies."""
    peer = Peer(*replies)

    async def scene() -> Answer:
        async with peer.serving() as url, aclosing(Http()) as http:
            for _ in range(times - 1):
                await post(http, url, seconds=seconds)
                await asyncio.sleep(pause)
            return await post(http, url, seconds=seconds)

    return peer, asyncio.run(scene())


def fault(*replies: Reply | bytes, seconds: float = 5) -> str:
    """The words of the error to which a reply leads."""
    with pytest.raises(HttpError) as raised:
        one(*replies, seconds=seconds)
    return str(raised.value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
