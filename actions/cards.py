"""Step 4: protection cards. Each is shown once, when an answer first calls for it, before the next question."""

from __future__ import annotations

from actions.knowledge import Knowledge
from actions.turn import Reply, Turn
from bot.eligibility.emergency import emergency_numbers
from bot.language.cities import countries_named
from bot.speech import Button, Say, Tap, Worded, country, lines, nested, phone

# The card that an answer to a question calls for, and the signs (of the verdict) by which it does.
CARDS: dict[str, tuple[str, frozenset[str]]] = {
    "safe_to_talk": ("card_safe_to_talk", frozenset({"unsafe_to_talk"})),
    "age": ("card_child", frozenset({"child", "child_one_parent"})),
    "free_choice": ("card_free_choice", frozenset({"not_free_choice"})),
    "fear_of_return": ("card_asylum", frozenset({"fear"})),
    "protection_status": ("card_asylum", frozenset({"wants_protection"})),
    "exploitation": ("card_trafficking", frozenset({"exploitation"})),
    "held": ("card_held", frozenset({"detained"})),
    "private_talk": ("card_private_talk", frozenset({"private_talk"})),
}


def cards_for(turn: Turn, known: Knowledge, question: str) -> Reply:
    """The card for the answer just given to `question`, unless it was shown before."""
    if question not in CARDS:
        return Reply()
    card, signs = CARDS[question]
    shown = list(turn.slots.get("cards") or ())
    if card in shown or not signs & set(turn.verdict(known).signs):
        return Reply()
    return Reply(say=(Say(card),), slots={"cards": [*shown, card]})


def danger(turn: Turn, known: Knowledge) -> Reply:
    """Emergency numbers of the country the person is in; without one, countries to tap."""
    where = turn.entities.get("country") or named_in_danger(turn, known) or turn.slots.get("country_now") or ""
    slots = {"screen": "danger"}
    if where not in known.programme.places.countries:
        buttons = tuple(
            Button(country(code), Tap("danger", {"country": code}))
            for code in known.likely_countries["country_now"][:6]
        )
        return Reply(say=(Say("danger_card", {"numbers": nested("danger_no_numbers")}, buttons),), slots=slots)
    return Reply(say=(Say("danger_card", {"numbers": numbers_of(known, where)}),), slots=slots)


def named_in_danger(turn: Turn, known: Knowledge) -> str | None:
    """The country typed on the danger screen, or that of a city, if one was. It is used for its numbers alone."""
    if turn.slots.get("screen") != "danger" or not turn.text:
        return None
    named = countries_named(known.countries, known.cities, turn.text, turn.facts.get("language"))
    return next(iter(named), None)


def numbers_of(known: Knowledge, where: str) -> Worded:
    """The numbers of a country, one a line, or the words for knowing none."""
    numbers = emergency_numbers(known.numbers, where)
    if not numbers:
        return nested("danger_none_known")
    return lines(
        [nested("danger_number", service=nested(f"service_{n.kind}"), number=phone(n.number)) for n in numbers]
    )
