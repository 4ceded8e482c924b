"""What grows and what must not: a turn late in its conversation, the console over many referrals."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

import console
from part import Part, Row, ms
from turns import AROUND, OPENING, PLACES, converse

from bot.processes.engine import running_engine


def long_talk() -> Part:
    """A turn at message 5, 50 and 500."""
    with tempfile.TemporaryDirectory() as home, running_engine(Path(home), lambda _line: None) as engine:
        times = converse(engine, max(PLACES) + AROUND)
    middle: dict[int, tuple[float, float]] = {}
    for place in PLACES:
        window = times[max(len(OPENING), place - AROUND) : place + AROUND]
        typed, tapped = (
            statistics.median(took for is_typed, took in window if is_typed is kind) for kind in (True, False)
        )
        middle[place] = typed, tapped
    first = middle[PLACES[0]]
    table = [["message", "typed, ms", "tapped, ms", "typed, to the first", "tapped, to the first"]]
    table += [
        [str(place), ms(typed), ms(tapped), f"{typed / first[0]:.2f}", f"{tapped / first[1]:.2f}"]
        for place, (typed, tapped) in middle.items()
    ]
    return Part(
        name="long_talk",
        title="A turn late in a long conversation",
        goal="message 50 and 500 within 1.2 times message 5",
        method=(
            "One conversation through the real Rasa and actions, without the gateway; half of the messages typed. "
            f"Medians of the turns up to {AROUND} before and after each place."
        ),
        columns=("message", "typed", "seconds"),
        rows=[(number, int(typed), took) for number, (typed, took) in enumerate(times, 1)],
        table=table,
    )


def many_referrals(sizes: Sequence[int], databases: Sequence[str]) -> Part:
    """The console's pages by the number of referrals."""
    cases = console.measured(sizes, databases)
    table = [["database", "asked", *(f"{size:,}, p50 / p95 ms" for size in sizes), "slowest : quickest"]]
    for database in databases:
        own = [one for one in cases if one.database == database]
        for name in console.ASKED:
            cells = [
                f"{statistics.median(one.times[name]):.0f} / {console.p95(one.times[name]):.0f}" for one in own
            ]
            ratios = [f"{console.spread(of, own, name):.1f}" for of in (statistics.median, console.p95)]
            table.append([database, name, *cells, " / ".join(ratios)])
    rows: list[Row] = [
        (one.database, one.size, name, took)
        for one in cases
        for name, times in one.times.items()
        for took in times
    ]
    return Part(
        name="console",
        title="The console, as referrals grow",
        goal="each page at 1,000, 100,000 and 1,000,000 within twice the quickest",
        method=(
            f"Whole requests of an officer who is signed in, {console.TIMES} of each kind and size, all sizes by "
            "turns. Half of the referrals are at the officer's office, one in five is open."
        ),
        columns=("database", "referrals", "asked", "milliseconds"),
        rows=rows,
        table=table,
    )
