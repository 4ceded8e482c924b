"""Everything measured, on one page: `bench/report.md`, its charts, and every row as measured in `bench/rows/`.

`python bench/report.py` takes short runs (about ten minutes); `--full` the runs that the goals speak of (half an
hour); `--only NAME` one measure, the others standing in the report as they were measured before. Each measure runs
in a process of its own and has its time: one that fails or hangs says so in the report, and the others go on.
"""

from __future__ import annotations

import argparse
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from charts import draw
from keeping import ROWS, failed, keep, kept
from measures import MEASURES

from bot.processes.child import stop

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[1]
REPORT = HERE / "report.md"
PUBLISHED = ROOT / "docs" / "speed.md"
INTRODUCTION = (
    "# How fast it is",
    "",
    "`make bench BENCH=--full` measures all this anew into `bench/report.md`, with charts and every row;",
    "`make bench BENCH='--full --publish'` writes this page too. Each table says when it was measured, and how.",
    "",
)
MINUTES = 34.0  # for all of a run; what has not begun by then is left out
ENDING_SECONDS = 20.0  # in which a measure whose time is over may put away what it made


def main() -> int:
    """Measures, and writes the page anew after each measure; 1 if one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="as long as the goals say")
    parser.add_argument("--only", choices=list(MEASURES), action="append", help="only this measure")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all measures together")
    parser.add_argument("--publish", action="store_true", help=f"write {PUBLISHED.relative_to(ROOT)} too")
    parser.add_argument("--here", choices=list(MEASURES), help=argparse.SUPPRESS)
    given = parser.parse_args()
    ROWS.mkdir(exist_ok=True)
    # Asked to end, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    if given.here:
        return measure(given.here, full=given.full)
    wanted = given.only or [name for name, one in MEASURES.items() if given.full or one.short is not None]
    train_others(wanted)
    until, failures = time.monotonic() + 60 * given.minutes, 0
    for name in wanted:
        failures += not apart(name, full=given.full, until=until)
        write_page()
    print(f"written: {REPORT}")
    if given.publish:
        publish()
    return int(failures > 0)


def train_others(wanted: Iterable[str]) -> None:
    """The models of Rasa's own that are measured against, if they are missing: a matter of minutes, once."""
    models = dict.fromkeys(model for name in wanted for model in MEASURES[name].models)
    if models:
        subprocess.run([sys.executable, str(HERE / "stock_project.py"), *models], check=False)


def measure(name: str, *, full: bool) -> int:
    """One measure, in this process."""
    for number, part in enumerate(MEASURES[name].make(full=full)):
        keep(part, name, number, full=full)
    return 0


def apart(name: str, *, full: bool, until: float) -> bool:
    """One measure in a process of its own, ended with all it started when its time is over; whether it is kept."""
    one = MEASURES[name]
    seconds = min(one.seconds, until - time.monotonic())
    began, log = time.monotonic(), ROWS / f"{name}.log"
    print(f"measuring {name}", flush=True)
    if seconds < one.least:
        print("          no time is left for it", flush=True)
        if not any(part["measure"] == name for part in kept()):  # what was measured before stays, with its date
            failed(name, f"no time was left for it: ask for it alone with `--only {name}`", full=full)
        return False
    command = [sys.executable, __file__, "--here", name, *(["--full"] if full else [])]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, process_group=0)
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            stop([process], ENDING_SECONDS)
    if code == 0:
        print(f"          {time.monotonic() - began:.0f} s", flush=True)
        return True
    last = (log.read_text(encoding="utf-8", errors="replace").split("\n") or [""])[-2:-1]
    why = f"it was ended after {seconds:.0f} s" if code is None else f"it failed: {''.join(last)[:300]}"
    print(f"          {why} (log: {log})", flush=True)
    failed(name, why, full=full)
    return False


def write_page() -> None:
    """The page and its charts, of all that is kept."""
    parts = list(kept())
    charts = draw(parts, ROWS)
    REPORT.write_text("\n".join(page(parts, charts)) + "\n", encoding="utf-8")


def publish() -> None:
    """The page that is kept in git: without charts and rows."""
    PUBLISHED.write_text("\n".join([*INTRODUCTION, *page(list(kept()), ())[2:]]) + "\n", encoding="utf-8")
    print(f"written: {PUBLISHED}")


def page(parts: Iterable[Mapping[str, object]], charts: Iterable[str]) -> list[str]:
    """The whole page."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    lines = (
        f"{machine}. Milliseconds belong to the machine and to what else it did: the load average stands with "
        "each table, and 2 cores with a load of 8 take four times as long. Ratios within one run are what counts. "
        "Rows as measured: `bench/rows/`."
    )
    shown = [line for name in charts for line in ("", f"![{name}](rows/{name}.svg)")]
    return ["# What was measured", "", lines, *shown, *(line for part in parts for line in section(part))]


def section(part: Mapping[str, object]) -> list[str]:
    """One measure."""
    head, *rest = cast("list[list[str]]", part["table"])
    lines = [" | ".join(cells).join(("| ", " |")) for cells in (head, ["---"] * len(head), *rest)]
    run = "full run" if part["full"] else "short run: shows the order of size, not the goal"
    goal = ["", f"Goal: {part['goal']}."] if part["goal"] else []
    return [
        *("", f"## {part['title']}", *goal, "", *lines, ""),
        f"{part['method']} ({run}; {part['at']}; load {part['load']:.1f}; `rows/{part['name']}.csv`)",
    ]


if __name__ == "__main__":
    raise SystemExit(main())
