"""Beside step 8 of the message's way: groups of fewer than ten are hidden, with what would give them away.

Protection rule 31. A cell is a count; a line says that some cells add up to another. Who knows all of a line but
one cell knows that one too, so a line has none hidden, or at least two that together are ten people or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

SMALLEST = 10  # people in a group that may be shown

Cell = tuple[str, ...]  # the name of a count


@dataclass(frozen=True)
class Line:
    """The counts of `parts` add up to that of `whole`."""

    parts: Sequence[Cell]
    whole: Cell


def hidden_cells(counts: Mapping[Cell, int], lines: Iterable[Line]) -> frozenset[Cell]:
    """The cells that are not shown. A count of nobody is shown unless that gives another away."""
    hidden = {cell for cell, count in counts.items() if 0 < count < SMALLEST}
    lines = tuple(lines)
    before = -1
    while before != len(hidden):
        before = len(hidden)
        for line in lines:
            _protect(counts, line, hidden)
    return frozenset(hidden)


def _protect(counts: Mapping[Cell, int], line: Line, hidden: set[Cell]) -> None:
    # The smallest first: as much as can be stays on the page. The whole goes last.
    shown = sorted(
        (cell for cell in line.parts if cell not in hidden and counts[cell]), key=lambda one: counts[one]
    )
    for cell in (*shown, line.whole):
        if _is_safe(counts, line, hidden):
            return
        hidden.add(cell)


def _is_safe(counts: Mapping[Cell, int], line: Line, hidden: set[Cell]) -> bool:
    inside = [cell for cell in line.parts if cell in hidden]
    if line.whole in hidden:
        # From the parts alone the whole is known, unless one of them is hidden too.
        return bool(inside) or not counts[line.whole]
    return not inside or (len(inside) > 1 and sum(counts[cell] for cell in inside) >= SMALLEST)
