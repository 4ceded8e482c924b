"""Step 8 of the message's way: figures as a table to take away, marked with who took it and when."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.referrals.report import ALL, Figure, Quarter

CSV, XLSX = "csv", "xlsx"  # the kinds of file
HEAD = ("quarter", "office", "figure", "value", "count", "exported_by_officer", "exported_at_utc")
HIDDEN = "hidden"  # in place of groups that are not shown
WHOLE = "whole"
# What a spreadsheet takes for the beginning of a formula; the last four are the wide signs of East Asian ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Mark:
    """Who took the figures and when: the officer's id and UTC. It stands in every line."""

    officer: int
    at: datetime

    def file_name(self, quarter: Quarter, office: str | None, kind: str) -> str:
        """A name for the file, of plain letters; `kind` is its ending."""
        return f"figures-{quarter}-{office or 'all'}-officer{self.officer}-{self.at:%Y%m%dT%H%M%SZ}.{kind}"


def as_csv(figures: Sequence[Figure], quarter: Quarter, office: str | None, mark: Mark) -> bytes:
    """The figures as codes and counts, one a line, UTF-8 with the mark by which spreadsheets know it."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(HEAD)
    for line in lines_of(figures):
        whole = (str(quarter), office or ALL, *line, str(mark.officer), f"{mark.at:%Y-%m-%d %H:%M:%S}")
        writer.writerow([harmless(cell) for cell in whole])
    return page.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell as text that no spreadsheet runs: an apostrophe stands before what looks like a formula."""
    return f"'{cell}" if cell.lstrip(" \u00a0\ufeff").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell


def lines_of(figures: Iterable[Figure]) -> Iterator[tuple[str, str, str]]:
    """What stands in a file of each figure: its kind, a value and the count; no count for what is hidden."""
    for figure in figures:
        yield from ((figure.kind, value, str(count)) for value, count in figure.rows)
        if figure.hidden:
            yield figure.kind, HIDDEN, ""
        if figure.whole is not None:
            yield figure.kind, WHOLE, str(figure.whole)
