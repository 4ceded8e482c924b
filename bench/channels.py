"""How fast a delivery is acknowledged, and that none is lost or taken twice, also under `kill -9` every second.

Each webhook gets deliveries of which a tenth come twice. Like the platforms, we send again what was not answered
200. The gateway is the real process; its turn engine is a stand-in that answers at once. Beside it, the same
deliveries go to a plain python-telegram-bot webhook server, killed as often.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import collections
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import telegram_deliveries
import uvicorn
import whatsapp_deliveries
from fake_bot_api import FakeBotApi
from fake_graph_api import VERSION, FakeGraph
from sqlalchemy import Engine, func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.settings import ROOT
from bot.store.database import migrate, open_database, transaction
from bot.store.models import Incoming, Person

AT_ONCE = 20  # deliveries under way
LIVES = 1.0  # seconds between readiness and the kill
KEYS = ("BOT_FIELD_KEY", "BOT_LOOKUP_KEY")
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


@dataclass
class Server:
    """A server process that can be killed and comes back. `command` takes a port."""

    command: Callable[[int], list[str]]
    environ: dict[str, str]
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and come back when it answers."""
        # However this ends, the server ends with it.
        tied = [sys.executable, "-m", "bot.processes.tied", str(os.getpid())]
        self.process = subprocess.Popen(
            [*tied, *self.command(self.port)],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        with httpx.Client(trust_env=False) as client:
            while not self._answers(client):
                if self.process.poll() is not None:
                    words = self.process.communicate()[1].decode().splitlines()
                    raise RuntimeError(f"The server ended by itself: {words[-1] if words else 'without a word'}")
                time.sleep(0.05)

    def _answers(self, client: httpx.Client) -> bool:
        try:
            client.get(f"{self.address}/healthz")
        except httpx.TransportError:
            return False
        return True

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


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
    with tempfile.TemporaryDirectory() as home, standins() as found:
        environ = settings(Path(home), found)
        database = open_database(environ["BOT_DATABASE_URL"])
        migrate(database)
        server = Server(
            lambda _port: [sys.executable, "-m", "bot.gateway"], environ, int(environ["BOT_GATEWAY_PORT"])
        )
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
        database.dispose()
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
    async with client_for(address) as client:
        await asyncio.gather(*(sender(client, run, waiting) for _ in range(AT_ONCE)))


async def sender(client: httpx.AsyncClient, run: Run, waiting: Iterator[Delivery]) -> None:
    """One of those that deliver at once."""
    for path, headers, body in waiting:
        while True:
            began = time.perf_counter()
            try:
                answer = await client.post(path, headers=headers, content=body)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code == httpx.codes.OK:
                run.times.append(time.perf_counter() - began)
                break
            run.again += 1
            await asyncio.sleep(0.2)


@asynccontextmanager
async def client_for(address: str, at_once: int = AT_ONCE) -> AsyncIterator[httpx.AsyncClient]:
    """A client as patient as a platform."""
    limits = httpx.Limits(max_connections=at_once)
    async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=30, limits=limits) as client:
        yield client


def wait_until_taken(database: Engine) -> None:
    """Until nothing waits; an error when nothing moves for a minute."""
    still, since = -1, time.monotonic()
    while True:
        with transaction(database) as session:
            waiting = session.scalar(select(func.count(Incoming.id)).where(Incoming.status == "waiting")) or 0
        if not waiting:
            return
        if waiting != still:
            still, since = waiting, time.monotonic()
        if time.monotonic() - since > 60:
            raise RuntimeError(f"{waiting} messages are not taken")
        time.sleep(0.5)


@contextmanager
def standins() -> Iterator[dict[str, str]]:
    """A turn engine that says nothing, at once, and both platforms; the settings by which they are found."""

    async def take(_request: Request) -> JSONResponse:
        return JSONResponse({"say": [], "do": [], "state": None, "heard": {"intent": "any", "confidence": 1.0}})

    engine = Starlette(routes=[Route("/webhooks/turn/take", take, methods=["POST"])])
    telegram = FakeBotApi(strict_pace=False).app
    with served(engine) as turn, served(telegram) as bot_api, served(FakeGraph().app) as graph:
        yield {
            "BOT_TURN_URL": turn,
            "BOT_TELEGRAM_API": bot_api,
            "BOT_WHATSAPP_API": f"{graph}/{VERSION}",
        }


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """`app` over HTTP; its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def settings(home: Path, found: dict[str, str]) -> dict[str, str]:
    """The gateway's environment, both channels on."""
    ours = {name: base64.b64encode(os.urandom(32)).decode() for name in KEYS}
    ours |= {"BOT_HOME": str(home), "BOT_DATABASE_URL": f"sqlite:///{home / 'bench.sqlite3'}", "BOT_DEMO": "1"}
    ours |= {"BOT_TURN_SECRET": "turn", "BOT_ACTION_SECRET": "action", "BOT_GATEWAY_PORT": str(free_port())}
    return {**os.environ, **ours, **telegram_deliveries.SETTINGS, **whatsapp_deliveries.SETTINGS, **found}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
