"""Beside the message's way: one process under the supervisor: started, asked for its health, stopped."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.settings import ROOT

HEALTH_SECONDS = 2.0  # how long a health answer may take
STOP_SECONDS = 10.0  # how long a process may take to end after SIGTERM


@dataclass(frozen=True)
class Spec:
    """What to start: command and whole environment, the address to show, where to ask for health, the log."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    address: str
    health: str
    log: Path


def start(command: Sequence[str], environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Starts a command in the project's folder, in a process group of its own, tied to this process.

    Its output is added to `log`. `tied` is found through `PYTHONPATH`, which every environment here sets.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    tie = (sys.executable, "-m", "bot.processes.tied", str(os.getpid()))
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own commands, no shell
            [*tie, *command],
            cwd=ROOT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,
        )


def stop(processes: Sequence[subprocess.Popen[bytes]], seconds: float = STOP_SECONDS) -> None:
    """Ends processes and all they started: SIGTERM, up to `seconds` for all together, then SIGKILL."""
    for process in processes:
        _signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
    for process in processes:
        _signal_group(process, signal.SIGKILL)
        process.wait()


def is_healthy(url: str) -> bool:
    """Whether the process answers 200 there. Any other answer, or none, is a plain no."""
    there = urlsplit(url)
    # Not httpx, which reads every certificate for each question. And no proxy stands before the loopback.
    kind = http.client.HTTPSConnection if there.scheme == "https" else http.client.HTTPConnection
    asking = kind(there.hostname or "", there.port, timeout=HEALTH_SECONDS)
    try:
        asking.request("GET", there.path or "/")
        return asking.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def rotate(log: Path) -> None:
    """Puts the log of the run before aside, as `<name>.log.1`; the one before that goes."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group is signalled even when its leader has gone: what the leader started must not outlive it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
