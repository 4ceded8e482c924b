"""Step 4: the checklist. It hears the answer to the question asked, and asks the engine's next one."""

from __future__ import annotations

from typing import Any

from actions.cards import cards_for
from actions.country_list import country_buttons
from actions.form_step import hear_then_ask
from actions.knowledge import Knowledge
from actions.turn import ASKED, QUESTION_IDS, Reply, Turn, say
from actions.typed import COUNTRY_QUESTIONS, read_typed
from bot.eligibility.answers import AnswerError, check_answers
from bot.eligibility.questions import DECLINED, UNSURE
from bot.speech import Button, Say, Tap, answer

HEARD = "heard"
FIXING = "fixing"  # the answer that the person wants to change: its question, and what it was
CLEAR = 0.8  # the least confidence of a typed yes that confirms a reading; the read-back still follows
UNSAID = {"not_sure": UNSURE, "prefer_not_to_say": DECLINED}


def hear_and_ask(turn: Turn, known: Knowledge) -> Reply:
    """The whole of the form: an empty reply means that the message was no answer, and rules take it."""
    return hear_then_ask(turn, known, hear, ask)


def hear(turn: Turn, known: Knowledge) -> Reply:
    """The slots that this message sets; none if it is no answer to what was asked."""
    asked = turn.asked
    if asked is None or not turn.for_question:
        return Reply()
    if turn.intent == "go_back":
        return step_back(turn)
    if "page" in turn.entities:
        return Reply(slots={"page": int(turn.entities["page"])})
    return confirm(turn, known) if asked == HEARD else hear_value(turn, asked, known)


def hear_value(turn: Turn, asked: str, known: Knowledge) -> Reply:
    """An answer tapped, left open, or typed; a typed one waits to be confirmed."""
    if turn.intent in UNSAID:
        return take(turn, asked, UNSAID[turn.intent], known)
    if "answer" in turn.entities:
        return tapped(turn, asked, turn.entities["answer"], known)
    # A yes or no that was tapped is what an unclear message turned out to mean: read like a typed one.
    values = read_typed(turn, asked, known) if turn.text or turn.intent in {"affirm", "deny"} else []
    return Reply(slots={HEARD: {"question": asked, "values": values}}) if values else Reply()


def tapped(turn: Turn, question: str, value: str, known: Knowledge) -> Reply:
    """A button of this question. One that was named by typing is read back first."""
    try:
        check_answers(known.programme.places.countries, {question: value})
    except AnswerError:
        return Reply()
    if turn.entities.get("typed"):
        return Reply(slots={HEARD: {"question": question, "values": [value]}})
    return take(turn, question, value, known)


def confirm(turn: Turn, known: Knowledge) -> Reply:
    """The answer to "I read: … Is that right?", or the choice among several readings."""
    heard = turn.slots[HEARD]
    if turn.intent == "deny":
        return Reply(slots={HEARD: None})
    if turn.intent == "affirm" and turn.confidence >= CLEAR and len(heard["values"]) == 1:
        return take(turn, heard["question"], heard["values"][0], known)
    if turn.entities.get("answer") in heard["values"]:
        return take(turn, heard["question"], turn.entities["answer"], known)
    return Reply()


def take(turn: Turn, question: str, value: str, known: Knowledge) -> Reply:
    """An answer taken, with the protection card it calls for, once."""
    trail = [q for q in turn.slots.get("trail") or () if q != question]
    slots = {question: value, "trail": [*trail, question], HEARD: None, "page": None, FIXING: None}
    return Reply(slots=slots).then(cards_for(turn.having(**slots), known, question))


def step_back(turn: Turn) -> Reply:
    """The last answer taken back, so that its question comes again."""
    if turn.slots.get(HEARD):
        return Reply(slots={HEARD: None})
    fixing = turn.slots.get(FIXING)
    if fixing:  # left as it was
        kept = [*(turn.slots.get("trail") or ()), fixing["question"]]
        return Reply(slots={fixing["question"]: fixing["was"], "trail": kept, FIXING: None, "page": None})
    trail = list(turn.slots.get("trail") or ())
    if not trail:
        return say("first_question").then(Reply(slots={"trail": []}))
    return Reply(slots={trail[-1]: None, "trail": trail[:-1], "page": None})


def ask(turn: Turn, known: Knowledge) -> Reply:
    """The next thing to ask: a reading to confirm, else the engine's next question, else nothing."""
    heard = turn.slots.get(HEARD)
    if heard:
        return ask_heard(heard["question"], heard["values"])
    question = (turn.slots.get(FIXING) or {}).get("question") or turn.verdict(known).next
    slots: dict[str, Any] = {ASKED: question, "screen": None, "trail": turn.slots.get("trail") or []}
    if question is None:
        return Reply(slots=slots)
    buttons = country_buttons(turn, known, question) if question in COUNTRY_QUESTIONS else ()
    return Reply(say=(Say(f"ask_{question}", {}, buttons),), slots=slots)


def ask_heard(question: str, values: list[str]) -> Reply:
    """A typed answer read back; with several readings, all of them as buttons."""
    slots = {ASKED: HEARD, "screen": None}
    if len(values) == 1:
        return Reply(say=(Say("ask_heard", {"answer": answer(question, values[0])}),), slots=slots)
    buttons = tuple(Button(answer(question, v), Tap("inform", {"answer": v})) for v in values)
    return Reply(say=(Say("ask_heard_which", {}, buttons),), slots=slots)


def without_answers(keep_language: bool = True) -> dict[str, Any]:
    """The slots that forget every answer and all that was drawn from them."""
    forgotten = dict.fromkeys((*QUESTION_IDS, "mixed_status", "trail", HEARD, FIXING, "cards", "page", "misses"))
    forgotten |= dict.fromkeys(("who", "adults", "children", "needs", "needs_done", "office", "consent", "near"))
    forgotten |= dict.fromkeys(("contact_way", "contact_number", "contact_time", "contact_name", "office_text"))
    forgotten |= {"returned": None}
    agreed = {"noticed": False, "keep_unclear": None, "unclear_words": None}
    return forgotten if keep_language else {**forgotten, **agreed}
