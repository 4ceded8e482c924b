"""Everything measured, on one page: `bench/report.md`, and every row as it was measured in `bench/rows/*.csv`.

`python bench/report.py` takes short runs (about five minutes); `--full` the runs that the goals speak of (an
hour); `--only NAME` one measure, the others standing in the report as they were measured before.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from console import POSTGRESQL, SIZES, SQLITE
from decided import decided
from grown import long_talk, many_referrals
from paced import acknowledged
from part import Part
from whole import whole_turns

HERE = Path(__file__).parent
REPORT, ROWS = HERE / "report.md", HERE / "rows"
# What a measure is asked for by, in the report's order, and how it is made: whether fully is given.
MEASURES: Mapping[str, Callable[[bool], Sequence[Part]]] = {
    "whole_turns": lambda full: whole_turns(192 if full else 32),
    "long_talk": lambda _: [long_talk()],
    "acknowledged": lambda full: [acknowledged(120 if full else 10)],
    "console": lambda full: [
        many_referrals(SIZES, (SQLITE, POSTGRESQL)) if full else many_referrals((1_000, 10_000), (SQLITE,))
    ],
    "decided": lambda _: [decided()],
}


def main() -> int:
    """Measures, keeps the rows, and writes the page anew after each measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="as long as the goals say")
    parser.add_argument("--only", choices=list(MEASURES), action="append", help="only this measure")
    given = parser.parse_args()
    ROWS.mkdir(exist_ok=True)
    for name in given.only or MEASURES:
        print(f"measuring {name}", flush=True)
        for part in MEASURES[name](given.full):
            keep(part, full=given.full)
            print("\n".join(section(as_kept(part, full=given.full))), flush=True)
        REPORT.write_text("\n".join(page(kept())), encoding="utf-8")
    print(f"written: {REPORT}")
    return 0


def keep(part: Part, *, full: bool) -> None:
    """The raw rows as CSV, and what the page says of them beside it."""
    with (ROWS / f"{part.name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(part.columns)
        writer.writerows(part.rows)
    said = json.dumps(as_kept(part, full=full), ensure_ascii=False, indent=1)
    (ROWS / f"{part.name}.json").write_text(said, encoding="utf-8")


def as_kept(part: Part, *, full: bool) -> dict[str, object]:
    """A measure without its rows, and when it was made."""
    said = {key: value for key, value in asdict(part).items() if key not in {"rows", "columns"}}
    return {**said, "full": full, "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"}


def kept() -> Iterable[dict[str, object]]:
    """Every measure that was made, in the report's order."""
    order = ["whole_turns", "memory", *list(MEASURES)[1:]]
    for path in sorted(ROWS.glob("*.json"), key=lambda path: order.index(path.stem)):
        yield json.loads(path.read_text(encoding="utf-8"))


def page(parts: Iterable[Mapping[str, object]]) -> list[str]:
    """The whole page."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    lines = (
        f"{machine}. Milliseconds belong to the machine and to what else it did: the load average stands with "
        "each table, and 2 cores with a load of 8 take four times as long. Ratios within one run are what counts. "
        "Rows as measured: `bench/rows/`."
    )
    return ["# What was measured", "", lines, *(line for part in parts for line in section(part))]


def section(part: Mapping[str, object]) -> list[str]:
    """One measure."""
    head, *rest = cast("list[list[str]]", part["table"])
    lines = [" | ".join(cells).join(("| ", " |")) for cells in (head, ["---"] * len(head), *rest)]
    run = "full run" if part["full"] else "short run: shows the order of size, not the goal"
    return [
        *("", f"## {part['title']}", "", f"Goal: {part['goal']}.", "", *lines, ""),
        f"{part['method']} ({run}; {part['at']}; load {part['load']:.1f}; `rows/{part['name']}.csv`)",
    ]


if __name__ == "__main__":
    raise SystemExit(main())
