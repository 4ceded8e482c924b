"""Step 4: the opening of a conversation: language, notice, menu, questions and answers."""

from __future__ import annotations

from actions.knowledge import Knowledge
from actions.turn import CHECKLIST, Reply, Turn, say
from bot.speech import Button, Say, Tap, in_language, language, lines, nested, text

FAQ_PAGE = 7  # with "More…" and two controls, what a list of ten rows holds


def choose_language(turn: Turn, _known: Knowledge) -> Reply:
    """The first screen of all, and the one for another language later."""
    buttons = tuple(
        Button(language(code), Tap("change_language", {"language": code})) for code in turn.facts["languages"]
    )
    if turn.facts["language"]:
        return Reply(say=(Say("choose_language_again", {}, buttons),), slots={"screen": "menu"})
    greetings = lines([in_language(code, "greeting") for code in turn.facts["languages"]])
    return Reply(say=(Say("choose_language", {"greetings": greetings}, buttons),))


def set_language(turn: Turn, known: Knowledge) -> Reply:
    """The language that was tapped; without one, the choice is shown."""
    chosen = turn.entities.get("language")
    if chosen not in turn.facts["languages"]:
        return choose_language(turn, known)
    return Reply(
        effects=({"effect": "language", "language": chosen},),
        slots={"taken": turn.number, "languages_offered": None},
        follow="action_resume",
    )


def notice(turn: Turn, _known: Knowledge) -> Reply:
    """Who this is and what is kept, before any question."""
    operator = turn.facts.get("operator")
    named = text(operator) if operator else nested("operator_demo")
    return say("notice", operator=named).then(Reply(slots={"screen": "notice", "place": "notice"}))


def menu(turn: Turn, _known: Knowledge) -> Reply:
    """Everything that can be done, one tap away."""
    place = turn.slots.get("place") if turn.slots.get("noticed") else "notice"
    return say("menu").then(Reply(slots={"screen": "menu", "place": place or "menu"}))


def begin(turn: Turn, known: Knowledge) -> Reply:
    """The notice was read and accepted: the checklist may start, or go on."""
    if not turn.slots.get("noticed") and turn.slots.get("screen") != "notice":
        return notice(turn, known)
    slots = {"noticed": True, "screen": None, "place": CHECKLIST, "taken": turn.number}
    return Reply(slots=slots, follow="assessment_form", leave_form=turn.loop not in {None, "assessment_form"})


def browse(turn: Turn, known: Knowledge) -> Reply:
    """The questions people ask, some at a time."""
    page = max(1, int(turn.entities.get("browse") or 1))
    ids = known.faq[(page - 1) * FAQ_PAGE : page * FAQ_PAGE]
    buttons = [Button(nested(f"label_faq/{faq}"), Tap(f"faq/{faq}")) for faq in ids]
    if page * FAQ_PAGE < len(known.faq):
        buttons.append(Button(nested("button_more"), Tap("inform", {"browse": str(page + 1)})))
    if turn.loop:
        buttons.append(Button(nested("button_go_on"), Tap("repeat_question")))
    return Reply(say=(Say("browse", {}, tuple(buttons)),), slots={"screen": "menu"})


def stay(_turn: Turn, _known: Knowledge) -> Reply:
    """Where advice about staying is to be had; as near as the way home."""
    return say("stay_advice").then(Reply(slots={"screen": "menu"}))
