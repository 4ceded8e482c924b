"""Whose code the processors run while people talk: each process looked at many times a second, from outside."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from held import OURS, cpu_of, found_by
from part import Part
from talks import TALK, talk_at_once
from whole import running_ours

from bot.settings import ROOT

PEOPLE, ROUNDS, WARM = 8, 4, 2
LOOKED_AT = ("gateway", "rasa", "actions")
RATE = 200  # looks a second
SHOWN = 8  # of each process; what is less goes together
START_SECONDS = 3.0  # until py-spy looks
PY_SPY = Path(sys.executable).with_name("py-spy")
LOOKING = (f"--rate={RATE}", "--full-filenames", "--format=raw")
FRAME = re.compile(r".* \((?P<file>.+?)(:\d+)?\)")
# A thread whose innermost code is here waits for work, whatever py-spy takes it for.
WAITING = ("threading.py", "concurrent/futures/thread.py")
METHOD = (
    f"{PEOPLE} people at once, {PEOPLE * ROUNDS} whole talks at the whole product. py-spy looks at each process "
    f"{RATE} times a second and at every thread that is not waiting; a look counts for the innermost code that is "
    "a package's or ours, with the standard library, SQLite and the kernel that it called; the event loop counts "
    "for the server that runs it (uvicorn, sanic). Looking costs time itself, so these are shares and no times."
)


def profiled() -> Part:
    """The shares of each process's time."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with running_ours(home / "ours") as side:
            asyncio.run(talk_at_once(side, range(WARM), TALK))
            with looked_at(home) as files:
                for number in range(ROUNDS):
                    first = WARM + number * PEOPLE
                    asyncio.run(talk_at_once(side, range(first, first + PEOPLE), TALK))
            seen = {name: counted(file.read_text(encoding="utf-8")) for name, file in files.items()}
    table = [["process", "whose code", "share, %"]]
    for name, looks in seen.items():
        whole, most = looks.total(), looks.most_common(SHOWN)
        rest = whole - sum(count for _, count in most)
        table += [[name, whose, f"{100 * count / whole:.0f}"] for whose, count in [*most, ("all else", rest)]]
    return Part(
        name="profile",
        title="Whose code the processors run",
        goal="to find what costs most",
        method=METHOD,
        columns=("process", "whose code", "looks"),
        rows=[(name, whose, count) for name, looks in seen.items() for whose, count in looks.items()],
        table=table,
    )


@contextmanager
def looked_at(home: Path) -> Iterator[Mapping[str, Path]]:
    """While this lasts py-spy looks; then there is a file of stacks for each process."""
    files = {name: home / f"{name}.stacks" for name in LOOKED_AT}
    # Of the processes of a name one is at work, the other only holds it.
    working = {name: max(found, key=cpu_of) for name, found in found_by(OURS).items()}
    spies = [
        subprocess.Popen(
            [PY_SPY, "record", *LOOKING, f"--pid={working[name].pid}", f"--output={file}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for name, file in files.items()
    ]
    try:
        time.sleep(START_SECONDS)
        yield files
    finally:
        for spy in spies:
            spy.send_signal(signal.SIGINT)  # it writes what it saw, and ends
        said = [spy.communicate()[1].decode() for spy in spies]
    if not all(file.exists() for file in files.values()):
        raise RuntimeError(f"py-spy saw nothing: {said}")


def counted(stacks: str) -> Counter[str]:
    """How often each one's code was seen running. A line is a stack, outermost first, and how often."""
    looks: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, times = line.rpartition(" ")
        files = [found["file"] for frame in stack.split(";") if (found := FRAME.fullmatch(frame))]
        if files and not files[-1].endswith(WAITING):
            looks[whose(files)] += int(times)
    return looks


def whose(files: Sequence[str]) -> str:
    """Whose the innermost of `files` is that is not the standard library's."""
    owners = (owner_of(Path(file)) for file in reversed(files))
    return next((owner for owner in owners if owner), "Python's own")


def owner_of(file: Path) -> str | None:
    """The package, or the folder of ours, that `file` is in; None of the standard library."""
    if "site-packages" in file.parts:
        return file.parts[file.parts.index("site-packages") + 1].removesuffix(".py")
    if file.is_relative_to(ROOT):
        return f"`{file.relative_to(ROOT).parent}/`"
    return None
