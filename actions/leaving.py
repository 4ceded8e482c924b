"""Step 4: stopping, erasing, coming back after a silence. Nothing here asks twice but what cannot be undone."""

from __future__ import annotations

from actions.assessment_form import without_answers
from actions.knowledge import Knowledge
from actions.turn import Answering, Reply, Turn, say

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
    """Action `name`, done only when it is not in doubt who holds the phone; until then that is asked again."""
    if name in WHILE_IN_DOUBT or name.startswith("validate_"):
        return answering

    def only_then(turn: Turn, known: Knowledge) -> Reply:
        said_yes = turn.slots.get("screen") == "same_person" and turn.intent == "affirm"
        in_doubt = turn.slots.get("returned") and not said_yes
        return same_person(turn, known) if in_doubt else answering(turn, known)

    return only_then


def same_person_no(turn: Turn, _known: Knowledge) -> Reply:
    """Somebody else: the old answers are forgotten at once, and the talk begins anew."""
    slots = {**without_answers(keep_language=False), "screen": None, "place": None, "taken": turn.number}
    return Reply(slots=slots, follow="action_notice", leave_form=turn.loop is not None)
