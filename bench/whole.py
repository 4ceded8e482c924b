"""The whole product as `bot run` starts it, and people who talk with it over WhatsApp.

Gateway, Rasa, actions and console are real; Meta is a stand-in on the loopback.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import whatsapp_deliveries
from asking import delivered
from fake_graph_api import VERSION, FakeGraph, Someone, shown
from held import OURS
from servers import START_SECONDS, free_ports, served
from sqlalchemy import Engine, func, select
from talks import PATIENCE, TALK, Turns

from bot.commands.run import prepare, prepare_store
from bot.processes.child import Spec, stop
from bot.processes.demo_defaults import with_defaults
from bot.processes.model import check_model
from bot.processes.roster import LOOPBACK, roster
from bot.processes.supervisor import Supervisor
from bot.store.database import open_database, transaction
from bot.store.models import Referral

PORTS = ("BOT_GATEWAY_PORT", "BOT_CONSOLE_PORT", "BOT_RASA_PORT", "BOT_ACTION_PORT")
UNLIMITED = 10_000  # messages to one person, which Meta would slow down
STOP_SECONDS = 30.0


@dataclass
class Meta(FakeGraph):
    """Meta, that says when something comes for a person, in seconds of `time.perf_counter`."""

    waiting: dict[str, Callable[[float], object]] = field(default_factory=dict)
    by_person: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def _send(self, message: dict[str, Any]) -> dict[str, Any]:
        answer = super()._send(message)
        who = str(message.get("to"))
        self.by_person.setdefault(who, []).append(self.sent[-1])
        arrived = self.waiting.get(who)
        if arrived is not None:
            arrived(time.perf_counter())
        return answer

    def to(self, who: Someone) -> list[dict[str, Any]]:
        """What was taken for `who`, in order, without looking through what others were sent."""
        return self.by_person.get(str(who.wa_id), [])


@dataclass
class Ours:
    """The product, talked with over WhatsApp."""

    address: str
    meta: Meta
    database: Engine
    name: str = "ours"
    pieces: Mapping[str, str] = field(default_factory=lambda: OURS)

    async def talk(self, client: aiohttp.ClientSession, number: int, steps: Sequence[str] = TALK) -> Turns:
        """A turn is timed from its delivery until the first message that answers it reaches Meta."""
        who = Someone(f"668{number:08d}", None)
        arrivals: asyncio.Queue[float] = asyncio.Queue()
        loop, turns, seen = asyncio.get_running_loop(), [], 0
        self.meta.waiting[f"{who.wa_id}"] = lambda at: loop.call_soon_threadsafe(arrivals.put_nowait, at)
        for step in steps:
            message = await said(self.meta, who, step, arrivals, seen)
            body, headers = self.meta.signed(self.meta.batch([message], who=[who]))
            while not arrivals.empty():
                arrivals.get_nowait()
            seen, began = len(self.meta.to(who)), time.perf_counter()
            await delivered(client, whatsapp_deliveries.PATH, headers, body)
            turns.append((step, await asyncio.wait_for(arrivals.get(), PATIENCE) - began))
        del self.meta.waiting[f"{who.wa_id}"]
        return turns

    def referrals(self) -> int:
        """How many are stored."""
        with transaction(self.database) as session:
            return session.scalar(select(func.count(Referral.id))) or 0


async def said(meta: Meta, who: Someone, step: str, arrivals: asyncio.Queue[float], seen: int) -> dict[str, Any]:
    """The message of a step; a button may still be on its way. `seen`: of how many messages it is not one."""
    if not step.startswith("["):
        return meta.says(who, body=step)
    title = step.strip("[]")
    while not any(title in label for message in meta.to(who)[seen:] for _, _, label in shown(message)):
        await come(arrivals, title)
    return meta.presses(who, title)


async def come(arrivals: asyncio.Queue[float], title: str) -> None:
    """The next message; an error that names the button for which it was waited."""
    try:
        await asyncio.wait_for(arrivals.get(), PATIENCE)
    except TimeoutError:
        raise RuntimeError(f"no button «{title}» came") from None


@contextmanager
def running_ours(home: Path, changed: Callable[[Spec], Spec] = lambda spec: spec) -> Iterator[Ours]:
    """All four processes as `bot run` starts them, ready, with WhatsApp switched on; the model as it stands.

    `changed`: how one of them is started instead.
    """
    meta = Meta(pair_burst=UNLIMITED)
    with served(meta.app) as graph:
        settings, environ = prepare(home, environment(graph))
        database = open_database(settings.database_url)
        prepare_store(database, settings)
        check_model()
        supervisor = Supervisor(list(map(changed, roster(settings, environ))), lambda _line: None)
        try:
            supervisor.start()
            supervisor.wait_ready(lambda: False, START_SECONDS)
            yield Ours(f"http://{LOOPBACK}:{settings.gateway_port}", meta, database)
        finally:
            supervisor.stop()
            database.dispose()


def environment(graph: str) -> dict[str, str]:
    """Free ports, a demo, and Meta's stand-in at `graph`; nothing of the settings around this process."""
    ports = dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    found = {"BOT_WHATSAPP_API": f"{graph}/{VERSION}", **whatsapp_deliveries.SETTINGS}
    return with_defaults({**plain, **ports, **found})


@contextmanager
def commanded(command: Sequence[str], root: Path, home: Path, seconds: float) -> Iterator[Ours]:
    """The product as `command` starts it in the folder `root`; an error unless it is ready within `seconds`.

    What the command says is in `home`/told.txt.
    """
    meta = Meta(pair_burst=UNLIMITED)
    home.mkdir()
    told = home / "told.txt"
    with served(meta.app) as graph:
        environ = {**environment(graph), "BOT_HOME": str(home)}
        with told.open("w") as out:
            process = subprocess.Popen(command, cwd=root, env=environ, stdout=out, stderr=out, process_group=0)
        try:
            wait_until_said(process, told, "Ctrl-C", seconds)
            database = open_database(f"sqlite:///{home / 'bot.sqlite3'}")
            yield Ours(f"http://{LOOPBACK}:{environ['BOT_GATEWAY_PORT']}", meta, database)
            database.dispose()
        finally:
            stop([process], STOP_SECONDS)


def wait_until_said(process: subprocess.Popen[bytes], told: Path, words: str, seconds: float) -> None:
    """Until the process has said `words`."""
    until = time.monotonic() + seconds
    while words not in (said_so_far := told.read_text(encoding="utf-8")):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"it did not start in {seconds:.0f} s; it said last: {said_so_far[-200:]!r}")
        time.sleep(0.1)
