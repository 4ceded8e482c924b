"""Step 4: a referral sent, asked about, written to, taken back. The gateway carries it out; here it is decided."""

from __future__ import annotations

import secrets

from actions.assessment_form import without_answers
from actions.cards import danger
from actions.consent import content_of
from actions.knowledge import Knowledge
from actions.office_choice import office_phone
from actions.opening import menu
from actions.turn import ASKED, Reply, Turn, say
from bot.crossing import QUESTION, YES, said_of
from bot.eligibility.office import Office
from bot.speech import code, office

# Letters and digits that cannot be taken for one another, read aloud or written by hand.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
ANSWER_DAYS = 3  # working days, where an office has set none
REPLY_LENGTH = 2000  # characters


def reference_code() -> str:
    """A new reference code such as K7PM-2QXD: random, 40 bits, by which nothing but the referral is found."""
    signs = [secrets.choice(LETTERS) for _ in range(8)]
    return "".join(signs[:4]) + "-" + "".join(signs[4:])


def contact(turn: Turn, known: Knowledge) -> Reply:
    """The person wants to be reached by a person: on to the referral, unless one is open already."""
    leave = turn.loop is not None
    if has_open_referral(turn):
        return sent(turn, known).then(Reply(leave_form=leave))
    slots = {"screen": None, "taken": turn.number, "consent": None, "noticed": True}
    return say("before_contact").then(Reply(slots=slots, follow="referral_form", leave_form=leave))


def send(turn: Turn, known: Knowledge) -> Reply:
    """The end of the referral form: sent after a clear yes, and forgotten here; or nothing sent."""
    chosen = turn.slots.get("office")
    if turn.slots.get("consent") == "later":
        return Reply(slots={"consent": None, "taken": turn.number}, follow="action_resume")
    if chosen == "none":
        said = say("no_office", phone=office_phone(known, known.offices.default.id))
        return said.then(Reply(slots={"office": None, "screen": "menu", "place": "menu"}))
    if turn.slots.get("consent") != "yes" or chosen is None:
        return say("not_sent").then(Reply(slots={"consent": None, "screen": "menu", "place": "menu"}))
    reference = reference_code()
    days = turn.facts["answer_days"].get(chosen, ANSWER_DAYS)
    said = say(
        "referral_sent",
        reference=code(reference),
        office=office(chosen),
        days=days,
        phone=office_phone(known, chosen),
    )
    effect = {"effect": "refer", "office": chosen, "reference": reference, "content": content_of(turn, known)}
    return said.then(Reply(slots={**without_answers(), "screen": "sent", "place": "sent"}, effects=(effect,)))


def has_open_referral(turn: Turn) -> bool:
    """Whether a request of this person is with an office now."""
    return bool((turn.facts.get("referral") or {}).get("open"))


def sent(turn: Turn, known: Knowledge) -> Reply:
    """The screen of somebody whose request is with an office; the menu, when it no longer is."""
    if not has_open_referral(turn):
        return menu(turn.having(place="menu"), known)
    referral = turn.facts["referral"]
    told = say("referral_open_already", reference=code(referral["reference"]), office=office(referral["office"]))
    return told.then(Reply(slots={"screen": "sent", "place": "sent"}))


def not_now(_turn: Turn, _known: Knowledge) -> Reply:
    """No hurry: nothing is sent, and the way stays open."""
    return say("not_now").then(Reply(slots={"screen": "menu", "place": "menu"}))


def status(turn: Turn, known: Knowledge) -> Reply:
    """Where the person's request stands; then where we were."""
    resume = Reply(follow="action_resume", slots={"taken": turn.number})
    referral = turn.facts.get("referral")
    if not referral:
        return say("status_none").then(resume)
    days = turn.facts["answer_days"].get(referral["office"], ANSWER_DAYS)
    told = say(
        f"status_{referral['status']}",
        reference=code(referral["reference"]),
        office=office(referral["office"]),
        days=days,
    )
    return told.then(border_question(turn, known)).then(resume)


def border_question(turn: Turn, known: Knowledge) -> Reply:
    """Whether the request may go to an office in another country, while that is asked; else nothing."""
    abroad = office_abroad(turn, known)
    return Reply() if abroad is None else Reply(say=(said_of(QUESTION, abroad),))


def office_abroad(turn: Turn, known: Knowledge) -> Office | None:
    """The office in another country that the person is asked about now."""
    return known.offices.by_id.get((turn.facts.get("referral") or {}).get("border") or "")


def border(turn: Turn, known: Knowledge) -> Reply:
    """Whether the request may go to another country: only its own button, or the words on it, are an answer."""
    abroad, answer = office_abroad(turn, known), turn.entities.get("border")
    if abroad is None:
        return say("border_over").then(status(turn, known))
    if not turn.certain or answer not in {"yes", "no"}:
        return border_question(turn, known)
    said = Reply(say=(said_of(YES, abroad),)) if answer == "yes" else say("border_no")
    effect = {"effect": "border", "office": abroad.id, "answer": answer}
    return said.then(Reply(follow="action_resume", slots={"taken": turn.number}, effects=(effect,)))


def old_button(turn: Turn, known: Knowledge) -> Reply:
    """A button of an earlier screen; it may have been that of a question which is still open."""
    resume = Reply(follow="action_resume", slots={"taken": turn.number})
    return say("old_button").then(border_question(turn, known)).then(resume)


def withdraw_sure(turn: Turn, known: Knowledge) -> Reply:
    """Asked once before a request is taken back."""
    if not has_open_referral(turn):
        return status(turn, known)
    return say("withdraw_sure", reference=code(turn.facts["referral"]["reference"])).then(
        Reply(slots={"screen": "withdraw_sure"})
    )


def withdraw(turn: Turn, known: Knowledge) -> Reply:
    """Taken back, at the person's word."""
    if not has_open_referral(turn) or not turn.certain:
        return withdraw_sure(turn, known)
    said = say("withdrawn", reference=code(turn.facts["referral"]["reference"]))
    slots = {"screen": "menu", "place": "menu", "taken": turn.number}
    return said.then(Reply(slots=slots, effects=({"effect": "withdraw"},), leave_form=turn.loop is not None))


def write(turn: Turn, known: Knowledge) -> Reply:
    """The person wants to write to the office that has their request."""
    if not has_open_referral(turn):
        return status(turn, known)
    slots = {"office_text": None, "screen": None, "taken": turn.number}
    return Reply(slots=slots, follow="reply_form", leave_form=turn.loop not in {None, "reply_form"})


def hear_reply(turn: Turn, known: Knowledge) -> Reply:
    """The reply form: any words are the message, but for a bare word that leaves."""
    asking = say("ask_office_text").then(Reply(slots={ASKED: "office_text", "screen": None}))
    if turn.used_up or not turn.asked:
        return asking
    if not turn.for_question:
        return Reply()
    if turn.intent == "go_back":
        return Reply(slots={ASKED: None, "office_text": None})
    bare_command = turn.certain and turn.intent in {"stop", "help_menu", "talk_to_person", "erase_data"}
    if not turn.text or bare_command:
        return Reply()
    # A cry for help goes to the office like any words, and brings the card too.
    card = Reply(say=danger(turn, known).say) if turn.intent == "danger" else Reply()
    return card.then(Reply(slots={"office_text": turn.text[:REPLY_LENGTH], ASKED: None}))


def send_reply(turn: Turn, known: Knowledge) -> Reply:
    """The message handed to the office; nothing, when the person went back; how it stands, if it was closed."""
    words = turn.slots.get("office_text")
    slots = {"office_text": None, "taken": turn.number}
    if not words:
        return Reply(slots=slots, follow="action_resume")
    if not has_open_referral(turn):
        return Reply(slots=slots).then(status(turn, known))
    said = say("reply_sent", office=office(turn.facts["referral"]["office"]))
    effect = {"effect": "write_to_office", "text": words}
    return said.then(Reply(slots={**slots, "screen": "sent", "place": "sent"}, effects=(effect,)))
