"""How long a person waits for an answer through the whole product, and what each process spends on it.

The gateway, Rasa and the actions are real; Meta is a stand-in on the loopback.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import whatsapp_deliveries
from channels import Server, client_for, served, settings
from fake_graph_api import VERSION, FakeGraph, Someone, shown
from part import Part, Row, ms, quantile
from spent import Spent, spent_by

from bot.processes.engine import Engine, running_engine
from bot.store.database import migrate, open_database

AT_ONCE = (1, 8, 32)
WARM = 2  # talks before any that counts
PATIENCE = 60.0  # seconds for one answer
# The way of one talk: what is pressed (in brackets) or typed.
TALK = (
    "hello",
    "[English]",
    "[OK, ask me]",
    "[Yes, I can]",
    "[18 or older]",
    "[It is my own wish]",
    "is it free? do i have to pay",
    "[Thailand]",
    "[Bangladesh]",
)
METHOD = (
    "WhatsApp deliveries to the real gateway, Rasa and actions; Meta is a stand-in that signs and checks. A turn "
    "is timed from its delivery until the first message that answers it reaches Meta. Each person talks through "
    f"{len(TALK)} turns, two of them typed, and writes as soon as there is something to press. "
    "CPU: of each process, over all turns of the level."
)


@dataclass
class Meta(FakeGraph):
    """Meta, that says when something comes for a person, in seconds of `time.perf_counter`."""

    waiting: dict[str, Callable[[float], object]] = field(default_factory=dict)

    def _send(self, message: dict[str, Any]) -> dict[str, Any]:
        answer = super()._send(message)
        arrived = self.waiting.get(str(message.get("to")))
        if arrived is not None:
            arrived(time.perf_counter())
        return answer


@dataclass
class Level:
    """What came of so many people at once: seconds of each turn, and what the processes spent."""

    people: int
    times: list[tuple[str, float]]
    took: float
    before: Mapping[str, Spent]
    after: Mapping[str, Spent]


def whole_turns(talks: int) -> tuple[Part, Part]:
    """At each level at least `talks` talks, everyone at the same time; turns, and what processes hold."""
    with tempfile.TemporaryDirectory() as home, stack(Path(home)) as (address, meta):
        asyncio.run(talk_at_once(address, meta, range(WARM)))
        levels, first = [], WARM
        for people in AT_ONCE:
            rounds = max(1, talks // people)
            levels.append(level(address, meta, people, first, rounds))
            first += people * rounds
    return turns_part(levels), memory_part(levels, first - WARM)


def level(address: str, meta: Meta, people: int, first: int, rounds: int) -> Level:
    """`people` at once, `rounds` times, nobody twice."""
    before, began = spent_by(), time.perf_counter()
    times: list[tuple[str, float]] = []
    for start in range(first, first + people * rounds, people):
        times += asyncio.run(talk_at_once(address, meta, range(start, start + people)))
    return Level(people, times, time.perf_counter() - began, before, spent_by())


@contextmanager
def stack(home: Path) -> Iterator[tuple[str, Meta]]:
    """The gateway's address, and Meta."""
    meta = Meta(pair_burst=10_000)
    with running_engine(home, lambda _line: None) as engine, served(meta.app) as graph:
        environ = settings(home, found(engine, graph))
        database = open_database(environ["BOT_DATABASE_URL"])
        migrate(database)
        database.dispose()
        command = [sys.executable, "-m", "bot.gateway"]
        gateway = Server(lambda _port: command, environ, int(environ["BOT_GATEWAY_PORT"]))
        gateway.start()
        try:
            yield gateway.address, meta
        finally:
            gateway.kill()


def found(engine: Engine, graph: str) -> dict[str, str]:
    """Where the gateway finds the engine and Meta; nothing is sent to the other platform."""
    return {
        "BOT_TURN_URL": engine.turn_url,
        "BOT_RASA_PORT": engine.turn_url.rpartition(":")[2],
        "BOT_TURN_SECRET": engine.turn_secret,
        "BOT_WHATSAPP_API": f"{graph}/{VERSION}",
        "BOT_TELEGRAM_API": graph,
    }


async def talk_at_once(address: str, meta: Meta, people: Sequence[int]) -> list[tuple[str, float]]:
    """Each person one whole talk, all at the same time; what was said in each turn, and its seconds."""
    async with client_for(address, at_once=len(people)) as client:
        talks = await asyncio.gather(*(talk(client, meta, one) for one in people))
    return [turn for turns in talks for turn in turns]


async def talk(client: httpx.AsyncClient, meta: Meta, number: int) -> list[tuple[str, float]]:
    """One person's talk."""
    who = Someone(f"668{number:08d}", None)
    arrivals: asyncio.Queue[float] = asyncio.Queue()
    loop, times = asyncio.get_running_loop(), []
    meta.waiting[f"{who.wa_id}"] = lambda at: loop.call_soon_threadsafe(arrivals.put_nowait, at)
    for step in TALK:
        message = await said(meta, who, step, arrivals)
        body, headers = meta.signed(meta.batch([message], who=[who]))
        while not arrivals.empty():
            arrivals.get_nowait()
        began = time.perf_counter()
        answer = await client.post(whatsapp_deliveries.PATH, headers=headers, content=body)
        answer.raise_for_status()
        times.append((step, await asyncio.wait_for(arrivals.get(), PATIENCE) - began))
    del meta.waiting[f"{who.wa_id}"]
    return times


async def said(meta: Meta, who: Someone, step: str, arrivals: asyncio.Queue[float]) -> dict[str, Any]:
    """The message of a step; a button may still be on its way."""
    if not step.startswith("["):
        return meta.says(who, body=step)
    title = step.strip("[]")
    while not any(title in label for message in meta.to(who) for _, _, label in shown(message)):
        await asyncio.wait_for(arrivals.get(), PATIENCE)
    return meta.presses(who, title)


def turns_part(levels: Sequence[Level]) -> Part:
    """What people wait for."""
    table = [["people at once", "turns", "p50 ms", "p95 ms", "turns/s", "typed p50 ms", "CPU ms a turn"]]
    rows: list[Row] = []
    for one in levels:
        times = [took for _, took in one.times]
        typed = [took for step, took in one.times if step == TALK[6]]
        cpu = ", ".join(
            f"{name} {1000 * (one.after[name].cpu - one.before[name].cpu) / len(times):.0f}" for name in one.after
        )
        cells = (ms(quantile(times, 50)), ms(quantile(times, 95)), f"{len(times) / one.took:.1f}")
        table.append([str(one.people), str(len(times)), *cells, ms(quantile(typed, 50)), cpu])
        rows += [(one.people, step, took) for step, took in one.times]
    return Part(
        name="whole_turns",
        title="A turn through the whole product",
        goal="against stock Rasa in the same run: p95 in a fifth of the time",
        method=METHOD,
        columns=("people at once", "step", "seconds"),
        rows=rows,
        table=table,
    )


def memory_part(levels: Sequence[Level], talks: int) -> Part:
    """What the processes hold."""
    table = [["process", "before, MB", f"after {talks} more talks, MB", "per 10,000 such talks, MB"]]
    rows: list[Row] = []
    for name, spent in levels[0].before.items():
        held = levels[-1].after[name].resident
        grown = (held - spent.resident) / talks * 10_000
        table.append([name, f"{spent.resident:.0f}", f"{held:.0f}", f"{grown:.0f}"])
        rows += [(one.people, name, one.after[name].resident) for one in levels]
    return Part(
        name="memory",
        title="Resident memory",
        goal="20 MB per 10,000 open conversations",
        method=(
            f"Resident set of each process after {WARM} talks, and after all talks of the turns above, none "
            "of which is over. The last column draws the growth on as a line: with few talks, most is warming up."
        ),
        columns=("people at once", "process", "resident MB at the end"),
        rows=rows,
        table=table,
    )
