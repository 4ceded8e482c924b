"""Step 4: messages that are not understood: three readings, then the menu, then a person. Never a dead end."""

from __future__ import annotations

from actions.cards import danger
from actions.knowledge import Knowledge
from actions.opening import menu
from actions.turn import Reply, Turn, say
from bot.speech import Button, Say, Tap, nested

READINGS = 3
# Readings that mean something only where a question is open.
TO_A_QUESTION = ("affirm", "deny", "not_sure", "prefer_not_to_say", "explain_question")
# Readings that would be no use as a button: they need the words themselves.
NOT_OFFERED = ("inform", "out_of_scope", "nlu_fallback", "greet", "thank", "goodbye")

# Questions to which a number is an answer, not the place of one on the screen.
ASKS_FOR_A_NUMBER = ("age", "adults", "children", "contact_number")


def unclear(turn: Turn, known: Knowledge) -> Reply:
    """The model is not sure: its best readings as buttons; after two misses the menu, after three a person."""
    if turn.slots.get("screen") == "danger":
        return danger(turn, known)
    no_use = NOT_OFFERED if question_open(turn) else (*NOT_OFFERED, *TO_A_QUESTION)
    likely = [name for name in turn.ranking if name not in no_use][:READINGS]
    if misses(turn) == 1 and likely:
        buttons = tuple(Button(nested(f"label_{name}"), Tap(name)) for name in likely)
        go_on = Button(nested("button_go_on"), Tap("repeat_question"))
        # Over a question no screen is laid: the answer may be typed again, and a reading tapped counts as one.
        slots = {} if question_open(turn) else {"screen": "unclear"}
        said = Reply(say=(Say("unclear", {}, (*buttons, go_on)),), slots=slots)
        return said.then(counted(turn))
    return escalate(turn, known)


def not_understood(turn: Turn, known: Knowledge) -> Reply:
    """The message was read, but means nothing here: asked again, then the menu, then a person."""
    if turn.slots.get("screen") == "danger":
        return danger(turn, known)
    if misses(turn) == 1:
        again = Reply(follow="action_resume", slots={"taken": turn.number})
        place_named = "choice" in turn.entities and turn.asked not in ASKS_FOR_A_NUMBER
        return say("choice_not_there" if place_named else "typed_not_clear").then(again).then(counted(turn))
    return escalate(turn, known)


def question_open(turn: Turn) -> bool:
    """Whether the screen is a question of a form, and no other lies over it."""
    return turn.loop is not None and not turn.slots.get("screen")


def escalate(turn: Turn, known: Knowledge) -> Reply:
    """The second miss shows the menu, the third offers a person."""
    if misses(turn) <= 2:
        return say("unclear_menu").then(menu(turn, known)).then(counted(turn))
    return say("unclear_person").then(Reply(slots={"screen": "unclear"})).then(counted(turn))


def misses(turn: Turn) -> int:
    """How many messages in a row were not understood, this one included."""
    before = turn.slots.get("misses") or {"turn": 0, "count": 0}
    return int(before["count"]) + 1 if before["turn"] == turn.number - 1 else 1


def counted(turn: Turn) -> Reply:
    """The count, kept for the next message."""
    return Reply(slots={"misses": {"turn": turn.number, "count": misses(turn)}})
