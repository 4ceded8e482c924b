from __future__ import annotations

from typing import Any

import pytest
from scenes import ABOUT_THEM, KNOWN, OPEN, asked, ranked, said, tapped, taps, told, typed

from actions import screens
from actions.unclear import not_understood, unclear


def at(place: str | None, **slots: Any) -> dict[str, Any]:
    return {**ABOUT_THEM, "place": place, **slots}


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("notice", "notice"),
        ("menu", "menu"),
        (None, "menu"),
        ("read_back", "read_back"),
        ("asylum_notice", "asylum_notice"),
        ("verdict", "verdict_likely"),
        ("a place of an older version", "menu"),
    ],
)
def test_an_aside_comes_back_to_the_place(place: str | None, name: str) -> None:
    assert said(screens.resume(tapped("thank", slots=at(place)), KNOWN)) == [name]


@pytest.mark.parametrize("loop", ["assessment_form", "referral_form", "reply_form"])
def test_an_aside_in_a_form_comes_back_to_its_question(loop: str) -> None:
    reply = screens.resume(asked(tapped("thank", slots=at("verdict")), "held", loop), KNOWN)
    assert (reply.say, reply.follow, reply.slots["taken"]) == ((), loop, 7)


def test_who_left_the_checklist_comes_back_to_it() -> None:
    assert screens.resume(tapped("go_back", slots=at("checklist")), KNOWN).follow == "assessment_form"


def test_a_request_that_is_with_an_office_is_where_one_is() -> None:
    turn = told(tapped("thank", slots=at("sent")), referral=OPEN)
    assert said(screens.resume(turn, KNOWN)) == ["referral_open_already"]
    assert said(screens.resume(tapped("thank", slots=at("sent")), KNOWN)) == ["menu"]


def test_without_a_language_that_comes_first_and_without_the_notice_that() -> None:
    assert said(screens.resume(told(tapped("greet"), language=None), KNOWN)) == ["choose_language"]
    assert said(screens.resume(tapped("greet", slots={"noticed": False}), KNOWN)) == ["notice"]
    chosen = told(tapped("change_language"), language=None).having(
        effects=[{"effect": "language", "language": "fa"}], noticed=False
    )
    assert said(screens.resume(chosen, KNOWN)) == ["notice"]


@pytest.mark.parametrize(
    ("screen", "name"), [("verdict", "read_back"), ("asylum_notice", "read_back"), ("group", "read_back")]
)
def test_one_step_back(screen: str, name: str) -> None:
    assert said(screens.back(tapped("go_back", slots=at("verdict", screen=screen)), KNOWN)) == [name]


def test_back_from_the_read_back_asks_the_last_question_again() -> None:
    reply = screens.back(tapped("go_back", slots=at("read_back", screen="read_back")), KNOWN)
    assert (reply.follow, reply.slots["private_talk"]) == ("assessment_form", None)


@pytest.mark.parametrize("question", ABOUT_THEM["trail"])
def test_why_each_question_is_asked(question: str) -> None:
    reply = screens.explain(asked(tapped("explain_question"), question), KNOWN)
    assert (said(reply), reply.follow) == ([f"explain_{question}"], "action_resume")


def test_what_is_no_text_is_refused_and_the_question_comes_again() -> None:
    photo = screens.not_text(asked(tapped(not_text="photo"), "held"), KNOWN)
    place = screens.not_text(asked(tapped(latitude="13.7", longitude="100.5"), "held"), KNOWN)
    assert (said(photo), said(place)) == (["not_text"], ["place_not_needed"])
    assert photo.follow == place.follow == "action_resume"
    assert set(place.slots) == {"taken"}


def missed(count: int, **slots: Any) -> dict[str, Any]:
    return {**ABOUT_THEM, "place": "read_back", "misses": {"turn": 6, "count": count}, **slots}


GUESSES = ("deny", "faq/cost", "out_of_scope", "stop", "faq/scam", "greet")


def test_the_first_miss_offers_the_best_readings() -> None:
    over = asked(typed("nlu_fallback", "asdf", missed(0)), "held")
    reply = unclear(ranked(over, *GUESSES), KNOWN)
    assert said(reply) == ["unclear"]
    assert [tap["intent"] for tap in taps(reply)] == ["deny", "faq/cost", "stop", "repeat_question"]
    assert "screen" not in reply.slots, "the question stays open"


def test_outside_a_question_no_bare_yes_or_no_is_offered() -> None:
    reply = unclear(ranked(typed("nlu_fallback", "asdf", missed(0, screen="read_back")), *GUESSES), KNOWN)
    assert [tap["intent"] for tap in taps(reply)] == ["faq/cost", "stop", "faq/scam", "repeat_question"]
    assert reply.slots["screen"] == "unclear"


def test_a_reading_can_always_be_named() -> None:
    assert {f"label_{name}" for name in GUESSES} <= KNOWN.responses
    assert {f"label_faq/{faq}" for faq in KNOWN.faq} <= KNOWN.responses


@pytest.mark.parametrize("hearing", [unclear, not_understood])
def test_the_second_miss_shows_the_menu_and_the_third_offers_a_person(hearing: Any) -> None:
    second = hearing(ranked(typed("nlu_fallback", "asdf", missed(1)), *GUESSES), KNOWN)
    third = hearing(ranked(typed("nlu_fallback", "asdf", missed(2)), *GUESSES), KNOWN)
    assert said(second) == ["unclear_menu", "menu"]
    assert said(third) == ["unclear_person"]
    assert third.slots["misses"] == {"turn": 7, "count": 3}


def test_misses_are_counted_only_in_a_row() -> None:
    earlier = missed(2, misses={"turn": 4, "count": 2})
    assert said(unclear(ranked(typed("nlu_fallback", "asdf", earlier), *GUESSES), KNOWN)) == ["unclear"]


def test_without_a_reading_worth_offering_the_menu_comes() -> None:
    assert said(unclear(ranked(typed("nlu_fallback", "🙂", missed(0)), "greet"), KNOWN)) == [
        "unclear_menu",
        "menu",
    ]
