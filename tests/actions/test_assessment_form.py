from __future__ import annotations

import itertools

import pytest
from plain_answers import PLAIN
from scenes import ABOUT_THEM, KNOWN, asked, said, tapped, taps, typed

from actions.assessment_form import hear_and_ask, without_answers
from actions.turn import ASKED, Reply
from bot.eligibility.questions import QUESTIONS

QUESTION_IDS = [question.id for question in QUESTIONS]


def as_far_as(question: str) -> dict[str, object]:
    """The plain answers to what comes before `question`."""
    before = QUESTION_IDS[: QUESTION_IDS.index(question)]
    return {**{q: PLAIN[q] for q in before}, "trail": before}


def test_the_first_question_comes_first() -> None:
    reply = hear_and_ask(tapped("start_assessment"), KNOWN)
    assert said(reply) == ["ask_safe_to_talk"]
    assert reply.slots[ASKED] == "safe_to_talk"


@pytest.mark.parametrize("question", QUESTION_IDS)
def test_an_answer_is_taken_and_the_engine_s_next_question_follows(question: str) -> None:
    reply = hear_and_ask(asked(tapped(answer=PLAIN[question], slots=as_far_as(question)), question), KNOWN)
    assert reply.slots[question] == PLAIN[question]
    assert reply.slots["trail"][-1] == question
    following = dict(itertools.pairwise(QUESTION_IDS)).get(question)
    assert said(reply) == ([f"ask_{following}"] if following else [])
    assert reply.slots[ASKED] == following


@pytest.mark.parametrize(("intent", "value"), [("not_sure", "unsure"), ("prefer_not_to_say", "declined")])
@pytest.mark.parametrize("question", QUESTION_IDS)
def test_every_question_may_be_left_open(question: str, intent: str, value: str) -> None:
    reply = hear_and_ask(asked(tapped(intent, slots=as_far_as(question)), question), KNOWN)
    assert reply.slots[question] == value
    assert f"ask_{question}" not in said(reply)


@pytest.mark.parametrize("question", QUESTION_IDS[1:])
def test_back_takes_the_last_answer_back_and_no_other(question: str) -> None:
    slots = as_far_as(question)
    before = QUESTION_IDS[QUESTION_IDS.index(question) - 1]
    reply = hear_and_ask(asked(tapped("go_back", slots=slots), question), KNOWN)
    assert said(reply) == [f"ask_{before}"]
    assert {q for q in QUESTION_IDS if q in reply.slots} == {before}
    assert reply.slots[before] is None
    assert before not in reply.slots["trail"]


def test_back_at_the_first_question_says_that_it_is_the_first() -> None:
    reply = hear_and_ask(asked(tapped("go_back"), "safe_to_talk"), KNOWN)
    assert said(reply) == ["first_question", "ask_safe_to_talk"]


@pytest.mark.parametrize("value", ["minor_without_parent", "TH", "", "7", "unsure; drop"])
def test_a_value_of_another_question_is_no_answer(value: str) -> None:
    assert hear_and_ask(asked(tapped(answer=value), "free_choice"), KNOWN) == Reply()


@pytest.mark.parametrize("screen", ["erase_sure", "start_over_sure", "danger", "menu", "same_person", "group"])
@pytest.mark.parametrize("intent", ["affirm", "deny", "not_sure", "inform", "go_back"])
def test_under_another_screen_nothing_is_an_answer(screen: str, intent: str) -> None:
    turn = asked(tapped(intent, slots={"screen": screen}, answer="yes"), "safe_to_talk")
    assert hear_and_ask(turn, KNOWN) == Reply()


@pytest.mark.parametrize("entity", ["returned", "old_button", "not_text", "browse", "stay", "write_to_office"])
def test_a_choice_for_the_rules_is_no_answer(entity: str) -> None:
    turn = asked(tapped("inform", {}, **{entity: "yes", "answer": "yes"}), "safe_to_talk")
    assert hear_and_ask(turn, KNOWN) == Reply()


def test_a_message_that_a_screen_has_used_only_brings_the_question_again() -> None:
    turn = asked(tapped("affirm", slots={"taken": 7}), "fear_of_return")
    reply = hear_and_ask(turn, KNOWN)
    assert said(reply) == ["ask_safe_to_talk"]
    assert not set(QUESTION_IDS) & set(reply.slots)


def test_a_button_named_by_typing_is_read_back_first() -> None:
    reply = hear_and_ask(asked(tapped(answer="adult", typed="yes", slots=as_far_as("age")), "age"), KNOWN)
    assert said(reply) == ["ask_heard"]
    assert "age" not in reply.slots


def test_countries_come_in_pages_and_the_last_leads_to_the_first() -> None:
    seen: list[str] = []
    page = "1"
    while True:
        reply = hear_and_ask(asked(tapped(page=page, slots=as_far_as("country_now")), "country_now"), KNOWN)
        buttons = [tap["entities"] for tap in taps(reply)]
        seen += [b["answer"] for b in buttons if "answer" in b and b["answer"] != "at_sea_or_unknown"]
        assert buttons[-1] == {"answer": "at_sea_or_unknown"}
        page = buttons[-2]["page"]
        if page == "1":
            break
    assert seen == KNOWN.likely_countries["country_now"]


def test_a_country_that_was_chosen_leaves_the_next_list_at_its_first_page() -> None:
    slots = {**as_far_as("country_now"), "page": 3}
    reply = hear_and_ask(asked(tapped(answer="TH", slots=slots), "country_now"), KNOWN)
    assert taps(reply)[0]["entities"] == {"answer": KNOWN.likely_countries["origin"][0]}


def test_after_a_sign_only_what_routes_is_asked() -> None:
    slots = as_far_as("free_choice")
    reply = hear_and_ask(asked(tapped(answer="pressured", slots=slots), "free_choice"), KNOWN)
    assert said(reply) == ["card_free_choice", "ask_country_now"]
    slots = {**slots, "free_choice": "pressured", "country_now": "TH", "cards": ["card_free_choice"]}
    reply = hear_and_ask(asked(tapped(answer="BD", slots=slots), "origin"), KNOWN)
    assert (said(reply), reply.slots[ASKED]) == ([], None)


def test_forgetting_leaves_nothing_of_the_answers() -> None:
    forgotten = without_answers()
    assert all(forgotten[slot] is None for slot in ABOUT_THEM if slot != "noticed")
    assert "noticed" not in forgotten
    assert without_answers(keep_language=False)["noticed"] is False


def test_words_that_mean_nothing_are_no_answer() -> None:
    assert hear_and_ask(asked(typed("nlu_fallback", "asdf", confidence=0.1), "held"), KNOWN) == Reply()
