"""How fast a delivery is acknowledged, and that none is lost or taken twice, also under `kill -9` every second.

Each webhook gets deliveries of which a tenth come twice. Like the platforms, we send again what was not answered
200. The gateway is the real process; its turn engine is a stand-in that answers at once. Beside it, the same
deliveries go to a plain python-telegram-bot webhook server, killed as often.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import telegram_deliveries
import whatsapp_deliveries
from asking import client_for, is_taken
from servers import Server, free_port, gateway_alone, wait_until_taken
from sqlalchemy import func, select

from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Incoming, Person

LIVES = 1.0  # seconds between readiness and the kill
AT_ONCE = 20  # deliveries under way
PATIENCE = 30.0  # seconds for an answer, as a platform has
AGAIN = 0.2  # seconds until what was not taken comes again
Delivery = tuple[str, dict[str, str], bytes]


@dataclass
class Run:
    """What came of one run: seconds until each acknowledgement, kills, messages lost and taken twice."""

    name: str
    sent: int
    different: int
    times: list[float] = field(default_factory=list)
    again: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0

    def row(self) -> str:
        """A line of the table."""
        cuts = statistics.quantiles(self.times, n=100)
        return (
            f"| {self.name} | {self.sent} ({self.different}) | {self.kills} | {cuts[49] * 1000:.0f} | "
            f"{cuts[98] * 1000:.0f} | {max(self.times) * 1000:.0f} | {self.again} | {self.lost} | {self.doubled} |"
        )


def main() -> int:
    """Prints one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000, help="to each webhook, undisturbed")
    parser.add_argument(
        "--killed", type=int, default=10_000, help="to each, with kill -9 a second after every start"
    )
    parser.add_argument("--only", choices=("telegram", "whatsapp", "plain"), help="one of them alone")
    asked = parser.parse_args()
    print("| webhook | deliveries (different) | kills | p50 ms | p99 ms | max ms | sent again | lost | doubled |")
    print("|---|---|---|---|---|---|---|---|---|")
    for channel in (telegram_deliveries, whatsapp_deliveries):
        if asked.only not in {None, channel.PATH[1:]}:
            continue
        for count, kills in ((asked.deliveries, False), (asked.killed, True)):
            name = f"ours, {channel.PATH[1:]}{', killed' if kills else ''}"
            print(ours(name, list(channel.deliveries(count)), kills=kills).row(), flush=True)
    if asked.only in {None, "plain"}:
        print(plain("plain python-telegram-bot, killed", list(telegram_deliveries.deliveries(asked.killed))).row())
    return 0


def ours(name: str, deliveries: list[Delivery], *, kills: bool) -> Run:
    """One run against the gateway."""
    with gateway_alone() as (server, database):
        run = drive(
            server, Run(name, len(deliveries), len({body for _, _, body in deliveries})), deliveries, kills
        )
        if kills:
            server.start()
        wait_until_taken(database)
        server.kill()
        with transaction(database) as session:
            stored = session.scalar(select(func.count(Incoming.id)).where(Incoming.status == "done")) or 0
            turns = session.scalar(select(func.sum(Person.turn))) or 0
    run.lost, run.doubled = max(0, run.different - stored), max(0, turns - run.different)
    return run


def plain(name: str, deliveries: list[Delivery]) -> Run:
    """One run against the plain server."""
    with tempfile.TemporaryDirectory() as home:
        noted = Path(home) / "noted"
        noted.touch()
        tests = str(ROOT / "tests" / "channels" / "telegram")
        environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), tests))}
        script = str(Path(__file__).parent / "plain_bot.py")
        server = Server(lambda port: [sys.executable, script, str(port), str(noted)], environ, free_port())
        run = drive(server, Run(name, len(deliveries), len({body for _, _, body in deliveries})), deliveries, True)
        server.start()
        time.sleep(1)
        server.kill()
        handled = collections.Counter(noted.read_text().splitlines())
    run.lost, run.doubled = run.different - len(handled), sum(count - 1 for count in handled.values())
    return run


def drive(server: Server, run: Run, deliveries: Iterable[Delivery], kills: bool) -> Run:
    """Send all, each until it is acknowledged, while the server is killed or not."""
    server.start()
    ending = threading.Event()
    killer = threading.Thread(target=keep_killing, args=(server, run, ending)) if kills else None
    if killer is not None:
        killer.start()
    try:
        asyncio.run(send_all(server.address, run, list(deliveries)))
    finally:
        ending.set()
        if killer is not None:
            killer.join()
    return run


def keep_killing(server: Server, run: Run, ending: threading.Event) -> None:
    """Kill, start again, and so on; at the end it is dead."""
    while not ending.wait(LIVES):
        server.kill()
        run.kills += 1
        server.start()
    server.kill()
    run.kills += 1


async def send_all(address: str, run: Run, deliveries: list[Delivery]) -> None:
    """Each delivery until it is answered 200; only the answered attempt is timed."""
    waiting = iter(deliveries)
    async with client_for(address, AT_ONCE, PATIENCE) as client:
        await asyncio.gather(*(sender(client, run, waiting) for _ in range(AT_ONCE)))


async def sender(client: aiohttp.ClientSession, run: Run, waiting: Iterator[Delivery]) -> None:
    """One of those that deliver at once."""
    for path, headers, body in waiting:
        began = time.perf_counter()
        while not await is_taken(client, path, headers, body):
            run.again += 1
            await asyncio.sleep(AGAIN)
            began = time.perf_counter()
        run.times.append(time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
