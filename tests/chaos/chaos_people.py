"""People who write on both messengers, at once, each message until it is acknowledged, some of it twice."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

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


async def bring(
    address: str, scripts: Iterable[Sequence[Delivery]], log: Log, *, at_once: int = 20, twice: float = 0.1
) -> None:
    """Deliver every script in its order, `at_once` beside one another; a part of it `twice`, at any time."""
    chance, waiting = random.Random(7), iter(scripts)
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=30, limits=limits) as client:
        await asyncio.gather(*(_bring(client, waiting, log, chance, twice) for _ in range(at_once)))


async def _bring(
    client: httpx.AsyncClient, waiting: Iterator[Sequence[Delivery]], log: Log, chance: random.Random, twice: float
) -> None:
    for script in waiting:
        brought: list[Delivery] = []
        for delivery in script:
            await until_acknowledged(client, delivery, log)
            if log.over:
                return
            log.acknowledged.append(delivery)
            brought.append(delivery)
            if chance.random() < twice:
                await until_acknowledged(client, chance.choice(brought), log)


async def until_acknowledged(client: httpx.AsyncClient, delivery: Delivery, log: Log) -> None:
    """As both platforms do: once more, until the answer is 200."""
    while not log.over:
        began = asyncio.get_running_loop().time()
        try:
            answer = await client.post(delivery.path, headers=delivery.headers, content=delivery.body)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == httpx.codes.OK:
            log.times.append(asyncio.get_running_loop().time() - began)
            return
        log.again += 1
        await asyncio.sleep(0.05)
