"""Step 4: answers that were typed. What is read here is always read back before it counts."""

from __future__ import annotations

import unicodedata

from actions.knowledge import Knowledge
from actions.turn import Turn
from bot.language.cities import countries_named

ADULT_FROM = 18  # years

# What a typed "yes" or "no" means to each question where it can mean one thing only.
YES_MEANS = {
    "safe_to_talk": "yes",
    "age": "adult",
    "free_choice": "yes",
    "destination": "own_country",
    "fear_of_return": "yes",
    "intercepted": "yes",
    "stay_permit": "yes",
}
NO_MEANS = {
    "safe_to_talk": "no",
    "fear_of_return": "no",
    "exploitation": "none",
    "protection_status": "none",
    "intercepted": "no",
    "stay_permit": "no",
    "held": "no",
    "helped_before": "no",
    "other_programme": "no",
}
COUNTRY_QUESTIONS = ("country_now", "origin")
# Messages that may hold the name of a country or a city. A clear question or a cry for help is never read as one.
MAY_NAME_A_COUNTRY = ("inform", "nlu_fallback", "greet", "out_of_scope", "affirm")
# Of these, so many words are some town's name as well that only a country is looked for.
ONLY_A_COUNTRY = ("greet", "affirm")


def read_typed(turn: Turn, asked: str, known: Knowledge) -> list[str]:
    """The values that the typed words may mean for question `asked`, best first; none if they mean none."""
    if asked in COUNTRY_QUESTIONS:
        if turn.intent not in MAY_NAME_A_COUNTRY:
            return []
        language = turn.facts.get("language")
        if turn.intent in ONLY_A_COUNTRY:
            return known.countries.find(turn.text, language)
        return countries_named(known.countries, known.cities, turn.text, language)
    if asked == "age" and turn.intent in {"inform", "nlu_fallback"}:
        return ["adult"] if (number_in(turn.text) or 0) >= ADULT_FROM else []
    means = {"affirm": YES_MEANS, "deny": NO_MEANS}.get(turn.intent, {})
    return [means[asked]] if asked in means else []


def number_in(text: str) -> int | None:
    """The one number in `text`, in any script's digits; None if there is none or several."""
    numbers = "".join(str(unicodedata.digit(sign, " ")) for sign in text).split()
    return int(numbers[0]) if len(numbers) == 1 and len(numbers[0]) <= 4 else None
