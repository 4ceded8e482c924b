"""Step 4: stopping, erasing, coming back after a silence. Nothing here asks twice but what cannot be undone."""

from __future__ import annotations

from actions.assessment_form import without_answers
from actions.knowledge import Knowledge
from actions.turn import Answering, Reply, Turn, say

LONG_SILENCE = 15  # minutes (protection rule 26)
# What may be done before it is known whose hands the phone is in: none of it shows an answer or sends one.
WHILE_IN_DOUBT = frozenset(
    {
        *("action_same_person_no", "action_danger", "action_set_language"),
        *("action_stop", "action_erase_sure", "action_erase"),
    }
)


def stop(turn: Turn, _known: Knowledge) -> Reply:
    """Stopped at once, from anywhere; the answers stay for their day, so that one may go on."""
    slots = {"screen": "menu", "place": "menu", "taken": turn.number, "heard": None, "consent": None}
    return say("stopped").then(Reply(slots=slots, leave_form=turn.loop is not None))


def erase_sure(_turn: Turn, _known: Knowledge) -> Reply:
    """Asked once, and without a word against it."""
    return say("erase_sure").then(Reply(slots={"screen": "erase_sure"}))


def erase(turn: Turn, known: Knowledge) -> Reply:
    """Everything goes; the gateway does it once this has been said."""
    if not turn.certain:
        return erase_sure(turn, known)
    slots = {**without_answers(keep_language=False), "screen": None, "place": None}
    return say("erased").then(Reply(slots=slots, effects=({"effect": "erase"},), leave_form=turn.loop is not None))


def same_person(_turn: Turn, _known: Knowledge) -> Reply:
    """After a silence, before any old answer is shown: the phone may be in other hands."""
    return say("same_person").then(Reply(slots={"screen": "same_person", "returned": True}))


def in_known_hands(name: str, answering: Answering) -> Answering:
    """Action `name`, done only when it is not in doubt who holds the phone; until then that is asked again.

    What is never delayed is done at once, and the doubt stays for the message after it.
    """
    if name.startswith("validate_"):
        return answering

    def only_then(turn: Turn, known: Knowledge) -> Reply:
        if not in_doubt(turn):
            return answering(turn, known)
        if name in WHILE_IN_DOUBT:
            return Reply(slots={"returned": True}).then(answering(turn, known))
        return same_person(turn, known)

    return only_then


def in_doubt(turn: Turn) -> bool:
    """Whether the person came back after a silence to answers given before, and has not said to be the same."""
    if (turn.facts.get("silent_minutes") or 0) >= LONG_SILENCE and turn.slots.get("trail"):
        return True
    said_yes = turn.slots.get("screen") == "same_person" and turn.intent == "affirm"
    return bool(turn.slots.get("returned")) and not said_yes


def same_person_no(turn: Turn, _known: Knowledge) -> Reply:
    """Somebody else: the old answers are forgotten at once, and the talk begins anew."""
    slots = {**without_answers(keep_language=False), "screen": None, "place": None, "taken": turn.number}
    return Reply(slots=slots, follow="action_notice", leave_form=turn.loop is not None)
