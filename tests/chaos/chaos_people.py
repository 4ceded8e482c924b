"""People who write on both messengers, at once, each message until it is acknowledged, some of it twice."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

import httpx
from fake_bot_api import FakeBotApi
from fake_graph_api import FakeGraph, Someone

TELEGRAM_SECRET = "a-secret_of-the-webhook"
YES = "Yes, send it"
STAYS, ERASES, LEAVES = "stays", "erases", "leaves"


@dataclass(frozen=True)
class Delivery:
    """One message as a platform delivers it; `step` is its place among those of its person."""

    who: str
    step: int
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Writer:
    """One person: a name that stands in their messages, the address on their platform, how their talk ends."""

    name: str
    channel: str
    address: str
    ends: str
    messages: tuple[str, ...]


@dataclass
class Log:
    """What was answered 2xx, in order; how often an answer was another, or none; seconds until the answer."""

    acknowledged: list[Delivery] = field(default_factory=list)
    again: int = 0
    times: list[float] = field(default_factory=list)
    over: bool = False  # nobody writes any more: the test has failed


def writers(count: int, first: int = 0) -> list[Writer]:
    """Half of them on each messenger. Everybody asks for a referral twice; a quarter each erase all, and leave."""
    return [_writer(number) for number in range(first, first + count)]


def _writer(number: int) -> Writer:
    name = f"P{number:05}"
    ends = (STAYS, STAYS, ERASES, LEAVES)[number // 2 % 4]
    words = ["", "share", YES, "share", YES, "tell", "back" if number // 2 % 4 == 1 else "tell", ""]
    script = [one if one == YES else f"{name}/{step:02} {one}".strip() for step, one in enumerate(words)]
    last = {ERASES: [f"{name}/08 erase"], LEAVES: ["quick exit"], STAYS: [f"{name}/08"]}[ends]
    channel = ("telegram", "whatsapp")[number % 2]
    address = f"{5_550_000 + number}" if channel == "telegram" else f"TH.{10**15 + number}"
    return Writer(name, channel, address, ends, (*script, *last))


@dataclass
class Platforms:
    """The two fakes, and the deliveries that they make of what people write."""

    bot_api: FakeBotApi
    graph: FakeGraph

    def deliveries(self, writer: Writer) -> list[Delivery]:
        return [
            Delivery(writer.name, step, *self._delivery(writer, words))
            for step, words in enumerate(writer.messages)
        ]

    def _delivery(self, writer: Writer, words: str) -> tuple[str, dict[str, str], bytes]:
        if writer.channel == "telegram":
            update = self.bot_api.write(int(writer.address), text=words)
            headers = {"content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
            return "/telegram", headers, json.dumps(update).encode()
        who = Someone(f"668{writer.name[1:]:0>8}", writer.address)
        body, signed = self.graph.signed(self.graph.batch([self.graph.says(who, body=words)], who=[who]))
        return "/whatsapp", signed, body


@dataclass(frozen=True)
class Ways:
    """How a message comes to the gateways at `addresses`; a part of what came comes `twice`, at any time."""

    client: httpx.AsyncClient
    addresses: Iterator[str]
    log: Log
    chance: random.Random
    twice: float = 0.1

    async def bring(self, delivery: Delivery, before: list[Delivery]) -> None:
        """Until it is acknowledged; `before` has all that this person sent."""
        await self._until_acknowledged(delivery)
        if self.log.over:
            return
        self.log.acknowledged.append(delivery)
        before.append(delivery)
        if self.chance.random() < self.twice:
            await self._until_acknowledged(self.chance.choice(before))

    async def _until_acknowledged(self, delivery: Delivery) -> None:
        # As both platforms do: once more, until the answer is 200; by turns, as a balancer before several does.
        while not self.log.over:
            began, url = time.monotonic(), next(self.addresses) + delivery.path
            try:
                answer = await self.client.post(url, headers=delivery.headers, content=delivery.body)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == httpx.codes.OK:
                self.log.times.append(time.monotonic() - began)
                return
            self.log.again += 1
            await asyncio.sleep(0.05)


@asynccontextmanager
async def ways_to(addresses: Sequence[str], log: Log, at_once: int) -> AsyncIterator[Ways]:
    """The ways of so many people at once."""
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(trust_env=False, timeout=30, limits=limits) as client:
        yield Ways(client, cycle(addresses), log, random.Random(7))


async def bring(
    addresses: Sequence[str], scripts: Iterable[Sequence[Delivery]], log: Log, *, at_once: int = 20
) -> None:
    """Deliver every script in its order, `at_once` beside one another."""
    waiting = iter(scripts)

    async def some(ways: Ways) -> None:
        for script in waiting:
            before: list[Delivery] = []
            for delivery in script:
                if not log.over:
                    await ways.bring(delivery, before)

    async with ways_to(addresses, log, at_once) as ways:
        await asyncio.gather(*(some(ways) for _ in range(at_once)))
