"""Step 4: where a conversation is, and the way back to it after an aside or a step too far."""

from __future__ import annotations

from actions import cards, checking, opening, referral
from actions.knowledge import Knowledge
from actions.turn import CHECKLIST, Answering, Reply, Turn, say

# The screens that are places to come back to. All others lie over one of these, or over a form.
PLACES: dict[str, Answering] = {
    "notice": opening.notice,
    CHECKLIST: lambda _turn, _known: Reply(follow="assessment_form"),
    "menu": opening.menu,
    "read_back": checking.read_back,
    "asylum_notice": checking.asylum_notice,
    "verdict": checking.verdict,
    "sent": referral.sent,
}
# What ends the danger screen. Nothing else goes on with the questions by itself (protection rule 15).
OUT_OF_DANGER = ("repeat_question", "go_back")
# One step back from each screen.
BEFORE = {"asylum_notice": "read_back", "verdict": "read_back", "group": "read_back"}


def resume(turn: Turn, known: Knowledge) -> Reply:
    """The question or screen that the person was at, said again."""
    if turn.slots.get("screen") == "danger" and turn.intent not in OUT_OF_DANGER:
        return cards.danger(turn, known)
    taken = Reply(slots={"taken": turn.number, "screen": None, "returned": None})
    if not turn.facts["language"] and not turn.effects_language:
        return taken.then(opening.choose_language(turn, known))
    if turn.loop:
        return Reply(slots=taken.slots, follow=turn.loop)
    if not turn.slots.get("noticed"):
        return taken.then(opening.notice(turn, known))
    place = turn.slots.get("place") or "menu"
    return taken.then(PLACES.get(place, opening.menu)(turn, known))


def back(turn: Turn, known: Knowledge) -> Reply:
    """Back, outside a question: to the screen before; from the read-back to the last question."""
    screen = turn.slots.get("screen")
    if screen in BEFORE:
        return PLACES[BEFORE[screen]](turn, known)
    trail = list(turn.slots.get("trail") or ())
    if screen == "read_back" and trail and not turn.loop:
        slots = {trail[-1]: None, "trail": trail[:-1], "screen": None, "taken": turn.number}
        return Reply(slots=slots, follow="assessment_form")
    return resume(turn, known)


def explain(turn: Turn, known: Knowledge) -> Reply:
    """Why a question is asked; then the question again."""
    asked = turn.asked or ""
    name = f"explain_{asked}" if f"explain_{asked}" in known.responses else "nothing_to_explain"
    again = Reply(slots={"taken": turn.number}, follow="action_resume")
    return (say(name) if asked else Reply()).then(again)


def not_text(turn: Turn, _known: Knowledge) -> Reply:
    """A photo, a voice message, a file, a place: refused kindly, not kept; then where we were."""
    name = "place_not_needed" if "latitude" in turn.entities else "not_text"
    return say(name).then(Reply(slots={"taken": turn.number}, follow="action_resume"))


def aside(name: str) -> Answering:
    """An answer to a word said in passing, then where we were."""

    def answering(turn: Turn, _known: Knowledge) -> Reply:
        return say(name).then(Reply(slots={"taken": turn.number}, follow="action_resume"))

    return answering
