"""What each process of the product that this one started has spent of the CPU, and holds in memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# A process by a piece of its command line.
NAMED = {"gateway": "bot.gateway", "rasa": "nlu.engine.serve", "actions": "actions.server"}
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """CPU seconds since its start, and resident megabytes now."""

    cpu: float
    resident: float


def spent_by() -> Mapping[str, Spent]:
    """Of each named process below this one; of several of a name, their sum."""
    parents = {int(path.name): _status(path, "PPid") for path in Path("/proc").iterdir() if path.name.isdigit()}
    found: dict[str, Spent] = {}
    for process in parents:
        name = _name(process)
        if name and _is_below(process, parents):
            so_far = found.get(name, Spent(0.0, 0.0))
            found[name] = Spent(so_far.cpu + _cpu(process), so_far.resident + _resident(process))
    return {name: found[name] for name in NAMED if name in found}


def _name(process: int) -> str | None:
    try:
        words = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    return next((name for name, piece in NAMED.items() if piece in words), None)


def _is_below(process: int, parents: Mapping[int, int]) -> bool:
    while process > 1 and process != os.getpid():
        process = parents.get(process, 0)
    return process == os.getpid()


def _status(path: Path, field: str) -> int:
    try:
        lines = (path / "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{field}:")), 0)


def _resident(process: int) -> float:
    return _status(Path(f"/proc/{process}"), "VmRSS") / 1024


def _cpu(process: int) -> float:
    # After the name in brackets: the state, then numbers, of which user and system time are the 12th and 13th.
    numbers = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(numbers[11]) + int(numbers[12])) / _TICK
