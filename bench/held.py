"""What each process of a system that this one started has spent of the CPU, and holds in memory."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

# A process by a piece of its command line that no other system's has.
OURS = {
    "gateway": "bot.gateway",
    "rasa": "models/avrr.tar.gz",
    "actions": "actions.server",
    "console": "bot.console",
}
STOCK = {"rasa": "stock.tar.gz", "actions": "rasa_sdk"}


@dataclass(frozen=True)
class Spent:
    """CPU seconds since its start, and resident megabytes now."""

    cpu: float
    resident: float


def held_by(pieces: Mapping[str, str]) -> Mapping[str, Spent]:
    """Of each process named by a piece of its command line, below this one; of several of a name, their sum."""
    found: dict[str, Spent] = {}
    for name, processes in found_by(pieces).items():
        for process in processes:
            with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                spent = found.get(name, Spent(0.0, 0.0))
                resident = spent.resident + process.memory_info().rss / 2**20
                found[name] = Spent(spent.cpu + cpu_of(process), resident)
    return found


def cpu_of(process: psutil.Process) -> float:
    """Its CPU seconds since its start."""
    times = process.cpu_times()
    return times.user + times.system


def found_by(pieces: Mapping[str, str]) -> Mapping[str, Sequence[psutil.Process]]:
    """The processes below this one, by the names of `pieces` of their command lines; no name without one."""
    found: dict[str, list[psutil.Process]] = {name: [] for name in pieces}
    for process in psutil.Process(os.getpid()).children(recursive=True):
        with suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
            line = " ".join(process.cmdline())
            name = next((name for name, piece in pieces.items() if piece in line), None)
            if name is not None:
                found[name].append(process)
    return {name: processes for name, processes in found.items() if processes}


def settled(pieces: Mapping[str, str], seconds: float = 3.0) -> Mapping[str, Spent]:
    """The same once nothing is asked of them for some seconds."""
    time.sleep(seconds)
    return held_by(pieces)
