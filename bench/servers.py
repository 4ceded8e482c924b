"""The processes and stand-ins of the measures: servers that can be killed, the platforms, a turn engine."""

from __future__ import annotations

import base64
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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
from bot.store.models import Incoming

KEYS = ("BOT_FIELD_KEY", "BOT_LOOKUP_KEY")
READY_SECONDS = 120.0  # within which a server must answer
START_SECONDS = 600.0  # within which a whole system must be ready


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
        until = time.monotonic() + READY_SECONDS
        with httpx.Client(trust_env=False) as client:
            while not self._answers(client):
                if time.monotonic() > until:
                    raise RuntimeError(f"The server does not answer within {READY_SECONDS:.0f} s")
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


@contextmanager
def gateway_alone() -> Iterator[tuple[Server, Engine]]:
    """The real gateway, not yet started, between stand-ins, and its empty database; killed at the end."""
    with tempfile.TemporaryDirectory() as home, standins() as found:
        environ = settings(Path(home), found)
        database = open_database(environ["BOT_DATABASE_URL"])
        migrate(database)
        command = [sys.executable, "-m", "bot.gateway"]
        server = Server(lambda _port: command, environ, int(environ["BOT_GATEWAY_PORT"]))
        try:
            yield server, database
        finally:
            server.kill()
            database.dispose()


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
        time.sleep(0.2)  # a look holds the database
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
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """So many; all are held at once, so that they differ, and let go together."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
