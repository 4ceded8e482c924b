"""Step 8 of the message's way: a drawing of counts as bars, made here so that a page needs no script for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from bot.console.cell import Cell

WIDTH, ROW, THICK = 320, 42, 12  # units of the drawing, about a pixel each on a telephone
BASE = 16  # where the words of a row stand, from its top
LONGEST = 36  # letters of a label that fit beside its number


def bars(
    rows: Sequence[tuple[Cell, int]], title: str, told: str, direction: str, number: Callable[[int], str]
) -> Markup:
    """An SVG with a bar for each (label, count); `told` says in words what it shows. Empty for no rows.

    `direction` is ltr or rtl; `number` writes a count. The same counts stand in a table beside it.
    """
    if not rows:
        return Markup("")
    most = max(count for _, count in rows) or 1
    drawn = [
        _bar(top * ROW, label, count / most, number(count), direction == "rtl")
        for top, (label, count) in enumerate(rows)
    ]
    return Markup(
        '<svg class="bars" viewBox="0 0 {} {}" role="img" direction="{}"><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(WIDTH, ROW * len(rows), direction, title, told, Markup("").join(drawn))


def _plain(label: str) -> str:
    return label.unescape() if isinstance(label, Markup) else label


def _bar(top: int, label: Cell, share: float, count: str, mirrored: bool) -> Markup:
    long = max(2, round(share * WIDTH))
    # In a right-to-left drawing a text that starts at a place runs to the left of it.
    start, end = (WIDTH, 0) if mirrored else (0, WIDTH)
    words = _plain(label.text)
    text = words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
    return Markup(
        '<text x="{}" y="{}" lang="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3"/>'
    ).format(
        start,
        top + BASE,
        label.language,
        escape(text),
        end,
        top + BASE,
        count,
        WIDTH - long if mirrored else 0,
        top + BASE + 5,
        long,
        THICK,
    )
