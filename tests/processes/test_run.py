"""The whole, as a newcomer starts it: all four processes, a killed one that comes back, and nothing left after."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from process_standins import is_alive, wait_for

from bot.processes.child import is_healthy
from bot.settings import ROOT

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(600)]
PORTS = ("BOT_RASA_PORT", "BOT_ACTION_PORT", "BOT_GATEWAY_PORT", "BOT_CONSOLE_PORT")


@dataclass(frozen=True)
class Running:
    supervisor: subprocess.Popen[bytes]
    home: Path
    ports: dict[str, int]
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def children(self) -> dict[str, int]:
        """The pids of the supervisor's children, by what stands last but sure in their command lines."""
        listed = Path(f"/proc/{self.supervisor.pid}/task/{self.supervisor.pid}/children").read_text().split()
        lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().decode() for pid in listed}
        names = {
            "rasa": "rasa\0run",
            "actions": "actions.server",
            "gateway": "bot.gateway",
            "console": "bot.console",
        }
        return {name: pid for name, part in names.items() for pid, line in lines.items() if part in line}


def free_ports() -> dict[str, int]:
    probes = [socket.socket() for _ in PORTS]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = {name: probe.getsockname()[1] for name, probe in zip(PORTS, probes, strict=True)}
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home, output, ports = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("said") / "said", free_ports()
    ours = {name: str(port) for name, port in ports.items()} | {"BOT_HOME": str(home)}
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    with output.open("wb") as said:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            cwd=ROOT,
            env=plain | ours,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        running = Running(supervisor, home, ports, output)
        wait_for(lambda: "Ctrl-C" in running.said() or supervisor.poll() is not None, 240)
        assert "Ctrl-C" in running.said(), running.said()
        yield running
    finally:
        supervisor.kill()
        supervisor.wait()


def test_every_process_is_told_and_answers(running: Running) -> None:
    for name, setting in zip(("rasa", "actions", "gateway", "console"), PORTS, strict=True):
        assert re.search(
            rf"^{name}\s+http://127.0.0.1:{running.ports[setting]}\s+ready in", running.said(), re.MULTILINE
        )
    assert f"Chat      http://127.0.0.1:{running.ports['BOT_GATEWAY_PORT']}/" in running.said()
    assert re.search(r"login \S+ +password \S{12,} +code \d{6}", running.said())


def test_every_process_listens_on_the_loopback_alone(running: Running) -> None:
    listening = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            address, port = line.split()[1].split(":")
            if line.split()[3] == "0A":
                listening[int(port, 16)] = address
    assert {listening[port] for port in running.ports.values()} == {"0100007F"}


def test_secrets_are_kept_for_their_owner_and_stand_in_no_log(running: Running) -> None:
    kept = running.home / "secrets.env"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    values = [line.partition("=")[2] for line in kept.read_text().splitlines()]
    logs = running.said() + "".join(path.read_text() for path in (running.home / "log").iterdir())
    assert values
    assert not [value for value in values if value in logs]


def test_a_process_sees_only_its_own_secrets(running: Running) -> None:
    seen = {
        name: set(re.findall(r"BOT_\w+(?:KEY|SECRET)", Path(f"/proc/{pid}/environ").read_text()))
        for name, pid in running.children().items()
    }
    assert seen["rasa"] == {"BOT_TURN_SECRET", "BOT_ACTION_SECRET"}
    assert seen["actions"] == {"BOT_ACTION_SECRET"}
    assert "BOT_CONSOLE_KEY" not in seen["gateway"]
    assert "BOT_CONSOLE_KEY" in seen["console"]


def test_one_that_is_killed_comes_back(running: Running) -> None:
    killed = running.children()["actions"]
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: running.said().count("actions ") > 2, 90)
    assert re.search(r"^actions +ended after \d+ s \(code -9\); again in 1 s", running.said(), re.MULTILINE)
    assert is_healthy(f"http://127.0.0.1:{running.ports['BOT_ACTION_PORT']}/healthz")


def test_asked_to_stop_it_leaves_nothing(running: Running) -> None:
    children = running.children()
    assert len(children) == 4
    running.supervisor.send_signal(signal.SIGTERM)
    assert running.supervisor.wait(60) == 0
    assert not [name for name, pid in children.items() if is_alive(pid)]
    assert running.said().endswith("stopping\nstopped\n")
