from __future__ import annotations

from dataclasses import replace

import pytest
from scenes import KNOWN, asked, said, tapped, taps, typed

from actions import referral_form
from actions.assessment_form import HEARD, hear_and_ask
from actions.turn import ASKED, Reply, Turn
from actions.typed import NO_MEANS, YES_MEANS, number_in
from actions.unclear import not_understood
from bot.eligibility.answers import check_answers


@pytest.mark.parametrize("means", [YES_MEANS, NO_MEANS])
def test_what_yes_and_no_mean_are_values_of_the_questions(means: dict[str, str]) -> None:
    check_answers(KNOWN.programme.places.countries, means)


@pytest.mark.parametrize(("question", "value"), YES_MEANS.items())
def test_a_typed_yes_is_read_back_before_it_counts(question: str, value: str) -> None:
    reply = hear_and_ask(asked(typed("affirm", "yes"), question), KNOWN)
    assert said(reply) == ["ask_heard"]
    assert reply.slots[ASKED] == HEARD
    assert reply.slots[HEARD] == {"question": question, "values": [value]}
    assert question not in reply.slots


@pytest.mark.parametrize(("question", "value"), NO_MEANS.items())
def test_a_typed_no_is_read_back_before_it_counts(question: str, value: str) -> None:
    reply = hear_and_ask(asked(typed("deny", "no"), question), KNOWN)
    assert reply.slots[HEARD] == {"question": question, "values": [value]}
    assert question not in reply.slots


@pytest.mark.parametrize(
    ("intent", "question"),
    [
        ("affirm", "exploitation"),
        ("affirm", "held"),
        ("deny", "age"),
        ("deny", "destination"),
        ("deny", "free_choice"),
    ],
)
def test_where_yes_or_no_could_mean_several_things_it_means_none(intent: str, question: str) -> None:
    assert hear_and_ask(asked(typed(intent, "so"), question), KNOWN) == Reply()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("i am in malaysia", ["MY"]),
        ("تایلند", ["TH"]),
        ("bangladsh", ["BD"]),
        ("Thailand or Malaysia", ["TH", "MY"]),
    ],
)
@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "greet", "out_of_scope"])
def test_a_typed_country_is_read_back(text: str, codes: list[str], intent: str) -> None:
    reply = hear_and_ask(asked(typed(intent, text, confidence=0.2), "country_now"), KNOWN)
    assert reply.slots[HEARD] == {"question": "country_now", "values": codes}
    assert said(reply) == ["ask_heard" if len(codes) == 1 else "ask_heard_which"]
    assert [tap["entities"]["answer"] for tap in taps(reply)] == (codes if len(codes) > 1 else [])
    assert "country_now" not in reply.slots


@pytest.mark.parametrize("intent", ["danger", "stop", "faq", "talk_to_person", "deny"])
def test_a_country_in_a_cry_for_help_or_a_command_is_no_answer(intent: str) -> None:
    assert hear_and_ask(asked(typed(intent, "help me they beat me in Iran"), "country_now"), KNOWN) == Reply()


@pytest.mark.parametrize(("text", "values"), [("19", ["adult"]), ("۲۵", ["adult"]), ("I am 40", ["adult"])])
def test_an_age_of_an_adult_is_read_back(text: str, values: list[str]) -> None:
    reply = hear_and_ask(asked(typed("inform", text), "age"), KNOWN)
    assert reply.slots[HEARD] == {"question": "age", "values": values}


@pytest.mark.parametrize("text", ["17", "۱۲", "0", "me and my 2 of 3", "old"])
def test_an_age_under_eighteen_is_asked_with_the_buttons(text: str) -> None:
    # Whether parents are there is part of the answer, so a number alone is none.
    assert hear_and_ask(asked(typed("inform", text), "age"), KNOWN) == Reply()


def heard(*values: str) -> dict[str, object]:
    return {HEARD: {"question": "country_now", "values": list(values)}}


def test_a_reading_confirmed_is_taken() -> None:
    reply = hear_and_ask(asked(tapped("affirm", slots=heard("TH")), HEARD), KNOWN)
    assert reply.slots["country_now"] == "TH"
    assert reply.slots[HEARD] is None


@pytest.mark.parametrize("intent", ["deny", "go_back"])
def test_a_reading_refused_is_dropped(intent: str) -> None:
    reply = hear_and_ask(asked(tapped(intent, slots=heard("TH")), HEARD), KNOWN)
    assert reply.slots[HEARD] is None
    assert "country_now" not in reply.slots
    assert said(reply) == ["ask_safe_to_talk"]


def test_one_of_several_readings_is_chosen() -> None:
    reply = hear_and_ask(asked(tapped(answer="MY", slots=heard("TH", "MY")), HEARD), KNOWN)
    assert reply.slots["country_now"] == "MY"


def test_several_readings_are_not_settled_by_a_yes_or_another_country() -> None:
    several = heard("TH", "MY")
    assert hear_and_ask(asked(tapped("affirm", slots=several), HEARD), KNOWN) == Reply()
    assert hear_and_ask(asked(tapped(answer="IR", slots=several), HEARD), KNOWN) == Reply()


def test_a_yes_that_is_not_certain_confirms_no_reading() -> None:
    unsure = typed("affirm", "hm maybe so", heard("TH"), confidence=0.6)
    assert hear_and_ask(asked(unsure, HEARD), KNOWN) == Reply()


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("۱۲", 12), ("๑๘", 18), ("we are 3", 3), ("", None), ("2 or 3", None), ("12345", None), ("²", 2)],
)
def test_the_one_number_in_any_digits(text: str, number: int | None) -> None:
    assert number_in(text) == number


def placed(question: str, choice: str, text: str) -> Turn:
    """The place of a choice, in words that the gateway found on no button of the screen."""
    return replace(asked(typed("inform", text), question), entities={"choice": choice})


@pytest.mark.parametrize(("choice", "text"), [("9", "the ninth"), ("9", "۹"), ("last", "the last one")])
def test_a_place_that_is_not_on_the_screen_is_said_kindly_and_loses_nothing(choice: str, text: str) -> None:
    turn = placed("held", choice, text)
    assert hear_and_ask(turn, KNOWN) == Reply()  # left to the rules
    reply = not_understood(turn, KNOWN)
    assert said(reply) == ["choice_not_there"]
    assert reply.follow == "action_resume"
    assert set(reply.slots) == {"taken", "misses"}


def test_a_number_of_years_is_no_place() -> None:
    assert said(not_understood(placed("age", "17", "17"), KNOWN)) == ["typed_not_clear"]


@pytest.mark.parametrize(("choice", "text", "adults"), [("2", "two", 2), ("3", "۳", 3)])
def test_a_number_of_people_in_words(choice: str, text: str, adults: int) -> None:
    turn = replace(placed("adults", choice, text), loop="referral_form")
    assert referral_form.hear(turn, KNOWN).slots == {"adults": adults}


def test_the_last_one_is_no_number_of_people() -> None:
    turn = replace(placed("adults", "last", "the last one"), loop="referral_form")
    assert referral_form.hear(turn, KNOWN) == Reply()
