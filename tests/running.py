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
NAMES = ("GATEWAY", "CONSOLE", "RASA", "ACTION")


@dataclass(frozen=True)
class Product:
    """Where the running product is, and the demo officer's password of this start."""

    chat: str
    console: str
    password: str
    environ: dict[str, str]

    def code(self) -> str:
        """The demo officer's one-time code of this moment."""
        asked = [sys.executable, "-m", "bot", "officer", "code", "demo"]
        said = subprocess.run(asked, cwd=ROOT, env=self.environ, capture_output=True, text=True, check=True)
        found = re.search(r"\b\d{6}\b", said.stdout)
        assert found, said.stdout
        return found[0]


@contextmanager
def running_product(home: Path) -> Iterator[Product]:
    """`bot run` until it says where the chat and the console are; stopped at the end as Ctrl-C would."""
    ports = dict(zip(NAMES, free_ports(len(NAMES)), strict=True))
    environ = {**os.environ, "BOT_HOME": str(home), "BOT_DEMO": "1"}
    environ |= {f"BOT_{name}_PORT": str(port) for name, port in ports.items()}
    told = home / "told.txt"
    home.mkdir(parents=True, exist_ok=True)
    with told.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=ROOT, env=environ, stdout=out, stderr=out
        )
        try:
            password = wait_for(process, told, r"password\s+(\S+)")
            chat, console = (f"http://127.0.0.1:{ports[name]}/" for name in ("GATEWAY", "CONSOLE"))
            yield Product(chat, console, password, environ)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0, told.read_text()


def wait_for(process: subprocess.Popen[bytes], told: Path, pattern: str) -> str:
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        found = re.search(pattern, told.read_text())
        if found:
            return found[1]
        assert process.poll() is None, told.read_text()
        time.sleep(0.5)
    raise AssertionError(told.read_text())


def free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [int(each.getsockname()[1]) for each in sockets]
