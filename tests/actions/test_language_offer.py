from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from scenes import ABOUT_THEM, KNOWN, asked, said, tapped, taps, told, typed

from actions.assessment_form import hear_and_ask
from actions.language_offer import with_offer
from actions.opening import set_language
from actions.screens import resume
from actions.turn import Reply, Turn
from bot.language.languages import load_languages
from bot.language.tongue import Tongues
from bot.settings import ROOT


class Sure:
    """A model that takes everything for English."""

    def rank(self, _text: str) -> list[tuple[str, float]]:
        return [("en", 1.0), ("fa", 0.0)]


OFFERING = replace(KNOWN, tongues=Tongues(Sure(), load_languages(ROOT / "locales" / "languages.yml")))
RESUME = with_offer("action_resume", resume)


def persian(intent: str, text: str, slots: Mapping[str, Any] | None = None) -> Turn:
    """Words typed by somebody who chose Persian."""
    return told(typed(intent, text, {**ABOUT_THEM, **(slots or {})}), language="fa")


def test_the_offer_stands_before_the_answer_with_a_button_for_each_way() -> None:
    reply = RESUME(persian("faq", "how much money will i get"), OFFERING)
    assert said(reply) == ["language_offer", "menu"]
    offer = reply.say[0]
    assert offer.variables["language"] == {"kind": "language", "value": "en"}
    assert offer.variables["again"] == {"kind": "in", "value": ["en", "language_offer_again"]}
    assert [button.tap.as_json() for button in offer.buttons] == [
        {"intent": "change_language", "entities": {"language": "en"}}
    ]
    assert reply.slots["languages_offered"] == ["en"]


def test_it_is_offered_once_until_a_language_is_chosen() -> None:
    again = persian("faq", "how much money will i get", {"languages_offered": ["en"]})
    assert "language_offer" not in said(RESUME(again, OFFERING))
    chosen = set_language(told(tapped("change_language", language="en"), language="fa"), OFFERING)
    assert chosen.slots["languages_offered"] is None


@pytest.mark.parametrize("text", ["how much", "چقدر پول به من میدهید", "", "12 34 56"])
def test_a_few_words_or_the_chosen_language_bring_no_offer(text: str) -> None:
    assert "language_offer" not in said(RESUME(persian("faq", text), OFFERING))


@pytest.mark.parametrize("intent", ["danger", "stop", "erase_data", "goodbye", "change_language"])
def test_nothing_comes_before_what_is_urgent_or_last(intent: str) -> None:
    assert "language_offer" not in said(RESUME(persian(intent, "they will beat me now"), OFFERING))


def test_no_offer_over_the_danger_screen_or_where_any_language_is_welcome() -> None:
    text = "how much money will i get"
    for turn in (
        persian("inform", text, {"screen": "danger"}),
        replace(persian("inform", text), loop="reply_form"),
        asked(persian("inform", text), "contact_number", "referral_form"),
        asked(persian("inform", text), "consent", "referral_form"),
    ):
        assert "language_offer" not in said(with_offer("any", resume)(turn, OFFERING))


def test_no_offer_without_a_language_or_of_one_that_is_not_served() -> None:
    text = "how much money will i get"
    arriving = told(typed("inform", text, ABOUT_THEM), language=None)
    only_persian = told(persian("inform", text), languages=["fa"])
    for turn in (arriving, only_persian):
        assert "language_offer" not in said(RESUME(turn, OFFERING))


def test_a_message_that_a_form_leaves_to_the_rules_stays_untouched() -> None:
    form = with_offer("validate_assessment_form", hear_and_ask)
    turn = asked(persian("faq", "how much money will i get"), "age")
    assert form(turn, OFFERING) == Reply()
    assert said(form(asked(persian("affirm", "yes that is right"), "fear_of_return"), OFFERING)) == [
        "language_offer",
        "ask_heard",
    ]


def test_a_tap_brings_no_offer() -> None:
    turn = told(tapped("repeat_question", ABOUT_THEM), language="fa")
    assert said(RESUME(turn, OFFERING)) == ["menu"]
    assert taps(RESUME(turn, OFFERING)) == []
