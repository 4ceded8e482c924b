"""Step 4: whether messages that are not understood may be kept, to learn from them. Asked once, no button is a no.

The yes is a slot of the state that the turn carries: it goes with the conversation, when the person leaves or
erases, falls silent or hands the phone on, and no row about the person says that something was kept. A message is
stripped here, in the turn: as it was written it is neither carried on nor handed to whoever stores it.
"""

from __future__ import annotations

from actions.knowledge import Knowledge
from actions.language_offer import language_of
from actions.turn import Answering, Reply, Turn, say
from bot.language.stripping import strip

ASKED, YES, NO = "asked", "yes", "no"
# Where something else is being agreed to, or nothing may come between. A form not listed is for other eyes or for
# a name and a number.
NEVER_OVER = frozenset({"danger", "notice", "same_person", "erase_sure", "withdraw_sure", "start_over_sure"})
LOOPS = frozenset({None, "assessment_form"})


def with_keeping(answering: Answering) -> Answering:
    """An answer to a misunderstood message, and after it, once and where it is welcome, that question."""

    def answered_and_kept(turn: Turn, known: Knowledge) -> Reply:
        reply = answering(turn, known)
        return reply.then(keep_or_ask(turn, known, may_ask=reply.follow is None))

    return answered_and_kept


def keep_or_ask(turn: Turn, known: Knowledge, *, may_ask: bool) -> Reply:
    """The message kept, if the person agreed; else the question, if it was not put yet and the turn ends here."""
    said = turn.slots.get("keep_unclear")
    if said not in {None, YES} or not is_welcome(turn):
        return Reply()
    words = stripped(turn, known)
    if words is None:
        return Reply()
    if said == YES:
        return kept(words)
    if not may_ask or language_of(turn, known) is not None:  # one offer at a time
        return Reply()
    return say("keep_unclear").then(Reply(slots={"keep_unclear": ASKED, "unclear_words": words}))


def answered(turn: Turn, _known: Knowledge) -> Reply:
    """A button of that question: yes keeps the message after which it was put, and later ones."""
    words = turn.slots.get("unclear_words") or ""
    agreed = turn.entities.get("keep_unclear") == YES and bool(words) and is_welcome(turn)
    slots = {"keep_unclear": YES if agreed else NO, "unclear_words": None, "taken": turn.number}
    reply = say(f"keep_unclear_{slots['keep_unclear']}").then(Reply(slots=slots, follow="action_resume"))
    return reply.then(kept(words)) if agreed else reply


def is_welcome(turn: Turn) -> bool:
    """Whether this person may be asked here: switched on, an adult, in no need of protection or of privacy."""
    slots = turn.slots
    private = slots.get("contact_way") == "text" or slots.get("contact_name") == "do_not_say_iom"
    agreeing = slots.get("screen") in NEVER_OVER or (turn.facts.get("referral") or {}).get("border")
    return (
        bool(turn.facts.get("keep_unclear") and slots.get("noticed"))
        and slots.get("age") == "adult"  # of nobody else is it known that they are no child
        and not slots.get("cards")
        and not private
        and not agreeing
        and turn.loop in LOOPS
    )


def stripped(turn: Turn, known: Knowledge) -> str | None:
    """What may be kept of the message: None if it was no words, or too few of them are left."""
    language = turn.facts.get("language") or ""
    vocabulary = known.vocabulary.get(language) or known.vocabulary.get(language.split("_")[0])
    if not turn.text or not vocabulary:
        return None
    return strip(turn.text, vocabulary, known.countries, known.cities)


def kept(words: str) -> Reply:
    """The gateway is asked to keep these words, which are stripped."""
    return Reply(effects=({"effect": "keep_unclear", "text": words},))
