"""What was measured, kept in `bench/rows`: every row as CSV, and beside it what the page says of them as JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from measures import MEASURES
from part import Part

ROWS = Path(__file__).parent / "rows"


def keep(part: Part, measure: str, number: int, *, full: bool) -> None:
    """One part of a measure, the `number`th; with the first, what the measure gave before goes."""
    if number == 0:
        forget(measure)
    with (ROWS / f"{part.name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(part.columns)
        writer.writerows(part.rows)
    said = {key: value for key, value in asdict(part).items() if key not in {"rows", "columns"}}
    at = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    whole = {**said, "full": full, "at": at, "measure": measure, "number": number}
    path = ROWS / f"{part.name}.json"
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1), encoding="utf-8")


def failed(measure: str, why: str, *, full: bool) -> None:
    """A part that says that there is none, in the place of what the measure gave before."""
    part = Part(measure, f"Not measured: {measure}", "", "No figure.", ("why",), [(why,)], [["why"], [why]])
    keep(part, measure, 0, full=full)


def forget(measure: str) -> None:
    """Removes what a measure gave."""
    for one in [one for one in kept() if one["measure"] == measure]:
        for ending in ("json", "csv"):
            (ROWS / f"{one['name']}.{ending}").unlink(missing_ok=True)


def kept() -> Iterable[Mapping[str, object]]:
    """Every part that is kept, in the report's order; what is of no measure any more is left out."""
    order = list(MEASURES)
    read = [json.loads(path.read_text(encoding="utf-8")) for path in ROWS.glob("*.json")]
    known = [one for one in read if one.get("measure") in order]
    return sorted(known, key=lambda one: (order.index(one["measure"]), one["number"]))
