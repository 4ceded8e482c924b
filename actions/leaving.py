"""Step 4: stopping, erasing, coming back after a silence. Nothing here asks twice but what cannot be undone."""

from __future__ import annotations

from actions.assessment_form import without_answers
from actions.knowledge import Knowledge
from actions.turn import Reply, Turn, say


def stop(turn: Turn, _known: Knowledge) -> Reply:
    """Stopped at once, from anywhere; the answers stay for their day, so that one may go on."""
    slots = {"screen": "menu", "place": "menu", "taken": turn.number, "heard": None, "consent": None}
    return say("stopped").then(Reply(slots=slots, leave_form=turn.loop is not None))


def erase_sure(_turn: Turn, _known: Knowledge) -> Reply:
    """Asked once, and without a word against it."""
    return say("erase_sure").then(Reply(slots={"screen": "erase_sure"}))


def erase(turn: Turn, _known: Knowledge) -> Reply:
    """Everything goes; the gateway does it once this has been said."""
    slots = {**without_answers(keep_language=False), "screen": None, "place": None}
    return say("erased").then(Reply(slots=slots, effects=({"effect": "erase"},), leave_form=turn.loop is not None))


def same_person(_turn: Turn, _known: Knowledge) -> Reply:
    """After a silence, before any old answer is shown: the phone may be in other hands."""
    return say("same_person").then(Reply(slots={"screen": "same_person"}))


def same_person_no(turn: Turn, _known: Knowledge) -> Reply:
    """Somebody else: the old answers are forgotten at once, and the talk begins anew."""
    slots = {**without_answers(keep_language=False), "screen": None, "place": None, "taken": turn.number}
    return Reply(slots=slots, follow="action_notice", leave_form=turn.loop is not None)
