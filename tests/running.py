"""The whole product as `bot run` starts it, in a folder and on ports of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.settings import ROOT

READY_WITHIN = 240  # seconds, on a machine that is busy with other tests
PROCESSES = {"rasa": "RASA", "actions": "ACTION", "gateway": "GATEWAY", "console": "CONSOLE"}
# What stands last but sure in the command line of each.
COMMANDS = {"rasa": ".venv-rasa/", "actions": "actions.server", "gateway": "bot.gateway", "console": "bot.console"}


@dataclass(frozen=True)
class Product:
    """Where the running product is, and the demo officer's password of this start."""

    password: str
    environ: dict[str, str]
    ports: dict[str, int]
    supervisor: int

    @property
    def chat(self) -> str:
        return f"http://127.0.0.1:{self.ports['gateway']}/"

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.ports['console']}/"

    @property
    def home(self) -> Path:
        return Path(self.environ["BOT_HOME"])

    def said(self) -> str:
        """All that `bot run` has said so far."""
        return _told(self.home).read_text()

    def children(self) -> dict[str, int]:
        """The pids of the supervisor's children."""
        listed = Path(f"/proc/{self.supervisor}/task/{self.supervisor}/children").read_text().split()
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in listed}
        return {name: pid for name, part in COMMANDS.items() for pid, line in lines.items() if part in line}

    def code(self) -> str:
        """The demo officer's one-time code of this moment."""
        asked = [sys.executable, "-m", "bot", "officer", "code", "demo"]
        said = subprocess.run(asked, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=True)
        found = re.search(r"\b\d{6}\b", said.stdout)
        assert found, said.stdout
        return found[0]


@contextmanager
def running_product(home: Path, **settings: str) -> Iterator[Product]:
    """`bot run` until it says where the chat and the console are; stopped at the end as Ctrl-C would.

    `settings` are those that a newcomer has not; those around the tests are left out.
    """
    ports = dict(zip(PROCESSES, free_ports(len(PROCESSES)), strict=True))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    environ = {**plain, "BOT_HOME": str(home), **settings}
    environ |= {f"BOT_{PROCESSES[name]}_PORT": str(port) for name, port in ports.items()}
    home.mkdir(parents=True, exist_ok=True)
    with _told(home).open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
    try:
        product = Product(wait_for(process, _told(home), r"password\s+(\S+)"), environ, ports, process.pid)
        wait_for(process, _told(home), "Ctrl-C")
        yield product
        stop(product, process)
    finally:
        process.kill()
        process.wait()


def stop(product: Product, process: subprocess.Popen[bytes]) -> None:
    """Asked to stop, the product does, and leaves nothing."""
    children = product.children()
    assert children.keys() == PROCESSES.keys()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0, product.said()
    assert not [name for name, pid in children.items() if is_alive(pid)]
    assert product.said().endswith("stopping\nstopped\n"), product.said()


def is_alive(pid: int) -> bool:
    """Whether this process runs: one that ended and is not yet looked after does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for(process: subprocess.Popen[bytes], told: Path, pattern: str) -> str:
    """The last group of `pattern`, or the whole of it, once that was said."""
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        found = re.search(pattern, told.read_text())
        if found:
            return found[found.lastindex or 0]
        assert process.poll() is None, told.read_text()
        time.sleep(0.2)
    raise AssertionError(told.read_text())


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens; all are held at once, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]


def _told(home: Path) -> Path:
    return home / "told.txt"
