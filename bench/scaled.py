"""How throughput grows from one Rasa to two: gateway, Rasa and actions once and twice on one PostgreSQL, by turns.

The second machine's processes are stopped (SIGSTOP) while the first is measured alone, and go on afterwards.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import tests_path  # noqa: F401
from chaos_people import Platforms
from chaos_product import Product, running
from fake_bot_api import FakeBotApi
from part import Part, Row
from postgresql_server import postgresql
from sqlalchemy import make_url
from talks import TALK, talk_at_once
from whole import UNLIMITED, Meta, Ours

PEOPLE = 16  # at once
STEPS = TALK[:9]
ALONE, TOGETHER = 1, 2  # machines at work
HELD_TO = 0.25  # of a core, each machine: so that two of them and all else have cores to spare
TICK = 0.02  # seconds
COLUMNS = ("a machine held to, of a core", "machines", "turns", "seconds", "process", "CPU seconds")
METHOD = (
    f"{PEOPLE} people talk at once over WhatsApp, {len(STEPS)} turns each: with one machine's gateway, Rasa and "
    "actions, and with two machines', on one PostgreSQL, by turns in one run; people are dealt to the gateways "
    f"alternately. In the lower lines the three of a machine get no more than {HELD_TO} of a core together (they "
    "are stopped whenever they had more), as if each machine had cores of its own. «Room for»: the cores by the "
    "CPU milliseconds of a turn of all processes, the people and the platform too; and one Rasa with a core."
)


@dataclass(frozen=True)
class Round:
    """What came of one round. `cpu`: seconds of each kind of process."""

    held: float | None
    machines: int
    turns: int
    took: float
    cpu: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Turns a second."""
        return self.turns / self.took


def scaled(rounds: int) -> Part:
    """So many rounds of each, by turns."""
    meta = Meta(pair_burst=UNLIMITED)
    platforms = Platforms(FakeBotApi(), meta)
    kinds, found = ("rasa", "actions", "gateway"), list[Round]()
    with (
        tempfile.TemporaryDirectory(prefix="scaled") as home,
        postgresql() as url,
        running(Path(home), url, TOGETHER, platforms, kinds) as product,
    ):
        measure = Measure(product, meta, str(make_url(url).query["host"]))
        product.leave_alone()  # what is stopped here would be ended as deaf
        measure.round(TOGETHER, None)  # warms both up
        for held in (None, HELD_TO):
            for _ in range(rounds):
                found += [measure.round(ALONE, held), measure.round(TOGETHER, held)]
    return part(found)


@dataclass
class Measure:
    """`folder`: where PostgreSQL listens. `talked`: how many people have; nobody twice."""

    product: Product
    meta: Meta
    folder: str
    talked: int = 0

    def round(self, machines: int, held: float | None) -> Round:
        """One round with so many machines at work, each `held` to that much of a core."""
        with self._asleep(machines), self._held(machines, held):
            before, began = self._spent(), time.perf_counter()
            turns = asyncio.run(self._talk(machines))
            took, after = time.perf_counter() - began, self._spent()
        spent = {name: after[name] - before[name] for name in after}
        print(f"{machines} at work, held to {held}: {turns / took:.1f} turns/s", file=sys.stderr, flush=True)
        return Round(held, machines, turns, took, spent)

    async def _talk(self, machines: int) -> int:
        first, self.talked = self.talked, self.talked + PEOPLE
        gateways = self.product.addresses("gateway")[:machines]
        sides = [Ours(address, self.meta, self.product.database) for address in gateways]
        everybody = range(first, first + PEOPLE)
        dealt = [talk_at_once(one, everybody[number::machines], STEPS) for number, one in enumerate(sides)]
        return sum(len(turns) for turns in await asyncio.gather(*dealt))

    @contextmanager
    def _asleep(self, machines: int) -> Iterator[None]:
        """The machines beyond so many do nothing within."""
        numbered = [(int(name.rpartition("-")[2]), process) for name, process in self._processes()]
        still = [process for number, process in numbered if number > machines]
        for process in still:
            process.suspend()
        try:
            yield
        finally:
            for process in still:
                process.resume()

    @contextmanager
    def _held(self, machines: int, share: float | None) -> Iterator[None]:
        """Within, each of so many machines gets that share of a core."""
        each = [[one for name, one in self._processes() if name.endswith(f"-{n}")] for n in range(1, machines + 1)]
        over = threading.Event()
        holders = [threading.Thread(target=hold, args=(one, share, over)) for one in each if share]
        for holder in holders:
            holder.start()
        try:
            yield
        finally:
            over.set()
            for holder in holders:
                holder.join()

    def _processes(self) -> list[tuple[str, psutil.Process]]:
        return [(name, psutil.Process(number)) for name, number in self.product.processes()]

    def _spent(self) -> dict[str, float]:
        """CPU seconds so far, by kind of process."""
        spent = dict.fromkeys(("gateway", "rasa", "actions"), 0.0)
        for name, process in self._processes():
            spent[name.partition("-")[0]] += cpu_of(process)
        spent["postgres"] = sum(map(cpu_of, servers(self.folder)))
        return {**spent, "people and Meta": cpu_of(psutil.Process())}


def hold(processes: Sequence[psutil.Process], share: float, over: threading.Event) -> None:
    """Stop them whenever they have had more than that share of a core; they go on at the end."""
    began, had = time.monotonic(), sum(map(cpu_of, processes))
    while not over.wait(TICK):
        allowed = had + share * (time.monotonic() - began)
        much = sum(map(cpu_of, processes)) > allowed
        for one in processes:
            (one.suspend if much else one.resume)()
    for one in processes:
        one.resume()


def servers(folder: str) -> list[psutil.Process]:
    """The processes of the PostgreSQL that lives in this folder."""
    found = psutil.process_iter(["name", "cmdline"])
    mains = [
        one for one in found if one.info["name"] == "postgres" and folder in " ".join(one.info["cmdline"] or ())
    ]
    return [one for main in mains for one in (main, *main.children())]


def cpu_of(process: psutil.Process) -> float:
    """CPU seconds so far, also of its children that have ended."""
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def part(rounds: Sequence[Round]) -> Part:
    """The page's part."""
    head = [
        "each machine may have",
        "machines",
        "turns/s, each round",
        "against one",
        "CPU ms a turn",
        "room for, turns/s",
    ]
    table, reached = [head], list[tuple[str, float]]()
    for held in (None, HELD_TO):
        one, two = (
            [each for each in rounds if (each.held, each.machines) == (held, n)] for n in (ALONE, TOGETHER)
        )
        grown = statistics.median(b.rate / a.rate for a, b in zip(one, two, strict=True))
        for of, times in ((one, "1"), (two, f"{grown:.2f}")):
            table.append(line(of, times))
        reached = [("two against one, each held", 1.7 / grown)]
    return Part(
        name="scaled",
        title="From one Rasa to two",
        goal="two Rasas take 1.7 times the turns of one where cores allow",
        method=METHOD,
        columns=COLUMNS,
        rows=list(rows(rounds)),
        table=table,
        reached=reached,
    )


def line(rounds: Sequence[Round], times: str) -> list[str]:
    """One line of the table: these rounds, which were alike."""
    turns = sum(one.turns for one in rounds)
    spent = {name: 1000 * sum(one.cpu[name] for one in rounds) / turns for name in rounds[0].cpu}
    cores = os.cpu_count() or 1
    return [
        "what there is" if rounds[0].held is None else f"{rounds[0].held} of a core",
        str(rounds[0].machines),
        ", ".join(f"{one.rate:.1f}" for one in rounds),
        times,
        ", ".join(f"{name} {cpu:.0f}" for name, cpu in spent.items()),
        f"{cores} cores: {1000 * cores / sum(spent.values()):.0f}; one Rasa: {1000 / spent['rasa']:.0f}",
    ]


def rows(rounds: Sequence[Round]) -> Iterator[Row]:
    """As measured."""
    for one in rounds:
        for name, cpu in one.cpu.items():
            yield (one.held or 1, one.machines, one.turns, one.took, name, cpu)
