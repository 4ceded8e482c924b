"""The report's charts, drawn from what is kept of the parts: `bench/rows/turns.svg` and `goals.svg`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATE = "chart.svg.jinja"
LEAST = 0.01  # what is less is drawn as this
OURS, OTHER, KEPT, MISSED = "#1f77b4", "#b0b0b0", "#2e8b57", "#c0504d"
Kept = Mapping[str, Any]


@dataclass(frozen=True)
class Bar:
    """One line of a chart; `value` is drawn, `said` stands beside it."""

    label: str
    value: float
    said: str
    colour: str


def draw(parts: Sequence[Kept], folder: Path) -> list[str]:
    """Writes the charts for which there are figures; their names."""
    charts = {
        "turns": ("A turn: p50 and p95 in milliseconds, the shorter the better", list(turns(parts)), None),
        "goals": ("Against the goals: a bar that ends left of the line keeps its goal", list(goals(parts)), 1.0),
    }
    drawn = []
    for name, (title, bars, line) in charts.items():
        path = folder / f"{name}.svg"
        path.unlink(missing_ok=True)
        if bars:
            path.write_text(svg(title, bars, line), encoding="utf-8")
            drawn.append(name)
    return drawn


def turns(parts: Sequence[Kept]) -> Iterator[Bar]:
    """Ours and stock's at each number of people."""
    for part in parts:
        if part["name"] != "turns":
            continue
        for people, who, _, p50, p95, *_ in cast("list[list[str]]", part["table"])[1:]:
            if who.startswith("**"):
                continue
            colour = OURS if who == "ours" else OTHER
            yield Bar(f"{people} at once, {who}, p50", float(p50), f"{p50} ms", colour)
            yield Bar(f"{people} at once, {who}, p95", float(p95), f"{p95} ms", colour)


def goals(parts: Sequence[Kept]) -> Iterator[Bar]:
    """Each figure beside its goal."""
    for part in parts:
        for name, times in part.get("reached", ()):
            yield Bar(name, times, f"{times:.2f}", KEPT if times <= 1 else MISSED)


def svg(title: str, bars: Sequence[Bar], line: float | None) -> str:
    """The drawing: bars on a logarithmic scale, so that 2 ms and 2 s are both seen."""
    values = [max(bar.value, LEAST) for bar in bars] + ([line] if line else [])
    low, high = math.floor(math.log10(min(values))), math.log10(max(values)) + 0.1

    def at(value: float) -> float:
        return (math.log10(max(value, LEAST)) - low) / (high - low)

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    ticks = [10.0**power for power in range(low, math.floor(high) + 1)]
    return environment.get_template(TEMPLATE).render(title=title, bars=bars, line=line, ticks=ticks, at=at)
