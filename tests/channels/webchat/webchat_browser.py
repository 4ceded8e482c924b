"""A browser at the web chat of a gateway without a network."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx
from gateway_rig import Gateway

from bot.channels.webchat import WebChat
from bot.channels.webchat.stream import Stream
from bot.conversation.outbox import Outbox

ORIGIN = "http://chat.test"


OURS = {"X-Chat": "1", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """A browser that has opened the page, and any number of its tabs."""

    gateway: Gateway
    client: httpx.AsyncClient
    chat: WebChat
    tabs: list[list[dict[str, Any]]] = field(default_factory=list)

    async def open(self) -> httpx.Response:
        return await self.client.get("/")

    async def post(
        self, body: Any = None, *, path: str = "/chat/messages", **headers: str | None
    ) -> httpx.Response:
        merged = {**OURS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        kept = {name: value for name, value in merged.items() if value is not None}
        return await self.client.post(path, json=body, headers=kept)

    async def say(self, text: str, delivery: str | None = None) -> httpx.Response:
        return await self.post({"delivery": delivery or str(uuid.uuid4()), "text": text})

    async def press(self, button: str) -> httpx.Response:
        return await self.post({"delivery": str(uuid.uuid4()), "button": button})

    async def work(self) -> None:
        await self.gateway.take_all()
        while await Outbox(self.gateway.means, {"web": self.chat}).send_one():
            pass

    @property
    def address(self) -> str:
        return self.client.cookies["chat"]

    def stream(self) -> Stream:
        fallback = self.gateway.means.catalogue.language("en")
        return Stream(
            self.gateway.means, self.gateway.inbox, "web", self.address, fallback, lambda: self.chat._ending
        )

    async def events(
        self, last: str = "", *, until: int, only: tuple[str, ...] = ("begin", "message")
    ) -> list[tuple[str, str, dict[str, Any]]]:
        """The first `until` events named in `only` that a tab gets: name, id, value."""
        found = []
        async for chunk in self.stream().events(last):
            lines = dict(line.split(": ", 1) for line in chunk.strip().split("\n"))
            if lines.get("event") in only:
                found.append((lines["event"], lines.get("id", ""), json.loads(lines["data"])))
            if len(found) == until:
                break
        return found

    async def texts(self, last: str = "", *, until: int) -> list[str]:
        return [value["text"] for _, _, value in await self.events(last, until=until, only=("message",))]
