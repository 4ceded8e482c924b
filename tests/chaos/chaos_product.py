"""The whole product, one or two of each process, kept up and killed; started as `deploy/` tells operators to."""

from __future__ import annotations

import base64
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from bot_api_calls import RefusalError
from chaos_people import TELEGRAM_SECRET, Platforms
from chaos_talks_checker import Keys
from chaos_world import Standing
from fake_bot_api import TOKEN, FakeBotApi
from fake_graph_api import PHONE_ID, SECRET, VERIFY_TOKEN, VERSION
from fake_graph_api import TOKEN as GRAPH_TOKEN
from running import free_ports
from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from bot.commands.run import prepare_store
from bot.commands.serve import health_of
from bot.console.demo import DemoLogin, ensure_demo_officer
from bot.processes import supervisor
from bot.processes.child import Spec
from bot.processes.supervisor import Kept, Supervisor
from bot.settings import ROOT, read_settings
from bot.store.database import open_database, transaction
from bot.store.models import Incoming, Outgoing

PROCESSES = ("rasa", "actions", "gateway", "console")  # in the order they are started
PORTS = {one: f"BOT_{'ACTION' if one == 'actions' else one.upper()}_PORT" for one in PROCESSES}
KEYS = Keys(field=b"f" * 32, console=b"c" * 32)
# Seconds that each is left to work once it answers, or as long as it took until then if that is longer.
LEFT = {"rasa": 25.0, "actions": 6.0, "gateway": 6.0, "console": 4.0}
READY_SECONDS = 900.0  # on a machine that is busy with other work
RESTART_SECONDS = 2.0  # as systemd's, in the units of deploy/


@dataclass
class Telegram(FakeBotApi):
    """Telegram, which has on record only what it took; `refused` counts the rest, such as what came too fast."""

    now: Callable[[], float] = time.monotonic
    refused: int = 0

    def _answer(self, token: str, method: str, parameters: dict[str, Any]) -> Any:
        try:
            return super()._answer(token, method, parameters)
        except RefusalError:
            self.calls.pop()
            self.refused += 1
            raise


@dataclass
class Product:
    """Everything that runs. `kills` are in order: which process, as `gateway-1`."""

    specs: Sequence[Spec]
    platforms: Platforms
    servers: Sequence[Standing]
    database: Database
    login: DemoLogin
    keeper: Supervisor
    kills: list[str] = field(default_factory=list)
    since: dict[str, float] = field(default_factory=dict)
    alone: threading.Event = field(default_factory=threading.Event)

    def leave_alone(self) -> None:
        """From now on nobody ends what answers no more, nor starts again what ended."""
        self.alone.set()
        for _, number in self.processes():
            for beside in psutil.Process(number).children():
                beside.suspend()

    def addresses(self, name: str) -> list[str]:
        """Of all the processes of that name."""
        return [one.address for one in self.specs if one.name.startswith(name)]

    def processes(self) -> list[tuple[str, int]]:
        """Each that runs, by its name, and its process id."""
        return [(one.spec.name, one.process.pid) for one in self.keeper._kept if one.process]

    def kept(self, name: str) -> list[Kept]:
        """All the processes of that name."""
        return [one for one in self.keeper._kept if one.spec.name.startswith(name)]

    def ready(self) -> list[Kept]:
        """The processes that were seen to answer here before, and were left to work for long enough since."""
        at, kept = time.monotonic(), [one for one in self.keeper._kept if one.ready]
        self.since = {one.spec.name: self.since.get(one.spec.name, at) for one in kept}
        return [one for one in kept if at - self.since[one.spec.name] > self._left(one)]

    def _left(self, kept: Kept) -> float:
        name = kept.spec.name
        return max(LEFT[name.partition("-")[0]], self.since[name] - kept.started_at)

    def kill(self, kept: Kept) -> None:
        """As the kernel does when memory runs out."""
        if kept.process is not None:
            kept.ready = False
            with suppress(ProcessLookupError):
                os.kill(kept.process.pid, signal.SIGKILL)
            self.kills.append(kept.spec.name)

    def logged(self, event: str) -> int:
        """How often all together logged this."""
        return sum(one.log.read_text(errors="replace").count(event) for one in self.specs)

    def waiting(self) -> int:
        """Messages not answered, and bubbles not sent."""
        with transaction(self.database) as session:
            return sum(
                session.scalar(select(func.count()).where(table.status == "waiting")) or 0
                for table in (Incoming, Outgoing)
            )


@contextmanager
def running(
    home: Path, database_url: str, machines: int, platforms: Platforms, processes: Sequence[str] = PROCESSES
) -> Iterator[Product]:
    """The `processes` of so many machines, ready, on one database; gone afterwards. They log into `home`/log."""
    ports = free_ports(2)
    apps = (platforms.bot_api.app, platforms.graph.app)
    servers = [Standing(app, port) for app, port in zip(apps, ports, strict=True)]
    environs = environments(home, database_url, machines, ports)
    settings = read_settings(environs[0], console=True)
    database = open_database(settings.database_url)
    prepare_store(database, settings)
    with transaction(database) as session:
        login = ensure_demo_officer(session, settings)
    specs = [spec(home, name, number, environ) for name in processes for number, environ in enumerate(environs, 1)]
    supervisor.LONGEST_PAUSE = RESTART_SECONDS
    keeper = Supervisor(specs, note)
    for server in servers:
        server.start()
    product = Product(specs, platforms, servers, database, login, keeper)
    try:
        with kept_up(product):
            yield product
    finally:
        for server in servers:
            server.stop()
        database.dispose()


def note(line: str) -> None:
    """What the supervisor says."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)  # noqa: T201 - for who runs this


@contextmanager
def kept_up(product: Product) -> Iterator[None]:
    """All are ready within, and started again as they end; none is left at the end."""
    over, keeper = threading.Event(), product.keeper

    def keep() -> None:
        keeper.start()
        keeper.wait_ready(over.is_set, READY_SECONDS)
        keeper.run_until(lambda: over.is_set() or product.alone.is_set())

    with ThreadPoolExecutor(1) as beside:
        kept = beside.submit(keep)
        try:
            while not keeper.ready() and not kept.done():
                product.ready()  # notes since when
                time.sleep(0.1)
            if kept.done():
                kept.result()
            yield
        finally:
            over.set()
            try:
                kept.result()
            finally:
                keeper.stop()


def environments(home: Path, database_url: str, machines: int, platforms: Sequence[int]) -> list[dict[str, str]]:
    """The settings of each machine, as an operator writes them; `platforms` are the ports of Telegram and Meta."""
    shared = {"BOT_DATABASE_URL": database_url, "BOT_DEMO": "1", "BOT_OPERATOR": "A trial"}
    shared |= {name: secrets.token_urlsafe() for name in ("BOT_TURN_SECRET", "BOT_ACTION_SECRET")}
    keys = {"BOT_FIELD_KEY": KEYS.field, "BOT_LOOKUP_KEY": b"l" * 32, "BOT_CONSOLE_KEY": KEYS.console}
    shared |= {name: base64.b64encode(key).decode() for name, key in keys.items()}
    telegram, meta = (f"http://127.0.0.1:{port}" for port in platforms)
    shared |= {"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_TELEGRAM_SECRET": TELEGRAM_SECRET, "BOT_TELEGRAM_API": telegram}
    shared |= {"BOT_WHATSAPP_TOKEN": GRAPH_TOKEN, "BOT_WHATSAPP_PHONE_ID": PHONE_ID}
    shared |= {"BOT_WHATSAPP_APP_SECRET": SECRET, "BOT_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN}
    shared |= {"BOT_WHATSAPP_API": f"{meta}/{VERSION}"}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    ports = iter(free_ports(machines * len(PROCESSES)))
    return [
        {
            **plain,
            **shared,
            **{PORTS[name]: str(next(ports)) for name in PROCESSES},
            "BOT_HOME": str(home / f"machine-{number}"),
            "PYTHONPATH": str(ROOT),
        }
        for number in range(1, machines + 1)
    ]


def spec(home: Path, name: str, number: int, environ: Mapping[str, str]) -> Spec:
    """One process of machine `number`."""
    health, called = health_of(name, environ), f"{name}-{number}"
    return Spec(
        name=called,
        command=(sys.executable, "-m", "bot", "serve", name),
        environment=environ,
        address=f"http://127.0.0.1:{environ[PORTS[name]]}",
        health=health,
        log=home / "log" / f"{called}.log",
    )
