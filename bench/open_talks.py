"""How much memory open conversations take, once all that is warmed up has been."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import aiohttp
import tests_path  # noqa: F401
from asking import client_for, delivered
from engine_alone import EngineAlone
from fake_graph_api import FakeGraph, Someone
from held import OURS, held_by
from part import Part, Row
from servers import gateway_alone, wait_until_taken
from talks import PATIENCE, TALK

from bot.processes.engine import running_engine

STEPS = TALK[:5]  # of each talk, which then stays open
AT_ONCE = 8
SAMPLES = 20  # between the warm-up and the end
MOST = 20.0  # MB of 10,000 conversations: the goal
Talk = Callable[[aiohttp.ClientSession, int], Awaitable[object]]


def open_talks(warm: int, more: int) -> Part:
    """The growth of each process from `warm` open conversations to `more` of them in addition."""
    rows = [*of_the_gateway(warm, more), *of_the_engine(warm, more)]
    table = [
        ["process", f"after {warm} talks, MB", f"after {warm + more}, MB", "per 10,000 open conversations, MB"]
    ]
    whole = 0.0
    for name in dict.fromkeys(row[0] for row in rows):
        talks, held = zip(*((float(row[1]), float(row[2])) for row in rows if row[0] == name), strict=True)
        grown = statistics.linear_regression(talks, held).slope * 10_000
        whole += max(grown, 0.0)
        table.append([str(name), f"{held[0]:.1f}", f"{held[-1]:.1f}", f"{grown:.1f}"])
    table.append(["all", "", "", f"{whole:.1f}"])
    return Part(
        name="open_talks",
        title="Memory of open conversations",
        goal=f"at most {MOST:.0f} MB per 10,000",
        method=(
            f"Every person opens a talk with {len(STEPS)} messages, {AT_ONCE} at once, and leaves it open. The "
            "gateway is asked over WhatsApp, its turn engine answering at once, and has taken all that waits "
            "before it is looked at; Rasa and the actions are asked directly. "
            f"Resident sets at {SAMPLES + 1} moments; the last column is the slope of the line through them; what "
            "shrinks is not taken off the sum."
        ),
        columns=("process", "open conversations", "resident MB"),
        rows=rows,
        table=table,
        reached=[("memory of open conversations", max(whole, 0.0) / MOST)],
    )


def of_the_gateway(warm: int, more: int) -> list[Row]:
    """The gateway's resident set as conversations are opened."""
    graph = FakeGraph()

    async def talk(client: aiohttp.ClientSession, number: int) -> None:
        who = Someone(f"668{number:08d}", None)
        for step in STEPS:
            body, headers = graph.signed(graph.batch([graph.says(who, body=step)], who=[who]))
            await delivered(client, "/whatsapp", headers, body)

    with gateway_alone() as (server, database):
        server.start()
        pieces = {"gateway": OURS["gateway"]}
        return asyncio.run(sampled(server.address, talk, pieces, warm, more, partial(wait_until_taken, database)))


def of_the_engine(warm: int, more: int) -> list[Row]:
    """Rasa's and the actions' resident sets as conversations are opened."""
    with tempfile.TemporaryDirectory() as home, running_engine(Path(home), lambda _line: None) as engine:
        side = EngineAlone(engine)

        async def talk(client: aiohttp.ClientSession, number: int) -> None:
            await side.talk(client, number, STEPS)

        return asyncio.run(sampled(side.address, talk, side.pieces, warm, more, lambda: None))


async def sampled(
    address: str,
    talk: Talk,
    pieces: Mapping[str, str],
    warm: int,
    more: int,
    taken: Callable[[], object],
) -> list[Row]:
    """Resident sets, first after `warm` talks, then each time a part of `more` was opened, and all was `taken`."""
    rows: list[Row] = []
    stops = [warm + more * part // SAMPLES for part in range(SAMPLES + 1)]
    async with client_for(address, AT_ONCE, PATIENCE) as client:
        begun = 0
        for stop in stops:
            for start in range(begun, stop, AT_ONCE):
                await asyncio.gather(*(talk(client, one) for one in range(start, min(start + AT_ONCE, stop))))
            begun = stop
            await asyncio.to_thread(taken)
            rows += [(name, stop, spent.resident) for name, spent in held_by(pieces).items()]
    return rows
