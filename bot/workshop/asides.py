"""Beside the message's way: what a search tries on every screen, though no button on it offers it."""

from __future__ import annotations

from itertools import batched

from actions.knowledge import Knowledge
from actions.unclear import NOT_OFFERED, READINGS
from bot.language.catalogue import Catalogue
from bot.workshop.gateway_says import GATEWAY
from bot.workshop.search import Aside
from bot.workshop.steps import Step, read_step

_LABEL = "label_"
_UNCLEAR_ON = frozenset({"ask_age", "unclear", "unclear_menu"})
_SENT, _NUMBER = frozenset({"referral_sent"}), frozenset({"ask_contact_number"})
_ALWAYS = (
    *("means greet", "means thank", "means goodbye", "means out_of_scope", "means start_over", "means ask_office"),
    *("means danger", "means explain_question", "means affirm", "means ask_status", "means inform choice=9"),
    *(
        "means change_answer",
        "means inform border=yes",
        "type inform answer=yes",
        "photo",
        "place 16.7 98.6",
        "old",
        "back 16",
    ),
    *(f"gateway {name}" for name in GATEWAY),
)
_SOMEWHERE = (
    Aside(read_step("write Malaysia"), frozenset({"ask_country_now"})),
    Aside(read_step("write Thailand or Malaysia"), frozenset({"ask_country_now"})),
    Aside(read_step("write 12"), _NUMBER),
    Aside(read_step("write +66 81 234 5678"), _NUMBER, goes_on=True),
    Aside(read_step("write ..."), frozenset({"ask_office_text"})),
    Aside(read_step("means ask_office"), frozenset({"ask_origin"}), goes_on=True),
    *(Aside(read_step(f"office {status}"), _SENT, goes_on=True) for status in ("accepted", "waiting", "closed")),
)


def asides(known: Knowledge, catalogue: Catalogue) -> tuple[Aside, ...]:
    """Words understood without a button, each country that makes a difference, unclear words, things not words."""
    intents = [name.removeprefix(_LABEL) for name in catalogue.responses() if name.startswith(_LABEL)]
    readings = [name for name in intents if name in _intents(catalogue) and name not in NOT_OFFERED]
    unclear = [Step("unclear", tuple(some)) for some in batched(readings, READINGS)]
    return (
        *map(Aside, map(read_step, _ALWAYS)),
        *(Aside(step, _UNCLEAR_ON) for step in unclear),
        *_SOMEWHERE,
        *(aside for country in _countries(known) for aside in _named(country)),
    )


def _named(country: str) -> tuple[Aside, Aside]:
    """A country by its code: the one where the person is, and the one whose emergency numbers are asked for."""
    here, numbers = (
        Step("means", ("inform",), {"answer": country}),
        Step("means", ("danger",), {"country": country}),
    )
    return (
        Aside(here, frozenset({"ask_country_now"}), more=1, goes_on=True),
        Aside(numbers, frozenset({"danger_card"})),
    )


def _intents(catalogue: Catalogue) -> frozenset[str]:
    """What can be meant: the intents of buttons, and those of questions with an answer."""
    taps = (button.tap.intent for response in catalogue.responses().values() for button in response.buttons)
    named = (name.removeprefix("utter_") for name in catalogue.responses() if name.startswith("utter_faq/"))
    return frozenset((*taps, *named, "start_over"))


def _countries(known: Knowledge) -> list[str]:
    """Countries with an office, or with a kind of emergency number that none before has, and one with neither."""
    chosen = {office.country for office in known.offices.by_id.values()}
    kinds: set[str] = set()
    for country, numbers in known.numbers.items():
        new = {number.kind for number in numbers} - kinds
        kinds |= new
        if new:
            chosen.add(country)
    bare = sorted(known.programme.places.countries - known.numbers.keys() - chosen)
    return sorted(chosen | set(bare[:1]))
