"""Beside step 8: which of the words for people an officer reads too, so that the console's languages need them."""

from __future__ import annotations

from bot.eligibility import QUESTIONS
from bot.language.extract import CITY, CRITERION

# By the names of responses: offices, reasons, questions that people ask, phrases that an officer sends.
_FAMILIES = ("country_", "label_faq/", "office_phrase_", "reason_")
_ASKED = frozenset(
    name
    for question in QUESTIONS
    for name in (
        f"ask_{question.id}",
        f"label_{question.id}",
        *(f"answer_{value}" for value in question.values),
    )
)
_READ = frozenset({CITY, CRITERION, "office_name"}) | _ASKED


def officers_read(context: str) -> bool:
    """Whether pages of the console show words of this msgctxt: questions, answers, reasons, criteria, offices."""
    return context in _READ or context.startswith(_FAMILIES)
