"""A gateway that is killed and born again, between platforms and an engine of the test's own, over real HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx
import uvicorn
from chaos_checker import Found, check
from chaos_engine import OFFICE, Engine
from chaos_nursery import Life
from chaos_people import TELEGRAM_SECRET, Delivery, Log, Platforms, Writer, bring
from fake_bot_api import TOKEN, FakeBotApi
from fake_graph_api import PHONE_ID, SECRET, VERIFY_TOKEN, VERSION, FakeGraph
from fake_graph_api import TOKEN as GRAPH_TOKEN
from running import free_ports
from sqlalchemy import Engine as Database
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.referrals.offices import ensure_offices
from bot.settings import ROOT
from bot.store.database import migrate, open_database, transaction
from bot.store.models import Incoming, Outgoing

KEYS = {"BOT_FIELD_KEY": b"f" * 32, "BOT_LOOKUP_KEY": b"l" * 32}
GONE = 255  # what is told when the nursery itself has ended
PLAIN = Life()
PATIENCE = 60.0  # seconds, on a machine that is busy with other tests


@dataclass
class Standing:
    """A server of the test's that can go away and come back at the same port."""

    app: Starlette
    port: int
    server: uvicorn.Server | None = None
    thread: threading.Thread | None = None

    def start(self) -> None:
        config = uvicorn.Config(
            self.app, port=self.port, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        waited_for(lambda: self.server is not None and self.server.started)

    def stop(self) -> None:
        if self.server is not None and self.thread is not None:
            self.server.should_exit = True
            self.thread.join()
        self.server = None


class Nursery:
    """`chaos_nursery` at work: one life at a time."""

    def __init__(self) -> None:
        script = str(Path(__file__).with_name("chaos_nursery.py"))
        tied = [sys.executable, "-m", "bot.processes.tied", str(os.getpid())]
        self.process = subprocess.Popen(
            [*tied, sys.executable, script],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent)))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.told: queue.Queue[int] = queue.Queue()
        self.living: int | None = None
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.told.put(int(line))
        self.process.stdout.close()
        self.told.put(GONE)

    def bear(self, life: Life, environ: Mapping[str, str]) -> None:
        """A process lives `life` now."""
        assert self.process.stdin is not None
        assert self.living is None
        self.process.stdin.write(json.dumps({"life": asdict(life), "environ": dict(environ)}) + "\n")
        self.process.stdin.flush()
        self.living = self.told.get(timeout=PATIENCE)

    def signal(self, number: int) -> None:
        """To the present life."""
        if self.living is not None:
            with suppress(ProcessLookupError):
                os.kill(self.living, number)

    def ended(self) -> int:
        """How the present life ended: its exit code, or less than zero for a signal. `queue.Empty`: it lives."""
        code = self.told.get(timeout=PATIENCE)
        self.living = None
        return code

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(PATIENCE)


@dataclass
class World:
    """Everything around one gateway. `kills` counts its deaths; `also`: other gateways that are delivered to."""

    home: Path
    address: str
    platforms: Platforms
    engine: Engine
    servers: Mapping[str, Standing]
    nursery: Nursery
    environ: Mapping[str, str]
    database: Database
    log: Log = field(default_factory=Log)
    people: list[Writer] = field(default_factory=list)
    kills: int = 0
    also: tuple[str, ...] = ()
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=20))

    def live(self, life: Life = PLAIN, *, ready: bool = True) -> None:
        """A new life of the gateway; back when it answers, if it is not to die before."""
        self.nursery.bear(life, self.environ)
        if ready:
            waited_for(self.answers)

    def answers(self) -> bool:
        try:
            return self.client.get(f"{self.address}/healthz").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End this life; how it ended."""
        self.nursery.signal(number)
        self.kills += number == signal.SIGKILL
        return self.nursery.ended()

    def scripts(self, people: Iterable[Writer]) -> Iterator[list[Delivery]]:
        """What these write; each takes part from their first message on."""
        for writer in people:
            self.people.append(writer)
            yield self.platforms.deliveries(writer)

    def bring(self, people: Iterable[Writer], *, at_once: int = 20) -> None:
        """Deliver all that these write, to the gateways by turns."""
        asyncio.run(bring([self.address, *self.also], self.scripts(people), self.log, at_once=at_once))

    @contextmanager
    def writing(
        self, people: Iterable[Writer], *, at_once: int = 20, patience: float = PATIENCE
    ) -> Iterator[None]:
        """The same, beside what is done within; at its end all is delivered."""
        with ThreadPoolExecutor(1) as beside:
            brought = beside.submit(self.bring, people, at_once=at_once)
            try:
                yield
                brought.result(timeout=patience)
            finally:
                self.log.over = not brought.done()

    def settle(self) -> None:
        """Back when nothing waits to be taken or sent."""
        waited_for(lambda: not self.waiting())

    def waiting(self) -> int:
        with transaction(self.database) as session:
            return sum(
                session.scalar(select(func.count()).where(table.status == "waiting")) or 0
                for table in (Incoming, Outgoing)
            )

    def found(self) -> Found:
        return check(self.database, KEYS["BOT_FIELD_KEY"], self.platforms, self.people, self.log.acknowledged)

    def logged(self) -> str:
        return (self.home / "gateway.log").read_text()


def waited_for(what: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.02)


@contextmanager
def new_world(home: Path, nursery: Nursery, database_url: str | None = None) -> Iterator[World]:
    """A world with all its files in `home`, and no gateway living in it yet. Without a `database_url`, SQLite."""
    platforms, engine = Platforms(FakeBotApi(strict_pace=False), FakeGraph()), Engine()
    gateway, *ports = free_ports(4)
    apps = {"telegram": platforms.bot_api.app, "whatsapp": platforms.graph.app, "engine": engine.app}
    servers = {name: Standing(app, port) for (name, app), port in zip(apps.items(), ports, strict=True)}
    environ = environment(home, gateway, {name: one.port for name, one in servers.items()})
    environ |= {"BOT_DATABASE_URL": database_url} if database_url else {}
    database = open_database(environ["BOT_DATABASE_URL"])
    migrate(database)
    with transaction(database) as session:
        ensure_offices(session, [OFFICE], b"c" * 32)
    for server in servers.values():
        server.start()
    world = World(home, f"http://127.0.0.1:{gateway}", platforms, engine, servers, nursery, environ, database)
    try:
        yield world
    finally:
        if nursery.living is not None:
            world.kill()
        world.client.close()
        for server in servers.values():
            server.stop()
        database.dispose()


def environment(home: Path, gateway: int, ports: Mapping[str, int]) -> dict[str, str]:
    """What a gateway of this world is told."""
    ours = {name: base64.b64encode(key).decode() for name, key in KEYS.items()}
    ours |= {"BOT_HOME": str(home), "BOT_DATABASE_URL": f"sqlite:///{home / 'bot.sqlite3'}", "BOT_DEMO": "1"}
    ours |= {"BOT_TURN_SECRET": "turn", "BOT_ACTION_SECRET": "action", "BOT_GATEWAY_PORT": str(gateway)}
    ours |= {"BOT_TURN_URL": f"http://127.0.0.1:{ports['engine']}", "CHAOS_LOG": str(home / "gateway.log")}
    ours |= {"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_TELEGRAM_SECRET": TELEGRAM_SECRET}
    ours |= {"BOT_TELEGRAM_API": f"http://127.0.0.1:{ports['telegram']}", "CHAOS_BACKUP": str(home / "one.sealed")}
    ours |= {"BOT_WHATSAPP_TOKEN": GRAPH_TOKEN, "BOT_WHATSAPP_PHONE_ID": PHONE_ID}
    ours |= {"BOT_WHATSAPP_APP_SECRET": SECRET, "BOT_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN}
    ours |= {"BOT_WHATSAPP_API": f"http://127.0.0.1:{ports['whatsapp']}/{VERSION}"}
    return ours
