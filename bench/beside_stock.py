"""Ours beside stock Rasa, by turns in one run: what people wait for, what a talk costs, what processes hold."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from held import Spent, settled
from part import Part, Row, ms, quantile
from stock import running_stock
from stock_project import MESSAGES, seconds_trained
from talks import TALK, TYPED, Level, Side, level, talk_at_once
from whole import running_ours

WARM = 2  # talks at each before any that counts
LEAST_TALKS = 4  # of a level in a round
MOST_SECONDS = 480.0  # of all rounds
TALK_SAID = (
    f"The same talk at both, of {len(TALK)} turns from the first word to the stored referral; two are typed, the "
    "rest taps. Everybody writes on as soon as the button that comes next is there. "
)
STOCK_SAID = (
    "Stock: Rasa 3.6.21 with the pipeline and policies of `rasa init` (DIET, TED, UnexpecTED), conversations in "
    "SQLite, rasa-sdk's action server with a validated form, REST channel (`bench/stock/`). "
)
METHOD = (
    f"{TALK_SAID}Ours: WhatsApp deliveries to the real gateway, Rasa and actions; Meta is a stand-in that signs "
    "and checks; a turn is timed from its delivery until the first message that answers it reaches Meta. "
    f"{STOCK_SAID}It knows English alone, by the first {MESSAGES} messages of each intent, and a turn is timed "
    "until the REST answer: nothing is sealed, translated or sent to a platform, which is in its favour. "
    "Both are up together, one process of each kind, and are asked by turns."
)


def beside_stock(at_once: Sequence[int], rounds: int) -> list[Part]:
    """Both systems at each number of people at once, `rounds` times by turns."""
    with tempfile.TemporaryDirectory() as home:
        ours, stock = Path(home) / "ours", Path(home) / "stock"
        stock.mkdir()
        with running_ours(ours) as first, running_stock(stock) as second:
            sides: tuple[Side, Side] = (first, second)
            for side in sides:
                asyncio.run(talk_at_once(side, range(WARM), TALK))
            idle = {side.name: settled(side.pieces) for side in sides}
            levels = list(by_turns(sides, at_once, rounds, MOST_SECONDS))
            check_referrals(sides, levels)
    return [turns_part(levels), cost_part(levels), memory_part(idle)]


def by_turns(sides: Sequence[Side], at_once: Sequence[int], rounds: int, seconds: float) -> Iterator[Level]:
    """Each level of each round, at one side and then at the other; no round that would end after `seconds`."""
    first, began = WARM, time.monotonic()
    for number in range(rounds):
        if (time.monotonic() - began) * (number + 1) > seconds * max(number, 1):
            return
        for people in at_once:
            for _ in range(0, max(people, LEAST_TALKS), people):
                for side in sides:
                    yield level(side, people, first)
                first += people


def check_referrals(sides: Sequence[Side], levels: Sequence[Level]) -> None:
    """Every talk has its referral: else the two did not do the same."""
    for side in sides:
        talks = WARM + sum(one.people for one in levels if one.side == side.name)
        if (stored := side.referrals()) != talks:
            raise RuntimeError(f"{side.name} has {stored} referrals after {talks} talks")


def turns_part(levels: Sequence[Level]) -> Part:
    """What people wait for."""
    table = [["people at once", "who", "turns", "p50 ms", "p95 ms", "turns/s", "typed p50 ms"]]
    sides = list(dict.fromkeys(one.side for one in levels))
    reached: list[tuple[str, float]] = []
    for people in dict.fromkeys(one.people for one in levels):
        figures = [
            figures_of([one for one in levels if (one.people, one.side) == (people, side)]) for side in sides
        ]
        for side, (count, p50, p95, rate, typed) in zip(sides, figures, strict=True):
            table.append([str(people), side, f"{count:.0f}", ms(p50), ms(p95), f"{rate:.1f}", ms(typed)])
        ours, stock = figures
        times = [f"{stock[column] / ours[column]:.1f} times" for column in (1, 2, 4)]
        table.append(
            [
                str(people),
                "**how many times better ours is**",
                "",
                *times[:2],
                f"{ours[3] / stock[3]:.1f} times",
                times[2],
            ]
        )
        reached.append((f"p95 of a turn beside stock's, {people} at once", 5 * ours[2] / stock[2]))
        reached.append((f"turns/s beside stock's, {people} at once", 8 * stock[3] / ours[3]))
    return Part(
        name="turns",
        title="A turn through the whole product, beside stock Rasa",
        goal="at most a fifth of stock's p95, at least 8 times its turns a second",
        method=f"{METHOD} Stock was trained in {seconds_trained('stock')} s.",
        columns=("who", "people at once", "step", "seconds"),
        rows=[(one.side, one.people, step, took) for one in levels for step, took in one.turns],
        table=table,
        reached=reached,
    )


def figures_of(levels: Sequence[Level]) -> tuple[float, float, float, float, float]:
    """Of all rounds: turns, p50 and p95 in seconds, turns a second, and the typed turn's p50."""
    times = [took for one in levels for _, took in one.turns]
    typed = [took for one in levels for step, took in one.turns if step == TYPED]
    rate = len(times) / sum(one.took for one in levels)
    return len(times), quantile(times, 50), quantile(times, 95), rate, quantile(typed, 50)


def cost_part(levels: Sequence[Level]) -> Part:
    """What one whole self-assessment costs, by how many talk at once."""
    table = [["people at once", "who", "CPU seconds of a talk", "by process", "of stock's"]]
    rows: list[Row] = []
    reached: list[tuple[str, float]] = []
    for people in dict.fromkeys(one.people for one in levels):
        totals: list[float] = []
        for side in dict.fromkeys(one.side for one in levels):
            found = [one for one in levels if (one.people, one.side) == (people, side)]
            talks = people * len(found)
            each = {name: sum(one.cpu[name] for one in found) / talks for name in found[0].cpu}
            totals.append(sum(each.values()))
            said = ", ".join(f"{name} {spent:.2f}" for name, spent in each.items())
            table.append([str(people), side, f"{totals[-1]:.2f}", said, ""])
            rows += [(side, people, name, spent) for name, spent in each.items()]
        table[-2][-1] = f"{totals[0] / totals[1]:.2f}"
        reached.append((f"CPU of a talk beside stock's, {people} at once", 5 * totals[0] / totals[1]))
    return Part(
        name="self_assessment",
        title="One whole self-assessment, in CPU seconds",
        goal="at most a fifth of stock Rasa's",
        method=f"{TALK_SAID}User and system time of all processes, in the run of the turns above.",
        columns=("who", "people at once", "process", "CPU seconds of a talk"),
        rows=rows,
        table=table,
        reached=reached,
    )


def memory_part(idle: Mapping[str, Mapping[str, Spent]]) -> Part:
    """What the processes hold when nobody writes."""
    table = [["who", "in all, MB", "by process, MB"]]
    ours, stock = (sum(spent.resident for spent in held.values()) for held in idle.values())
    for side, held in idle.items():
        said = ", ".join(f"{name} {spent.resident:.0f}" for name, spent in held.items())
        table.append([side, f"{sum(spent.resident for spent in held.values()):.0f}", said])
    return Part(
        name="memory",
        title="Resident memory, idle",
        goal="less in all than stock Rasa and its action server",
        method=f"Resident set of each process after {WARM} talks and seconds of silence. Ours with the console.",
        columns=("who", "process", "resident MB"),
        rows=[(side, name, spent.resident) for side, held in idle.items() for name, spent in held.items()],
        table=table,
        reached=[("resident memory, idle, beside stock's", ours / stock)],
    )
