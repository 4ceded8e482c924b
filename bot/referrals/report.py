"""Beside step 8 of the message's way: the figures of a quarter, small groups hidden, for one office or for all.

Only a quarter that is over has figures, and there are no others: a number that grows while it is watched, or a
month inside a year, would give small groups away. All offices are looked at together, so that what one office is
shown and what another is shown do not give it away either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.referrals.counting import (
    ASKED,
    DISAGREED,
    DISAGREED_IN,
    DISAGREED_ON,
    ENDED,
    FIRST_CONTACT,
    FOUND,
    LANGUAGE,
    ORIGIN,
    REASON,
    SENT,
    STOPPED,
    VERDICT,
    WAITS,
)
from bot.referrals.small_groups import Cell, Line, hidden_cells
from bot.store.tally import NO_OFFICE, Tally

ALL = "*"  # in place of an office or a value: the sum
BY_OFFICE = "office"  # referrals by office, which only those who see all offices are shown
# What each kind of counter adds up to: a kind and a value of it. Reasons add up to nothing.
WHOLES: Mapping[str, tuple[str, str]] = {
    LANGUAGE: (SENT, ALL),
    ORIGIN: (SENT, ALL),
    VERDICT: (SENT, ALL),
    ENDED: (ENDED, ALL),
    FIRST_CONTACT: (FIRST_CONTACT, ALL),
    FOUND: (FOUND, ALL),
    DISAGREED_ON: (FOUND, DISAGREED),
    DISAGREED_IN: (FOUND, DISAGREED),
    STOPPED: (STOPPED, ALL),
}
OF_OFFICE = (LANGUAGE, ORIGIN, VERDICT, REASON, FIRST_CONTACT, ENDED, FOUND, DISAGREED_ON, DISAGREED_IN)
OF_TALKS = (STOPPED, ASKED)
MONTHS = 3  # of a quarter


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year; `number` is from 1 to 4."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def months(self) -> tuple[str, ...]:
        """As counters name them."""
        first = (self.number - 1) * MONTHS + 1
        return tuple(f"{self.year}-{month:02}" for month in range(first, first + MONTHS))

    @classmethod
    def of(cls, year: int, month: int) -> Quarter:
        """The quarter of a month."""
        return cls(year, (month - 1) // MONTHS + 1)


@dataclass(frozen=True)
class Figure:
    """Counts of one kind, the largest first, times in order. `hidden`: some are not here. `whole`: the sum."""

    kind: str
    rows: Sequence[tuple[str, int]]
    hidden: bool
    whole: int | None


def quarters_over(session: Session, at: datetime) -> Sequence[Quarter]:
    """The quarters that have figures, the latest first; `at` is now."""
    months = session.scalars(select(Tally.month).distinct()).all()
    found = {Quarter.of(int(month[:4]), int(month[5:])) for month in months}
    return sorted((one for one in found if one < Quarter.of(at.year, at.month)), reverse=True)


def offices_in(session: Session, quarter: Quarter) -> Sequence[str]:
    """The offices that have figures of a quarter."""
    found = select(Tally.office).where(Tally.month.in_(quarter.months), Tally.office != NO_OFFICE).distinct()
    return sorted(session.scalars(found))


def figures_of(session: Session, quarter: Quarter, office: str | None) -> Sequence[Figure]:
    """The figures of an office; of all together, with what is of no office, for None."""
    counts = _counts(session, quarter)
    hidden = hidden_cells(counts, _lines(counts))
    place = office or ALL
    figures = [
        _figure(counts, hidden, kind, place) for kind in (*OF_OFFICE, *(OF_TALKS if office is None else ()))
    ]
    if office is None:
        figures.insert(0, _by_office(counts, hidden))
    return figures


def _counts(session: Session, quarter: Quarter) -> Mapping[Cell, int]:
    """Every count by kind, office and value, with the sums over offices and values."""
    counts: Counter[Cell] = Counter()
    for row in session.scalars(select(Tally).where(Tally.month.in_(quarter.months))):
        counts[row.kind, ALL, row.value] += row.count
        counts[row.kind, ALL, ALL] += row.count
        if row.office != NO_OFFICE:
            counts[row.kind, row.office, row.value] += row.count
            counts[row.kind, row.office, ALL] += row.count
    return counts


def _lines(counts: Mapping[Cell, int]) -> Iterator[Line]:
    offices = sorted({office for _, office, _ in counts} - {ALL})
    for kind in sorted({kind for kind, _, _ in counts}):
        values = _values(counts, kind)
        for place in (*offices, ALL) if kind in WHOLES else ():
            total, of = WHOLES[kind]
            yield Line([(kind, place, value) for value in values], (total, place, of))
        for value in (*values, ALL) if kind not in OF_TALKS else ():
            yield Line([(kind, office, value) for office in offices], (kind, ALL, value))


def _values(counts: Mapping[Cell, int], kind: str) -> Sequence[str]:
    return sorted({value for one, _, value in counts if one == kind} - {ALL})


def _figure(counts: Mapping[Cell, int], hidden: frozenset[Cell], kind: str, place: str) -> Figure:
    cells = {value: (kind, place, value) for value in _values(counts, kind)}
    whole = (WHOLES[kind][0], place, WHOLES[kind][1]) if kind in WHOLES else None
    return _shown(counts, hidden, kind, cells, whole)


def _by_office(counts: Mapping[Cell, int], hidden: frozenset[Cell]) -> Figure:
    cells = {office: (SENT, office, ALL) for kind, office, _ in counts if kind == SENT and office != ALL}
    return _shown(counts, hidden, BY_OFFICE, cells, (SENT, ALL, ALL))


def _shown(
    counts: Mapping[Cell, int], hidden: frozenset[Cell], kind: str, cells: Mapping[str, Cell], whole: Cell | None
) -> Figure:
    # What is hidden has no name either: that there is somebody from a place tells something of them.
    shown = [(value, counts[cell]) for value, cell in cells.items() if cell not in hidden and counts[cell]]
    # Times of waiting stand in their own order, all else the largest first.
    waits = [code for _, code in WAITS]
    rows = sorted(shown, key=lambda row: (-row[1], row[0]))
    if kind == FIRST_CONTACT:
        rows.sort(key=lambda row: waits.index(row[0]) if row[0] in waits else len(waits))
    return Figure(
        kind=kind,
        rows=rows,
        hidden=any(cell in hidden for cell in cells.values()),
        whole=None if whole is None or whole in hidden else counts[whole],
    )
