"""Step 8 of the message's way: figures as a workbook to take away, marked on top, on paper and in every line."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from bot.console.export import HEAD, Mark, lines_of
from bot.referrals.report import ALL, Figure, Quarter

# A workbook knows what is text: nothing in it is run, opened or guessed at.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
TABLE_TOP = 2  # the rows above the table, from 0: the mark and an empty one
WIDTHS = (10, 10, 14, 24, 8, 19, 20)  # of the columns, in letters


def as_xlsx(figures: Sequence[Figure], quarter: Quarter, office: str | None, mark: Mark) -> bytes:
    """The figures as codes and counts, one a line; the first row says who took them, when and of which office."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties({"created": mark.at})
        sheet = book.add_worksheet("figures")
        whose, strong = (str(quarter), office or ALL), book.add_format({"bold": True})
        marked = (str(mark.officer), f"{mark.at:%Y-%m-%d %H:%M:%S}")
        _head(sheet, strong, {**dict(zip(HEAD, whose, strict=False)), **dict(zip(HEAD[-2:], marked, strict=True))})
        for row, (kind, value, counted) in enumerate(lines_of(figures), start=TABLE_TOP + 1):
            for column, text in enumerate((*whose, kind, value, counted, *marked)):
                if HEAD[column] == "count" and text:
                    sheet.write_number(row, column, int(text))
                else:
                    sheet.write_string(row, column, text)
    return file.getvalue()


def _head(sheet: Worksheet, strong: Format, mark: dict[str, str]) -> None:
    told = ", ".join(f"{name}: {value}" for name, value in mark.items())
    sheet.write_string(0, 0, told, strong)
    sheet.set_footer(f"&L{told}")  # on every page that is printed; it holds codes and figures alone
    for column, name in enumerate(HEAD):
        sheet.write_string(TABLE_TOP, column, name, strong)
        sheet.set_column(column, column, WIDTHS[column])
    sheet.freeze_panes(TABLE_TOP + 1, 0)
    sheet.repeat_rows(TABLE_TOP)
