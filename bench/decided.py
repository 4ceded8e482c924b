"""How many verdicts and nearest offices a second of the processor, beside a loop of plain Python."""

from __future__ import annotations

import itertools
import random
import statistics
import time
from collections.abc import Callable, Iterator

from part import Part, Row

from bot.eligibility import (
    QUESTIONS,
    Offices,
    Programme,
    Question,
    assess,
    load_offices,
    load_programme,
    nearest_office,
)
from bot.settings import ROOT

ROUNDS, ROUND_SECONDS = 10, 0.2
COUNTRIES = ("TH", "MY", "ID", "BD", "LK", "AF", "MM", "NP")
SUM = 1000  # numbers that the plain loop adds up
METHOD = (
    f"{ROUNDS} rounds by turns of {ROUND_SECONDS} s each, in one thread, by the processor time it was given: "
    "nothing here waits for anything, and what else the machine did is not counted. Verdicts: complete answers "
    "drawn at random (seeded) over the real criteria. Offices: random points in the countries that have more "
    f"than one. The plain loop adds {SUM} numbers. Medians of the rounds."
)


def decided() -> Part:
    """Verdicts and offices, in turns with the plain loop."""
    programme, offices = load_programme(ROOT / "criteria"), load_offices(ROOT / "criteria")
    calls: dict[str, Callable[[], object]] = {
        "plain loop": lambda: sum_up(SUM),
        "verdict": verdicts(programme),
        "nearest office": nearest(offices),
    }
    rows: list[Row] = [
        (number, name, per_second(call)) for number in range(ROUNDS) for name, call in calls.items()
    ]
    middle = {name: statistics.median(float(row[2]) for row in rows if row[1] == name) for name in calls}
    table = [["what", "a second", "as plain loops"]]
    table += [[name, f"{rate:,.0f}", f"{middle['plain loop'] / rate:.2f}"] for name, rate in middle.items()]
    return Part(
        name="decided",
        title="Verdicts and nearest offices",
        goal="20,000 a second each",
        method=METHOD,
        columns=("round", "what", "a second"),
        rows=rows,
        table=table,
    )


def sum_up(most: int) -> int:
    """The plain loop."""
    total = 0
    for number in range(most):
        total += number
    return total


def verdicts(programme: Programme) -> Callable[[], object]:
    """A verdict on the next of 500 sets of answers."""
    chance = random.Random(1)
    drawn = [{one.id: chance.choice(values_of(one)) for one in QUESTIONS} for _ in range(500)]
    turns = itertools.cycle(drawn)
    return lambda: assess(programme, next(turns))


def values_of(question: Question) -> tuple[str, ...]:
    """What a question is answered with, in any of some countries where one is asked for."""
    return (*COUNTRIES, *question.values) if question.takes_country else question.values


def nearest(offices: Offices) -> Callable[[], object]:
    """The office nearest to the next of 500 points."""
    turns = itertools.cycle(list(itertools.islice(points(offices), 500)))

    def call() -> object:
        country, point = next(turns)
        return nearest_office(offices, country, point=point)

    return call


def points(offices: Offices) -> Iterator[tuple[str, tuple[float, float]]]:
    """Random points about the offices of countries that have several."""
    chance = random.Random(1)
    several = [(country, here) for country, here in offices.by_country.items() if len(here) > 1]
    while True:
        country, here = chance.choice(several)
        about = chance.choice(here)
        yield country, (about.latitude + chance.uniform(-3, 3), about.longitude + chance.uniform(-3, 3))


def per_second(call: Callable[[], object]) -> float:
    """Calls in a second of this thread's processor time, over one round."""
    count, began = 0, time.thread_time()
    while (took := time.thread_time() - began) < ROUND_SECONDS:
        for _ in range(50):
            call()
        count += 50
    return count / took
