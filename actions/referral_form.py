"""Step 4: the way to a referral: office, people, needs, a safe way to be reached, and consent, asked last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import phonenumbers

from actions import assessment_form, consent
from actions.country_list import country_buttons
from actions.form_step import hear_then_ask
from actions.knowledge import Knowledge
from actions.office_choice import ask_office, choose_office
from actions.turn import ASKED, Reply, Turn, say
from actions.typed import COUNTRY_QUESTIONS, number_in
from bot.speech import Say, lines, nested

NEEDS = ("health", "interpreter", "woman", "man")
MOST_PEOPLE = 20  # more in one request is a group that the office asks about itself
CHOICES: dict[str, tuple[Any, ...]] = {
    "who": ("me", "family"),
    "mixed_status": (False, True),
    "contact_way": ("chat", "call", "text"),
    "contact_time": ("any", "morning", "afternoon", "evening"),
    "contact_name": ("say_iom", "do_not_say_iom"),
}
# What a choice makes void of what was said before it: others, for one person alone; a number not to be used.
NO_LONGER = {"me": ("mixed_status", "adults", "children"), "chat": ("contact_number",)}
# What yes and no mean where the question is one of yes and no. Mixed status: "Is it the same for all of you?"
YES_NO: dict[str, tuple[Any, Any]] = {
    "who": ("me", "family"),
    "mixed_status": (False, True),
    "contact_name": ("say_iom", "do_not_say_iom"),
    "consent": ("yes", "no"),
    "office": ("ok", "none"),
    "needs_done": ("done", "done"),
}
# Messages that were meant for the question but cannot be used; anything else is an aside for the rules.
MEANT_FOR_IT = ("inform", "nlu_fallback", "out_of_scope", "affirm", "deny", "not_sure", "prefer_not_to_say")


def hear_and_ask(turn: Turn, known: Knowledge) -> Reply:
    """The whole of the form, as for the checklist."""
    return hear_then_ask(turn, known, hear, ask)


def hear(turn: Turn, known: Knowledge) -> Reply:
    """The slots that this message sets; none if it is no answer to what was asked."""
    asked = turn.asked
    if asked is None or not turn.for_question:
        return Reply()
    if turn.intent == "go_back" and asked != assessment_form.HEARD:
        return step_back(turn, known)
    if asked in (*COUNTRY_QUESTIONS, assessment_form.HEARD):
        return assessment_form.hear(turn, known)
    value: Any = turn.entities.get("answer")
    if value is None and asked in YES_NO and turn.intent in {"affirm", "deny"}:
        value = YES_NO[asked][turn.intent == "deny"]
    hearing = HEARINGS.get(asked, hear_choice)
    return hearing(turn, asked, value, known)


def hear_choice(_turn: Turn, asked: str, value: Any, _known: Knowledge) -> Reply:
    """One of a few fixed values."""
    if value not in CHOICES[asked]:
        return Reply()
    return Reply(slots={asked: value, **dict.fromkeys(NO_LONGER.get(value, ()))})


def hear_count(turn: Turn, asked: str, value: Any, _known: Knowledge) -> Reply:
    """A number of people, tapped or typed, in any digits or in the language's words for them."""
    typed = turn.entities.get("choice", turn.text)
    count = number_in(str(value if value is not None else typed))
    least = 1 if asked == "adults" else 0
    return Reply(slots={asked: count}) if count is not None and least <= count <= MOST_PEOPLE else Reply()


def hear_needs(turn: Turn, _asked: str, value: Any, _known: Knowledge) -> Reply:
    """A need tapped, or taken back by a second tap; then done."""
    chosen = list(turn.slots.get("needs") or ())
    if value == "done":
        return Reply(slots={"needs_done": True, "needs": chosen})
    if value not in NEEDS:
        return Reply()
    kept = [need for need in NEEDS if (need in chosen) != (need == value)]
    return Reply(slots={"needs": kept})


def hear_number(turn: Turn, _asked: str, _value: Any, _known: Knowledge) -> Reply:
    """A telephone number typed in any digits, understood as dialled where the person is."""
    if not turn.text:
        return Reply()
    region = turn.slots.get("country_now")
    try:
        number = phonenumbers.parse(turn.text, region if region in phonenumbers.SUPPORTED_REGIONS else None)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        return Reply(
            slots={"contact_number": phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)}
        )
    if turn.intent in MEANT_FOR_IT:
        return say("number_not_clear").then(Reply(slots={"taken": turn.number}))
    return Reply()


def hear_consent(turn: Turn, _asked: str, value: Any, _known: Knowledge) -> Reply:
    """Only a clear yes is one. Silence, a sticker or an unclear word sends nothing."""
    if value == "no" or (value == "yes" and turn.certain):
        return Reply(slots={"consent": value})
    if turn.intent in MEANT_FOR_IT:
        return say("consent_not_clear").then(Reply(slots={"taken": turn.number}))
    return Reply()


HEARINGS: dict[str, Callable[[Turn, str, Any, Knowledge], Reply]] = {
    "office": choose_office,
    "adults": hear_count,
    "children": hear_count,
    "needs_done": hear_needs,
    "contact_number": hear_number,
    "consent": hear_consent,
}


def steps(turn: Turn, known: Knowledge) -> list[str]:
    """The slots to be filled for this person, in order. A child is asked the least."""
    slots = turn.slots
    wanted = ["country_now", "origin", "office"]
    if slots.get("office") == "none":
        return wanted
    if "child" not in turn.verdict(known).flags:
        wanted.append("who")
        wanted += ["mixed_status", "adults", "children"] if slots.get("who") == "family" else []
        wanted.append("needs_done")
    wanted.append("contact_way")
    wanted += ["contact_number"] if slots.get("contact_way") in {"call", "text"} else []
    return [*wanted, "contact_time", "contact_name", "consent"]


def step_back(turn: Turn, known: Knowledge) -> Reply:
    """The last step taken back; from the first one, out of the form to where it was entered."""
    if turn.slots.get("page"):
        return Reply(slots={"page": None})  # from a list to the screen that it was opened from
    if turn.asked == "origin" and (turn.slots.get("trail") or [""])[-1] == "country_now":
        return assessment_form.step_back(turn)
    given = [step for step in steps(turn, known) if turn.slots.get(step) is not None]
    given = [step for step in given if step not in COUNTRY_QUESTIONS]
    if not given:
        return Reply(slots={ASKED: None, "consent": "later"})
    return Reply(slots={given[-1]: None, "page": None})


def ask(turn: Turn, known: Knowledge) -> Reply:
    """The next step, or nothing when all is known."""
    if turn.slots.get(assessment_form.HEARD):
        heard = turn.slots[assessment_form.HEARD]
        return assessment_form.ask_heard(heard["question"], heard["values"])
    step = next((s for s in steps(turn, known) if turn.slots.get(s) is None), None)
    if turn.slots.get("consent") == "later":
        step = None
    slots = {ASKED: step, "screen": None, "trail": turn.slots.get("trail") or []}
    return Reply(say=() if step is None else (asking(turn, step, known),), slots=slots)


def asking(turn: Turn, step: str, known: Knowledge) -> Say:
    """The question for one step, with what it shows."""
    if step in COUNTRY_QUESTIONS:
        return Say(f"ask_{step}", {}, country_buttons(turn, known, step))
    if step == "office":
        return ask_office(turn, known)
    if step == "consent":
        return consent.ask_consent(turn, known)
    if step == "needs_done":
        chosen = [nested(f"need_{need}") for need in turn.slots.get("needs") or ()]
        return Say("ask_needs_done", {"chosen": nested("needs_chosen", needs=lines(chosen)) if chosen else ""})
    return Say(f"ask_{step}")
