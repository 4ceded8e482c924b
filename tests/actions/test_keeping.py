"""Step 4, checked: misunderstood messages are kept only where an adult in no need was asked, and said yes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from scenes import ABOUT_THEM, KNOWN, asked, ranked, said, tapped, told, typed

from actions.assessment_form import without_answers
from actions.keeping import answered, with_keeping
from actions.knowledge import Knowledge
from actions.registry import ACTIONS
from actions.turn import Reply, Turn
from actions.unclear import not_understood, unclear
from bot.language.languages import load_languages
from bot.language.tongue import Tongues
from bot.settings import ROOT
from bot.workshop.rehearsal import Heard, Standing
from bot.workshop.stage import load_rehearsal

KEEPING = replace(KNOWN, vocabulary={"en": frozenset({"my", "name", "is", "i", "want", "to", "go", "home"})})
TEXT = "my name is Rahim Uddin 01712345678 from Thailand i want homr"
LEFT = "my name is <word> <word> # <word> <place> i want <word>"
UNCLEAR, NOT_UNDERSTOOD = with_keeping(unclear), with_keeping(not_understood)
EFFECT = {"effect": "keep_unclear", "text": LEFT}


def unread(text: str = TEXT, slots: Mapping[str, Any] | None = None, *, on: bool = True) -> Turn:
    """Words that the model is not sure of, of an adult who has answered all questions plainly."""
    heard = ranked(typed("nlu_fallback", text, {**ABOUT_THEM, **(slots or {})}), "start_over", "stop")
    return told(heard, keep_unclear=on)


def pressed(answer: str, slots: Mapping[str, Any]) -> Turn:
    return told(tapped("inform", {**ABOUT_THEM, **slots}, keep_unclear=answer), keep_unclear=True)


def test_it_is_asked_after_the_usual_answer() -> None:
    reply = UNCLEAR(unread(), KEEPING)
    assert said(reply) == ["unclear", "keep_unclear"]
    assert reply.effects == ()
    assert reply.slots["screen"] == "unclear"
    assert reply.slots["keep_unclear"] == "asked"
    assert reply.slots["unclear_words"] == LEFT


@pytest.mark.parametrize("misses", [1, 2])
def test_it_is_asked_after_the_menu_and_after_the_offer_of_a_person_too(misses: int) -> None:
    before = {"misses": {"turn": 6, "count": misses}}
    assert said(UNCLEAR(unread(slots=before), KEEPING))[-1] == "keep_unclear"


@pytest.mark.parametrize("state", ["asked", "yes", "no"])
def test_it_is_asked_once(state: str) -> None:
    assert said(UNCLEAR(unread(slots={"keep_unclear": state}), KEEPING)) == ["unclear"]


@pytest.mark.parametrize("slots", [{}, {"keep_unclear": "yes"}])
def test_where_it_is_not_switched_on_nothing_is_asked_or_kept(slots: Mapping[str, Any]) -> None:
    plain = unclear(unread(slots=slots), KEEPING)
    assert UNCLEAR(unread(slots=slots, on=False), KEEPING) == plain
    assert (
        UNCLEAR(ranked(typed("nlu_fallback", TEXT, {**ABOUT_THEM, **slots}), "start_over", "stop"), KEEPING)
        == plain
    )


def test_without_a_vocabulary_nothing_is_asked_or_kept() -> None:
    assert said(UNCLEAR(unread(), KNOWN)) == ["unclear"]
    assert UNCLEAR(unread(slots={"keep_unclear": "yes"}), KNOWN).effects == ()


def test_yes_keeps_this_message_and_later_ones_stripped() -> None:
    first = UNCLEAR(unread(), KEEPING)
    yes = answered(pressed("yes", first.slots), KEEPING)
    assert (said(yes), yes.follow) == (["keep_unclear_yes"], "action_resume")
    assert yes.effects == (EFFECT,)
    assert (yes.slots["keep_unclear"], yes.slots["unclear_words"]) == ("yes", None)
    later = UNCLEAR(unread("i want Malaysia go home karim@mail.com", {"keep_unclear": "yes"}), KEEPING)
    assert later.effects == ({"effect": "keep_unclear", "text": "i want <place> go home <link>"},)
    for reply in (first, yes, later):
        carried = repr((reply.slots, reply.effects, [one.as_json() for one in reply.say]))
        assert not [
            word for word in ("Rahim", "Uddin", "0171", "Thailand", "karim", "Malaysia") if word in carried
        ]


def test_no_keeps_nothing_then_or_later() -> None:
    first = UNCLEAR(unread(), KEEPING)
    no = answered(pressed("no", first.slots), KEEPING)
    assert (said(no), no.effects) == (["keep_unclear_no"], ())
    assert (no.slots["keep_unclear"], no.slots["unclear_words"]) == ("no", None)
    assert UNCLEAR(unread(slots=no.slots), KEEPING).effects == ()


def test_no_button_is_a_no() -> None:
    asked_before = UNCLEAR(unread(), KEEPING).slots
    assert UNCLEAR(unread(slots=asked_before), KEEPING).effects == ()


def test_a_yes_to_nothing_keeps_nothing() -> None:
    reply = answered(pressed("yes", {}), KEEPING)
    assert (said(reply), reply.effects) == (["keep_unclear_no"], ())


@pytest.mark.parametrize(
    "slots",
    [
        {"noticed": False},
        *({"age": age} for age in (None, "unsure", "declined", "minor_with_both_parents", "minor_without_parent")),
        *({"cards": [card]} for card in ("card_private_talk", "card_child", "card_held", "card_safe_to_talk")),
        {"contact_way": "text"},
        {"contact_name": "do_not_say_iom"},
        *({"screen": screen} for screen in ("danger", "notice", "same_person", "erase_sure", "withdraw_sure")),
    ],
)
def test_it_is_never_asked_or_kept_where_something_else_matters_more(slots: Mapping[str, Any]) -> None:
    assert "keep_unclear" not in said(UNCLEAR(unread(slots=slots), KEEPING))
    assert UNCLEAR(unread(slots={**slots, "keep_unclear": "yes"}), KEEPING).effects == ()
    waiting = {"keep_unclear": "asked", "unclear_words": LEFT}
    assert answered(pressed("yes", {**waiting, **slots}), KEEPING).effects == ()


def test_it_is_not_asked_while_a_move_over_a_border_waits_for_an_answer() -> None:
    waits = {"reference": "K7PM-2QXD", "status": "new", "office": "TH-BKK", "open": True, "border": "MY-KUL"}
    assert said(UNCLEAR(told(unread(), referral=waits), KEEPING)) == ["unclear"]
    assert said(UNCLEAR(told(unread(), referral={**waits, "border": None}), KEEPING))[-1] == "keep_unclear"


@pytest.mark.parametrize(("loop", "question"), [("referral_form", "consent"), ("reply_form", "office_text")])
def test_in_what_is_meant_for_the_office_nothing_is_asked_or_kept(loop: str, question: str) -> None:
    assert "keep_unclear" not in said(UNCLEAR(asked(unread(), question, loop), KEEPING))
    assert UNCLEAR(asked(unread(slots={"keep_unclear": "yes"}), question, loop), KEEPING).effects == ()


def test_where_a_question_follows_it_is_not_asked_but_kept_after_a_yes() -> None:
    read_as = told(typed("inform", TEXT, ABOUT_THEM), keep_unclear=True)
    assert said(NOT_UNDERSTOOD(asked(read_as, "held"), KEEPING)) == ["typed_not_clear"]
    agreed = NOT_UNDERSTOOD(asked(read_as.having(keep_unclear="yes"), "held"), KEEPING)
    assert (agreed.effects, agreed.follow) == ((EFFECT,), "action_resume")


@pytest.mark.parametrize("text", ["", "Rahim", "home", "0171 234", "🙂"])
def test_where_nothing_would_be_left_it_is_not_asked(text: str) -> None:
    assert said(UNCLEAR(unread(text), KEEPING)) == ["unclear"]
    assert UNCLEAR(unread(text, {"keep_unclear": "yes"}), KEEPING).effects == ()


class Sure:
    """A model that takes everything for Persian."""

    def rank(self, _text: str) -> list[tuple[str, float]]:
        return [("fa", 1.0)]


def test_only_one_offer_is_made_at_a_time() -> None:
    tongues = Tongues(Sure(), load_languages(ROOT / "locales" / "languages.yml"))
    persian = "می‌خواهم به خانه برگردم"
    learned = {"en": frozenset(persian.replace("\u200c", "").split())}
    known: Knowledge = replace(KEEPING, vocabulary=learned, tongues=tongues)
    assert said(UNCLEAR(unread(persian), known)) == ["unclear"]
    assert said(UNCLEAR(unread(persian), replace(known, tongues=None))) == ["unclear", "keep_unclear"]


def test_a_variety_has_its_language_s_words() -> None:
    turn = unread()
    turn = told(turn, language="en_XA")
    assert said(UNCLEAR(turn, KEEPING))[-1] == "keep_unclear"


def test_erasing_and_somebody_else_take_the_yes_back_and_a_new_start_does_not() -> None:
    assert without_answers(keep_language=False).items() >= {("keep_unclear", None), ("unclear_words", None)}
    assert "keep_unclear" not in without_answers()
    other = ACTIONS["action_same_person_no"](unread(slots={"keep_unclear": "yes"}), KEEPING)
    assert other.slots["keep_unclear"] is None


def test_the_button_is_heard_by_its_own_rule_over_a_question_too() -> None:
    rehearsal = load_rehearsal(ROOT)
    slots = {**{k: v for k, v in ABOUT_THEM.items() if k != "held"}, "requested_slot": "held"}
    standing = Standing(slots=slots, loop="assessment_form", language="en")
    played = rehearsal.play(standing, Heard("inform", {"keep_unclear": "no"}))
    assert [one.name for one in played.says] == ["keep_unclear_no", "ask_held"]
    assert played.standing.slots["keep_unclear"] == "no"
    assert "held" not in played.standing.slots


def test_the_registry_asks_after_both_kinds_of_misunderstanding() -> None:
    for name in ("action_unclear", "action_not_understood"):
        before = {"misses": {"turn": 6, "count": 1}}
        assert said(ACTIONS[name](unread(slots=before), KEEPING))[-1] == "keep_unclear"
    assert ACTIONS["action_keep_unclear"](pressed("no", {}), KEEPING).follow == "action_resume"


def test_a_reply_without_keeping_is_the_same() -> None:
    plain = with_keeping(lambda _turn, _known: Reply())
    assert plain(tapped("inform"), KNOWN) == Reply()
