"""What every measure of `bench/report.py` gives: rows as they were measured, and the table drawn from them."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

Row = tuple[str | int | float, ...]


@dataclass(frozen=True)
class Part:
    """One measure. `columns` and `rows` are raw and kept as they are; `table`, its head first, is what is read.

    `load`: the machine's load average of a minute as the measure ended; over its cores, times are long.
    `reached`: figures beside their goals, as a name and how many times the goal it is; 1 and less keeps it.
    """

    name: str
    title: str
    goal: str
    method: str
    columns: Sequence[str]
    rows: Sequence[Row]
    table: Sequence[Sequence[str]]
    load: float = field(default_factory=lambda: os.getloadavg()[0])
    reached: Sequence[tuple[str, float]] = ()


def ms(seconds: float) -> str:
    """Seconds as they are shown, in milliseconds."""
    return f"{seconds * 1000:.0f}"


def quantile(values: Sequence[float], hundredth: int) -> float:
    """The value that so many of a hundred do not exceed."""
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[hundredth - 1]
