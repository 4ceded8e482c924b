"""What another machine reaches of ours, and whom ours speaks to: two machines made for it, and their wire watched.

Rasa, slow to start, and the console are with them in `make reach`; tests/processes/test_run.py has them listen.
Where nobody may make networks, the kernel is asked instead who listens where, and is connected to whom.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from listeners import Listener, outer_peers, own_listeners
from reachable import NAMES, PROXIES, THE_TWO, messengers
from running import free_ports
from two_hosts import HERE, OURS, TwoHosts, can_be_apart, two_hosts

from bot.commands.run import prepare_store, with_secrets
from bot.processes.child import Spec
from bot.processes.roster import roster
from bot.processes.secrets_file import ensure_secrets
from bot.settings import ROOT, read_settings
from bot.store.database import open_database

pytestmark = pytest.mark.network
SETTINGS = [f"BOT_{name}_PORT" for name in ("RASA", "ACTION", "GATEWAY", "CONSOLE", "METRICS")]
STARTED = {"actions": {"ACTION"}, "gateway": {"GATEWAY", "METRICS"}}
PATIENCE = 150.0  # seconds: the machine may be busy


@dataclass(frozen=True)
class Started:
    """The processes' pids by name, their ports by setting. `hosts`: None where there is only this one machine."""

    hosts: TwoHosts | None
    pids: dict[str, int]
    ports: dict[str, int]

    def expected(self, name: str) -> set[Listener]:
        """Where the process should listen: the gateway for everybody, as it was told; all else on the loopback."""
        settings = {f"BOT_{part}_PORT" for part in STARTED[name]}
        return {Listener(_address(setting), self.ports[setting]) for setting in settings}


def _address(setting: str) -> str:
    return "0.0.0.0" if setting == "BOT_GATEWAY_PORT" else "127.0.0.1"


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.1)


def prepared(home: Path, ports: dict[str, int], *, apart: bool) -> list[Spec]:
    """What is started: a gateway for everybody with both messengers, and all else as it comes."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    ours = {name: str(port) for name, port in ports.items()} | {"BOT_DEMO": "1", "BOT_GATEWAY_HOST": "0.0.0.0"}
    nobody = f"http://127.0.0.1:{ports['BOT_RASA_PORT']}"
    environ = {**plain, **PROXIES, **ours, **messengers(None if apart else nobody)}
    secrets, _ = ensure_secrets(home / "secrets.env", environ, None)
    environ = with_secrets(home, environ, secrets)
    settings = read_settings(environ, console=True)
    database = open_database(settings.database_url)
    prepare_store(database, settings)
    database.dispose()
    return [spec for spec in roster(settings, environ) if spec.name in STARTED]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    home, apart = tmp_path_factory.mktemp("home"), can_be_apart()
    ports = dict(zip(SETTINGS, free_ports(len(SETTINGS)), strict=True))
    specs = prepared(home, ports, apart=apart)
    with ExitStack() as stack:
        hosts = stack.enter_context(two_hosts(home, NAMES)) if apart else None
        pids = {}
        for spec in specs:
            command = hosts.here(*spec.command) if hosts else spec.command
            process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, env=dict(spec.environment)))
            stack.callback(process.kill)
            pids[spec.name] = process.pid
        begun = Started(hosts, pids, ports)
        wait_for(lambda: all(own_listeners(pid) >= begun.expected(name) for name, pid in pids.items()))
        yield begun


def test_all_but_the_public_port_is_open_to_this_machine_alone(started: Started) -> None:
    for name, pid in started.pids.items():
        assert own_listeners(pid) == started.expected(name), name


def test_from_another_machine_only_the_public_port_opens(started: Started) -> None:
    public, ports = {started.ports["BOT_GATEWAY_PORT"]}, sorted(started.ports.values())
    if started.hosts is not None:
        assert started.hosts.knock(ports) == {OURS[0]: public, OURS[1]: set()}
        return
    # Its own outer addresses are the nearest thing to another machine: the loopback's ports do not open there.
    outer = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=True).stdout.split()
    knock = [sys.executable, str(HERE / "knock.py"), *outer, "--", *map(str, ports)]
    opened = json.loads(subprocess.run(knock, capture_output=True, check=True).stdout)
    assert all(set(found) <= public for found in opened.values())


def test_it_speaks_to_the_two_messengers_and_to_nobody_else(started: Started) -> None:
    hosts = started.hosts
    if hosts is not None:
        wait_for(lambda: len(hosts.spoken_to()) >= len(THE_TWO))
        assert hosts.spoken_to() == THE_TWO
    for pid in started.pids.values():
        assert outer_peers(pid) <= set(NAMES.values() if hosts else ())
