"""Rasa and the actions alone: ours, the state carried by every turn, beside a light Rasa that remembers."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from beside_stock import WARM, by_turns, check_referrals, figures_of
from engine_alone import EngineAlone
from part import Part, ms
from stock import running_stock
from talks import TALK, Level, Side, talk_at_once

from bot.processes.engine import running_engine

MOST_SECONDS = 180.0  # of all rounds
METHOD = (
    "The same talk at both, by turns, straight at Rasa and without a gateway. Ours: the model as it is served "
    "(eleven languages, embeddings), the state in every request and answer. Light: the dialogue of stock Rasa in "
    "English with counted words and n-grams, logistic regression and rules alone, conversations in memory, "
    "rasa-sdk's action server (`bench/stock/light.yml`)."
)


def rasa_alone(at_once: Sequence[int], rounds: int) -> Part:
    """Turns a second of both."""
    with tempfile.TemporaryDirectory() as home:
        ours, light = Path(home) / "ours", Path(home) / "light"
        light.mkdir()
        with (
            running_engine(ours, lambda _line: None) as engine,
            running_stock(light, "light", "light_endpoints.yml") as second,
        ):
            sides: tuple[Side, Side] = (EngineAlone(engine), second)
            for side in sides:
                asyncio.run(talk_at_once(side, range(WARM), TALK))
            levels = list(by_turns(sides, at_once, rounds, MOST_SECONDS))
            check_referrals(sides, levels)
    return alone_part(levels)


def alone_part(levels: Sequence[Level]) -> Part:
    """The table, and ours over the light one at each number of people."""
    table = [["people at once", "who", "turns", "p50 ms", "p95 ms", "turns/s", "ours : light", "CPU ms a turn"]]
    reached: list[tuple[str, float]] = []
    sides = list(dict.fromkeys(one.side for one in levels))
    for people in dict.fromkeys(one.people for one in levels):
        rates: list[float] = []
        for side in sides:
            found = [one for one in levels if (one.people, one.side) == (people, side)]
            count, p50, p95, rate, _ = figures_of(found)
            spent = {name: sum(one.cpu[name] for one in found) / count for name in found[0].cpu}
            rates.append(rate)
            said = ", ".join(f"{name} {ms(each)}" for name, each in spent.items())
            table.append([str(people), side, f"{count:.0f}", ms(p50), ms(p95), f"{rate:.1f}", "", said])
        table[-2][-2] = f"{rates[0] / rates[1]:.2f}"
        reached.append((f"turns/s of Rasa alone, {people} at once", 0.8 * rates[1] / rates[0]))
    return Part(
        name="rasa_alone",
        title="Rasa alone, beside a light Rasa with conversations in memory",
        goal="at least 0.8 of its turns a second",
        method=METHOD,
        columns=("who", "people at once", "step", "seconds"),
        rows=[(one.side, one.people, step, took) for one in levels for step, took in one.turns],
        table=table,
        reached=reached,
    )
