"""Step 4: after the checklist: read-back, the notice everyone reads, the verdict card, changing one answer."""

from __future__ import annotations

from typing import Any

from actions.assessment_form import FIXING, HEARD, without_answers
from actions.cards import cards_for
from actions.knowledge import Knowledge
from actions.turn import CHECKLIST, Reply, Turn, say
from bot.eligibility.criteria import Criterion
from bot.eligibility.verdict import Verdict
from bot.speech import Button, Say, Tap, Worded, answer, criterion, lines, nested, question

LIKELY, OTHER_HELP = "LIKELY", "OTHER_HELP"


def answer_lines(turn: Turn) -> list[Worded]:
    """Every answer given, one a line, and whether more people apply."""
    listed = [nested("answer_line", question=question(q), answer=answer(q, v)) for q, v in turn.answers.items()]
    if turn.slots.get("who") == "family":
        listed.append(nested("with_others_differ" if turn.slots.get("mixed_status") else "with_others_same"))
    return listed


def read_back(turn: Turn, known: Knowledge) -> Reply:
    """All answers, to be confirmed before any verdict."""
    if turn.verdict(known).next:  # an answer was taken back meanwhile
        return Reply(follow="assessment_form", slots={"taken": turn.number})
    said = say("read_back", answers=lines(answer_lines(turn)))
    return said.then(Reply(slots={"screen": "read_back", "place": "read_back"}))


def group(_turn: Turn, _known: Knowledge) -> Reply:
    """More people apply together: is their situation the same?"""
    return say("group").then(Reply(slots={"screen": "group"}))


def group_same(turn: Turn, known: Knowledge) -> Reply:
    """They do, and it is the same for all."""
    return together(turn, known, differs=False)


def group_differs(turn: Turn, known: Knowledge) -> Reply:
    """They do, and it is not the same for all, or that is not known."""
    return together(turn, known, differs=True)


def together(turn: Turn, known: Knowledge, *, differs: bool) -> Reply:
    """Several people, noted; then the read-back again, or a question that matters now."""
    slots = {"who": "family", "mixed_status": differs}
    return Reply(slots=slots).then(read_back(turn.having(**slots), known))


def asylum_notice(_turn: Turn, _known: Knowledge) -> Reply:
    """What everyone reads before any verdict (protection rule 12)."""
    return say("asylum_notice").then(Reply(slots={"screen": "asylum_notice", "place": "asylum_notice"}))


def tell_fear(turn: Turn, known: Knowledge) -> Reply:
    """Having read the notice, the person says that they are afraid."""
    trail = [*(turn.slots.get("trail") or ())]
    slots = {"fear_of_return": "yes", "trail": trail if "fear_of_return" in trail else [*trail, "fear_of_return"]}
    now = turn.having(**slots)
    return Reply(slots=slots).then(cards_for(now, known, "fear_of_return")).then(verdict(now, known))


def verdict(turn: Turn, known: Knowledge) -> Reply:
    """The verdict card: each criterion that decided, its published words, the own answer, a button to fix it."""
    found = turn.verdict(known)
    slots = {"screen": "verdict", "place": "verdict"}
    if "child" in found.flags:
        return Reply(say=(Say("verdict_child", {}, fix_buttons(turn, found, known)),), slots=slots)
    variables = {"reasons": lines([reason_of(turn, known.programme.criteria[code]) for code in found.decided_by])}
    if found.outcome == OTHER_HELP:
        variables["next_step"] = lines([nested(f"next_{code}") for code in found.exclusions])
    name = f"verdict_{(found.outcome or 'COUNSELLOR').lower()}"
    return Reply(say=(Say(name, variables, fix_buttons(turn, found, known)),), slots=slots)


def reason_of(turn: Turn, decided: Criterion) -> Worded:
    """One criterion on the card: in a sentence, in the published words, and the answers it rests on."""
    own = [q for q in decided.questions if q in turn.answers]
    parts = {"reason": nested(f"reason_{decided.id}"), "words": criterion(decided.id)}
    if not own:
        return nested("verdict_reason_bare", **parts)
    listed = [nested("your_answer", question=question(q), answer=answer(q, turn.answers[q])) for q in own]
    return nested("verdict_reason", **parts, answers=lines(listed))


def fix_buttons(turn: Turn, found: Verdict, known: Knowledge) -> tuple[Button, ...]:
    """A button for each answer that decided, to fix exactly that one."""
    asked = [q for code in found.decided_by for q in known.programme.criteria[code].questions if q in turn.answers]
    return tuple(change_button(q) for q in dict.fromkeys(asked))


def change_button(question_id: str) -> Button:
    """The button that takes one answer back and asks for it again."""
    title = nested("button_change", question=question(question_id))
    return Button(title, Tap("change_answer", {"question": question_id}))


def change_answer(turn: Turn, _known: Knowledge) -> Reply:
    """One answer taken back, the others kept; without a name, the list of answers to choose from."""
    chosen = turn.entities.get("question")
    if chosen in turn.answers:
        trail = [q for q in turn.slots.get("trail") or () if q != chosen]
        slots: dict[str, Any] = {chosen: None, "trail": trail, HEARD: None, "page": None, "consent": None}
        slots[FIXING] = {"question": chosen, "was": turn.answers[chosen]}
        slots |= {"screen": None, "place": CHECKLIST, "taken": turn.number}
        leave = turn.loop not in {None, "assessment_form"}
        return Reply(slots=slots, follow="assessment_form", leave_form=leave)
    if not turn.answers:
        return say("change_nothing").then(Reply(follow="action_resume"))
    buttons = tuple(change_button(q) for q in turn.answers)
    return Reply(say=(Say("change_which", {}, buttons),), slots={"screen": "menu"})


def start_over_sure(turn: Turn, _known: Knowledge) -> Reply:
    """Asked before anything is forgotten, since a misread word must not cost the answers."""
    if not turn.answers:
        return Reply(follow="action_resume", slots={"taken": turn.number})
    return say("start_over_sure").then(Reply(slots={"screen": "start_over_sure"}))


def start_over(turn: Turn, known: Knowledge) -> Reply:
    """Every answer forgotten, and the first question again."""
    if not turn.certain:
        return start_over_sure(turn, known)
    slots = {**without_answers(), "screen": None, "place": CHECKLIST, "taken": turn.number}
    leave = turn.loop not in {None, "assessment_form"}
    return Reply(slots=slots, leave_form=leave, follow="assessment_form")
