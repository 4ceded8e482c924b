"""Two machines made of this one's kernel: ours, where processes are started, and one elsewhere, its whole world.

Each has a network of its own (network namespaces); a wire is between them. What ours sends to any address goes to
the one elsewhere, which notes it (`wire.py`) and can knock at ports of ours (`knock.py`). Root may make them, and
on most machines anybody (user namespaces); nothing outside is changed, and both go with their last process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from listeners import Listener, listeners

HERE = Path(__file__).parent
OURS, ELSEWHERE = ("198.51.100.2", "fd00:51::2"), ("198.51.100.1", "fd00:51::1")  # addresses of documentation
IS_ROOT = os.geteuid() == 0
OF_ITS_OWN = ("--net", "--mount", "--propagation", "private")
APART = ("unshare", *(() if IS_ROOT else ("--user", "--map-root-user")), *OF_ITS_OWN)
STAY = ("sh", "-c", "echo there; exec sleep infinity")

# The one elsewhere answers for all addresses of `names`, and nobody else does.
WIRE = """
set -e
ip link add wire type veth peer name wire netns {ours}
ip link set lo up
ip address add {elsewhere[0]}/24 dev wire
ip address add {elsewhere[1]}/64 dev wire nodad
ip link set wire up
for address in {answering}; do ip address add "$address" dev lo; done
"""
MACHINE = """
set -e
mount --bind {folder}/hosts /etc/hosts
mount --bind {folder}/resolv.conf /etc/resolv.conf
ip link set lo up
ip address add {ours[0]}/24 dev wire
ip address add {ours[1]}/64 dev wire nodad
ip link set wire up
ip route add default via {elsewhere[0]}
ip -6 route add default via {elsewhere[1]}
"""


@dataclass(frozen=True)
class TwoHosts:
    """Ours and the one elsewhere. `pid` is a process of ours; `noted` is where the wire is noted."""

    pid: int
    elsewhere: int
    names: Mapping[str, str]
    noted: Path

    def here(self, *command: str) -> tuple[str, ...]:
        """How `command` is run on our machine."""
        return _on(self.pid, *command)

    def listening(self) -> set[Listener]:
        """All that listens on our machine."""
        return listeners(self.pid)

    def knock(self, ports: Sequence[int]) -> dict[str, set[int]]:
        """Which of `ports` open to a knock from elsewhere, by address of ours."""
        asked = [sys.executable, str(HERE / "knock.py"), *OURS, "--", *map(str, ports)]
        said = subprocess.run(_on(self.elsewhere, *asked), stdout=subprocess.PIPE, check=True)
        return {address: set(found) for address, found in json.loads(said.stdout).items()}

    def spoken_to(self) -> set[str]:
        """Whom our machine has spoken to, or tried to: `tcp NAME:PORT` or `udp ADDRESS:PORT`."""
        found = self.noted.read_text()
        for name, address in self.names.items():
            found = found.replace(f" {address}:", f" {name}:")
        return set(found.splitlines())


def can_be_apart() -> bool:
    """Whether this machine lets us make networks, and has `ip`."""
    try:
        tried = subprocess.run([*APART, "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return tried.returncode == 0


@contextmanager
def two_hosts(folder: Path, names: Mapping[str, str]) -> Iterator[TwoHosts]:
    """The two, wired. `names` is our machine's table of names; any other it would have to ask for."""
    table = [f"{address} {name}" for name, address in {"localhost": "127.0.0.1", **names}.items()]
    (folder / "hosts").write_text("\n".join(table) + "\n")
    (folder / "resolv.conf").write_text(f"nameserver {ELSEWHERE[0]}\noptions timeout:1 attempts:1\n")
    noted = folder / "noted"
    with ExitStack() as stack:
        elsewhere = stack.enter_context(_staying(*APART, *STAY))
        ours = stack.enter_context(_staying(*_on(elsewhere, "unshare", *OF_ITS_OWN, *STAY)))
        answering = " ".join(f"{address}/32" for address in names.values())
        wire = WIRE.format(ours=ours, elsewhere=ELSEWHERE, answering=answering)
        machine = MACHINE.format(folder=folder, ours=OURS, elsewhere=ELSEWHERE)
        subprocess.run(_on(elsewhere, "sh", "-c", wire), check=True)
        subprocess.run(_on(ours, "sh", "-c", machine), check=True)
        note = (sys.executable, str(HERE / "wire.py"), "wire", str(noted))
        stack.enter_context(_staying(*_on(elsewhere, *note)))
        yield TwoHosts(ours, elsewhere, names, noted)


def _on(pid: int, *command: str) -> tuple[str, ...]:
    entering = () if IS_ROOT else ("--user", "--preserve-credentials")
    return ("nsenter", "--target", str(pid), *entering, "--net", "--mount", f"--wdns={Path.cwd()}", *command)


@contextmanager
def _staying(*command: str) -> Iterator[int]:
    """The pid of a command that has said a first line, and stays until the end."""
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline(), command
            yield process.pid
        finally:
            process.kill()
