"""Beside the message's way: readings counted: shares right, what is taken for what, and the worst of that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.understanding.messages import NATIVE, ROMANISED
from bot.understanding.readings import DANGER, Reading

STRAY = "out_of_scope"
ALL = "all"


@dataclass(frozen=True)
class Row:
    """One language and script. Shares are from 0 to 1, None where there was nothing to count.

    `recall`: danger found; `alarms`: other messages read as danger; `taken`: out-of-scope messages read as
    something else; `acted_on`: those of them that are acted on.
    """

    language: str
    script: str
    messages: int
    top_1: float | None
    top_3: float | None
    recall: float | None
    alarms: float | None
    taken: float | None
    acted_on: float | None


@dataclass(frozen=True)
class HeatRow:
    """A true intent: its messages, how many were read right, and the wrong readings, one number for each column.

    A cell is None on the diagonal.
    """

    intent: str
    messages: int
    right: int
    cells: tuple[int | None, ...]


@dataclass(frozen=True)
class Heat:
    """True intents of which some message was misread, against the intents these were taken for (`columns`)."""

    columns: tuple[str, ...]
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class Pair:
    """Messages of one intent that were taken for one other, the surest first."""

    true: str
    read: str
    readings: tuple[Reading, ...]


def summary(readings: Sequence[Reading], unclear: float) -> list[Row]:
    """A row for each language and script, then one for each script over all languages, then one for all.

    `unclear`: the probability below which readings are offered instead of answered (config.yml).
    """
    groups = dict.fromkeys((one.message.language, one.message.script) for one in readings)
    rows = [
        _row(code, script, _of(readings, code, script), unclear)
        for code, script in sorted(groups)
    ]  # fmt: skip
    scripts = [script for script in (NATIVE, ROMANISED) if any(one.message.script == script for one in readings)]
    if len({code for code, _ in groups}) > 1:
        rows += [_row(ALL, script, _of(readings, None, script), unclear) for script in scripts]
    return [*rows, _row(ALL, ALL, list(readings), unclear)]


def heat(readings: Iterable[Reading]) -> Heat:
    """What was taken for what; intents of which nothing was misread, or that nothing was misread as, are left out.

    Rows and columns stand in the order of their names, so that two pages can be laid side by side.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in readings:
        counts[one.message.intent][one.intent] += 1
    missed = {true: count for true, count in sorted(counts.items()) if count.total() > count[true]}
    columns = tuple(sorted({read for true, count in missed.items() for read in count if read != true}))
    return Heat(columns, tuple(_heat_row(true, count, columns) for true, count in missed.items()))


def worst_pairs(readings: Iterable[Reading]) -> list[Pair]:
    """All pairs that were mistaken: danger that was missed first, then the most frequent, then by name."""
    found: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for one in readings:
        if not one.right:
            found[one.message.intent, one.intent].append(one)
    pairs = [
        Pair(true, read, tuple(sorted(ones, key=lambda one: -one.confidence)))
        for (true, read), ones in found.items()
    ]
    return sorted(pairs, key=lambda pair: (pair.true != DANGER, -len(pair.readings), pair.true, pair.read))


def _heat_row(true: str, count: Counter[str], columns: Sequence[str]) -> HeatRow:
    cells = tuple(None if read == true else count[read] for read in columns)
    return HeatRow(true, count.total(), count[true], cells)


def _of(readings: Iterable[Reading], language: str | None, script: str) -> list[Reading]:
    return [
        one for one in readings if one.message.script == script and language in {None, one.message.language}
    ]  # fmt: skip


def _row(language: str, script: str, readings: Sequence[Reading], unclear: float) -> Row:
    danger = [one for one in readings if one.message.intent == DANGER]
    calm = [one for one in readings if one.message.intent != DANGER]
    stray = [one for one in readings if one.message.intent == STRAY]
    return Row(
        language,
        script,
        len(readings),
        top_1=_share(readings, lambda one: one.right),
        top_3=_share(readings, lambda one: one.near),
        recall=_share(danger, lambda one: one.intent == DANGER),
        alarms=_share(calm, lambda one: one.intent == DANGER),
        taken=_share(stray, lambda one: not one.right),
        acted_on=_share(stray, lambda one: not one.right and one.acted_on(unclear)),
    )


def _share(readings: Sequence[Reading], that: Callable[[Reading], bool]) -> float | None:
    return sum(map(that, readings)) / len(readings) if readings else None
