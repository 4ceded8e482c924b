"""Every measure of `bench/report.py`, in the report's order: what makes it, short and in full, and its time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from part import Part


@dataclass(frozen=True)
class Measure:
    """The function that gives its part or parts, as `module.function`, and with what it is called.

    `short`: None for what is too long for a short run. `seconds`: after so many it is ended. `least`: with less
    time left it is not begun. `models`: of `bench/stock/`, trained before.
    """

    function: str
    full: tuple[Any, ...] = ()
    short: tuple[Any, ...] | None = ()
    seconds: float = 180.0
    least: float = 30.0
    models: tuple[str, ...] = ()

    def make(self, *, full: bool) -> Sequence[Part]:
        """The parts. A module is imported only now: a fault in one is no fault of the others."""
        module, _, function = self.function.partition(".")
        made = getattr(import_module(module), function)(*(self.full if full else self.short or ()))
        return [made] if isinstance(made, Part) else list(made)


MEASURES: Mapping[str, Measure] = {
    "beside_stock": Measure(
        "beside_stock.beside_stock", ((1, 8, 32), 2), ((1, 8), 1), seconds=780.0, least=120.0, models=("stock",)
    ),
    "rasa_alone": Measure("rasa_alone.rasa_alone", ((1, 8), 4), ((1, 8), 1), seconds=300.0, models=("light",)),
    "stages": Measure("stages.stages"),
    "profile": Measure("profiled.profiled"),
    "long_talk": Measure("grown.long_talk"),
    "open_talks": Measure("open_talks.open_talks", (300, 1000), (50, 100), seconds=360.0),
    "acknowledged": Measure("paced.acknowledged", (120,), (10,), seconds=420.0),
    "warm_start": Measure("starts.warm_start", (3,), (1,), seconds=300.0, models=("stock",)),
    "scaled": Measure("scaled.scaled", (3,), (1,), seconds=420.0, least=120.0),
    "decided": Measure("decided.decided", seconds=240.0),
    "training": Measure("starts.training", short=None, seconds=600.0),
    "console": Measure(
        "grown.many_referrals",
        ((1_000, 100_000, 1_000_000), ("sqlite", "postgresql")),
        ((1_000, 10_000), ("sqlite",)),
        seconds=900.0,
    ),
    "cold_start": Measure("starts.cold_start", short=None, seconds=900.0, least=200.0),
}
