"""Step 5, checked: every verdict against the table of literals."""

from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from decision_table import DOMAIN, ORDER, expected
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.eligibility import AnswerError, Programme, Verdict, assess, load_programme

CRITERIA = Path(__file__).parents[2] / "criteria"
PROGRAMME = load_programme(CRITERIA)

PLAIN: dict[str, Any] = {question: values[0] for question, values in DOMAIN.items()}
# Somebody for whom much holds already, so that a triple meets signs, exclusions, doubts and other routes.
BURDENED: dict[str, Any] = {
    **PLAIN,
    "country_now": "LY",
    "origin": "SO",
    "protection_status": "refugee",
    "other_programme": "unhcr_return",
    "intercepted": "yes",
    "stay_permit": "yes",
}
KEYS = ("outcome", "reasons", "routes", "flags", "to_check", "next")


def verdict_on(case: dict[str, Any], programme: Programme = PROGRAMME) -> Verdict:
    answers = {question: value for question, value in case.items() if question != "mixed_status"}
    return assess(programme, answers, mixed_status=case.get("mixed_status", False))


def as_row(verdict: Verdict) -> dict[str, Any]:
    return {key: getattr(verdict, key) for key in KEYS}


@pytest.mark.parametrize("base", [PLAIN, BURDENED], ids=["plain", "burdened"])
@pytest.mark.parametrize("first", list(DOMAIN))
def test_every_three_answers_together_match_the_table(base: dict[str, Any], first: str) -> None:
    later = list(DOMAIN)[list(DOMAIN).index(first) + 1 :]
    for second, third in combinations(later, 2):
        for values in product(DOMAIN[first], DOMAIN[second], DOMAIN[third]):
            case = {**base, first: values[0], second: values[1], third: values[2]}
            assert as_row(verdict_on(case)) == expected(case), (first, second, third, values)


@given(st.fixed_dictionaries({question: st.sampled_from(values) for question, values in DOMAIN.items()}))
@settings(max_examples=600, deadline=None)
def test_any_complete_answers_match_the_table(case: dict[str, Any]) -> None:
    assert as_row(verdict_on(case)) == expected(case)


def test_the_table_and_the_engine_know_the_same_values() -> None:
    from bot.eligibility import QUESTIONS

    assert [question.id for question in QUESTIONS] == ORDER
    for question in QUESTIONS:
        named = [value for value in DOMAIN[question.id] if value not in PROGRAMME.places.countries]
        assert tuple(named) == question.values


def test_a_plain_answer_raises_nothing() -> None:
    from bot.eligibility import QUESTIONS

    for question in QUESTIONS:
        if question.plain is not None:
            verdict = assess(PROGRAMME, {question.id: question.plain})
            assert verdict.reasons == verdict.flags == (), question.id


def test_a_sign_keeps_exclusions_for_the_office() -> None:
    verdict = verdict_on({**PLAIN, "held": "prison_sentence", "fear_of_return": "yes"})
    assert verdict.outcome == "COUNSELLOR"
    assert verdict.to_check == ("prison_sentence",)
    assert verdict.decided_by == ("fear",)


@pytest.mark.parametrize(
    ("changes", "decided_by"),
    [
        ({}, ("R1",)),
        ({"protection_status": "refused_final"}, ("R3",)),
        ({"intercepted": "yes"}, ("R1", "R2")),
        ({"held": "prison_sentence", "origin": "unsure"}, ("prison_sentence",)),
        ({"protection_status": "refugee"}, ("unhcr_first",)),
        ({"stay_permit": "yes"}, ("no_route",)),
    ],
)
def test_the_card_shows_what_decided(changes: dict[str, Any], decided_by: tuple[str, ...]) -> None:
    assert verdict_on({**PLAIN, **changes}).decided_by == decided_by


def test_nothing_has_decided_while_the_outcome_is_open() -> None:
    assert assess(PROGRAMME, {"safe_to_talk": "yes"}).decided_by == ()


def test_more_than_one_person_is_a_family_and_a_special_need_a_priority() -> None:
    answers = {question: PLAIN[question] for question in ORDER}
    assert assess(PROGRAMME, answers, people=2).flags == ("family",)
    assert assess(PROGRAMME, answers, special_need=True).flags == ("priority",)
    assert assess(PROGRAMME, answers, people=2, special_need=True).outcome == "LIKELY"


def test_an_exclusion_abroad_is_said_before_the_origin_is_known() -> None:
    answers = {question: PLAIN[question] for question in ORDER if question != "origin"}
    verdict = assess(PROGRAMME, {**answers, "country_now": "LY"})
    assert (verdict.outcome, verdict.reasons, verdict.next) == ("OTHER_HELP", ("outside_member_state",), "origin")


@pytest.mark.parametrize(
    ("answers", "names"),
    [
        ({"shoe_size": "42"}, "shoe_size"),
        ({"age": "17"}, "age"),
        ({"age": 17}, "age"),
        ({"age": ["adult"]}, "age"),
        ({"age": None}, "age"),
        ({"country_now": "XX"}, "country_now"),
        ({"country_now": "th"}, "country_now"),
        ({"origin": "at_sea_or_unknown"}, "origin"),
        ({"mixed_status": True}, "mixed_status"),
    ],
)
def test_an_unknown_question_or_value_is_named(answers: dict[str, Any], names: str) -> None:
    with pytest.raises(AnswerError, match=names):
        assess(PROGRAMME, answers)


def test_an_error_never_repeats_the_value() -> None:
    with pytest.raises(AnswerError) as caught:
        assess(PROGRAMME, {"country_now": "my brother's house"})
    assert "brother" not in str(caught.value)
