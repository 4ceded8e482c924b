"""Step 4: another language offered to somebody who writes in it; never chosen for them, and once only."""

from __future__ import annotations

from actions.knowledge import Knowledge
from actions.turn import Answering, Reply, Turn
from bot.speech import Button, Say, Tap, in_language, language

# Nothing is put between the person and these; after them it would be said to nobody, or to another.
NEVER_WITH = frozenset({"danger", "stop", "erase_data", "change_language", "goodbye"})
# What is written here is for others, or a name or number: it may be in any language.
ANY_LANGUAGE_IN = frozenset({"reply_form"})
ANY_LANGUAGE_TO = frozenset({"contact_number", "consent"})


def with_offer(name: str, answering: Answering) -> Answering:
    """Action `name`, and before what it says the offer of the language in which the message is surely written.

    A message that a form leaves to the rules stays untouched: what answers it carries the offer.
    """

    def answered(turn: Turn, known: Knowledge) -> Reply:
        reply = answering(turn, known)
        if name in {"action_danger", "action_choose_language"} or not reply.say:
            return reply
        other = language_of(turn, known)
        return reply if other is None else offer(turn, other).then(reply)

    return answered


def language_of(turn: Turn, known: Knowledge) -> str | None:
    """The offered language, another than the chosen one, in which a typed message is written; else None."""
    chosen = turn.facts.get("language")
    if not (chosen and turn.text and known.tongues) or turn.intent in NEVER_WITH or at_ease_in_any(turn):
        return None
    other = known.tongues.other_than(chosen, turn.text, turn.facts["languages"])
    return None if other in (turn.slots.get("languages_offered") or ()) else other


def at_ease_in_any(turn: Turn) -> bool:
    """Whether any language is welcome here, or nothing may come between: danger, words for an officer."""
    return turn.slots.get("screen") == "danger" or turn.loop in ANY_LANGUAGE_IN or turn.asked in ANY_LANGUAGE_TO


def offer(turn: Turn, other: str) -> Reply:
    """In both languages: go on in the `other`, or stay."""
    words = {"language": language(other), "again": in_language(other, "language_offer_again")}
    button = Button(language(other), Tap("change_language", {"language": other}))
    offered = [*(turn.slots.get("languages_offered") or ()), other]
    return Reply(say=(Say("language_offer", words, (button,)),), slots={"languages_offered": offered})
