"""Step 4: countries as buttons, the likely ones first, some at a time; any other can be typed."""

from __future__ import annotations

from actions.knowledge import Knowledge
from actions.turn import Turn
from bot.eligibility.questions import AT_SEA_OR_UNKNOWN
from bot.speech import Button, Tap, country, nested

PAGE = 8


def country_buttons(turn: Turn, known: Knowledge, question: str) -> tuple[Button, ...]:
    """One page of countries for `question`, then the next page, and being at sea where that can be."""
    listed = known.likely_countries[question]
    page = int(turn.slots.get("page") or 1)
    start = (page - 1) * PAGE
    if start >= len(listed):
        page, start = 1, 0
    buttons = [Button(country(code), Tap("inform", {"answer": code})) for code in listed[start : start + PAGE]]
    more = page + 1 if start + PAGE < len(listed) else 1
    buttons.append(Button(nested("button_more"), Tap("inform", {"page": str(more)})))
    if question == "country_now":
        buttons.append(Button(nested("button_at_sea"), Tap("inform", {"answer": AT_SEA_OR_UNKNOWN})))
    return tuple(buttons)
