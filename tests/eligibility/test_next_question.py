"""Step 5, checked: what is asked next, what is skipped, and that skipping loses nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from decision_table import DOMAIN, ORDER, expected_ahead
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.eligibility import QUESTIONS, AnswerError, Programme, assess, load_programme, next_question
from bot.eligibility.groups import group_questions
from bot.eligibility.predicates import predicates_over

CRITERIA = Path(__file__).parents[2] / "criteria"
PROGRAMME = load_programme(CRITERIA)
PLAIN = {question: DOMAIN[question][0] for question in ORDER}


def with_suspended(*origins: str) -> Programme:
    places = replace(PROGRAMME.places, suspended=frozenset(origins))
    predicates = predicates_over(places)
    return replace(PROGRAMME, places=places, predicates=predicates, groups=group_questions(predicates, places))


# Suspended members and suspended others: every sort of country that an origin can be.
SUSPENDING = with_suspended("MM", "SY", "SO")

COUNTRIES = sorted(PROGRAMME.places.countries)
EVERY_VALUE = {
    question.id: st.sampled_from([*question.values, *COUNTRIES])
    if question.takes_country
    else st.sampled_from(question.values)
    for question in QUESTIONS
}
ANSWERS = st.fixed_dictionaries(EVERY_VALUE)
# Mostly plain, so that conversations are not all cut short by the first sign. The countries are a member, one
# that is not, and two that are suspended above.
USUAL = {
    **{question: [plain] for question, plain in PLAIN.items()},
    "country_now": ["TH", "LY", "SO", "MM"],
    "origin": ["TH", "LY", "SO", "MM"],
}
MOSTLY_PLAIN = st.fixed_dictionaries(
    {question: st.one_of(*[st.sampled_from(USUAL[question])] * 6, EVERY_VALUE[question]) for question in ORDER}
)


def talk(programme: Programme, answers: dict[str, str], *, mixed_status: bool = False) -> dict[str, str]:
    """The answers that a person would be asked for, when asked one question at a time."""
    asked: dict[str, str] = {}
    while (question := next_question(programme, asked, mixed_status=mixed_status)) is not None:
        assert question not in asked
        asked[question] = answers[question]
    return asked


@given(st.one_of(ANSWERS, MOSTLY_PLAIN), ANSWERS, st.booleans(), st.sampled_from([PROGRAMME, SUSPENDING]))
@settings(max_examples=150, deadline=None)
def test_no_answer_to_a_skipped_question_could_have_changed_the_outcome(
    answers: dict[str, str], others: dict[str, str], mixed_status: bool, programme: Programme
) -> None:
    asked = talk(programme, answers, mixed_status=mixed_status)
    outcome = assess(programme, asked, mixed_status=mixed_status).outcome
    assert outcome is not None
    for completed in ({**others, **asked}, {**answers, **asked}):
        assert assess(programme, completed, mixed_status=mixed_status).outcome == outcome


@given(MOSTLY_PLAIN, st.sampled_from([PROGRAMME, SUSPENDING]))
@settings(max_examples=60, deadline=None)
def test_no_value_of_any_skipped_question_could_have_changed_the_outcome(
    answers: dict[str, str], programme: Programme
) -> None:
    asked = talk(programme, answers)
    outcome = assess(programme, asked).outcome
    for question in QUESTIONS:
        if question.id not in asked:
            for value in question.values:
                completed = {**answers, **asked, question.id: value}
                assert assess(programme, completed).outcome == outcome


@given(MOSTLY_PLAIN, st.sets(st.sampled_from(ORDER)), ANSWERS, st.sampled_from([PROGRAMME, SUSPENDING]))
@settings(max_examples=150, deadline=None)
def test_an_outcome_with_answers_missing_anywhere_holds_whatever_they_are(
    answers: dict[str, str], missing: set[str], others: dict[str, str], programme: Programme
) -> None:
    known = {question: value for question, value in answers.items() if question not in missing}
    early = assess(programme, known)
    assert early.next is None or early.next not in known
    if early.outcome is None:
        assert early.next is not None
        return
    assert early.outcome == assess(programme, {**others, **known}).outcome
    assert early.outcome == "LIKELY" or early.reasons


@given(
    st.fixed_dictionaries({question: st.sampled_from(values) for question, values in DOMAIN.items()}),
    st.sets(st.sampled_from(ORDER), min_size=1, max_size=4),
    st.sets(st.sampled_from(ORDER)),
)
@settings(max_examples=150, deadline=None)
def test_missing_answers_match_every_completion_tried(
    case: dict[str, Any], missing: set[str], plain: set[str]
) -> None:
    known = {**case, **{question: PLAIN[question] for question in plain}}
    for question in missing:
        del known[question]
    count = 1
    for question in missing:
        count *= len(DOMAIN[question])
    assume(count <= 1500)
    answers = {question: value for question, value in known.items() if question != "mixed_status"}
    verdict = assess(PROGRAMME, answers, mixed_status=known["mixed_status"])
    assert (verdict.outcome, verdict.next) == expected_ahead(known)


@pytest.mark.parametrize(
    "missing",
    [
        ("protection_status", "intercepted", "stay_permit", "other_programme"),
        ("country_now", "origin", "held"),
        ("country_now",),
        ("origin",),
        ("origin", "held"),
        ("intercepted", "stay_permit", "private_talk"),
        ("safe_to_talk", "age", "helped_before", "private_talk"),
        ("fear_of_return", "protection_status", "other_programme"),
    ],
)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"free_choice": "pressured"},
        {"destination": "other_country"},
        {"destination": "unsure"},
        {"mixed_status": True},
    ],
)
def test_answers_missing_together_match_every_completion(
    missing: tuple[str, ...], changes: dict[str, Any]
) -> None:
    case = {**PLAIN, "mixed_status": False, **changes}
    known = {question: value for question, value in case.items() if question not in missing}
    answers = {question: value for question, value in known.items() if question != "mixed_status"}
    verdict = assess(PROGRAMME, answers, mixed_status=known["mixed_status"])
    assert (verdict.outcome, verdict.next) == expected_ahead(known)


@pytest.mark.parametrize("missing", ["country_now", "origin"])
@pytest.mark.parametrize("country", ["TH", "FR", "SO", "MM"])
@pytest.mark.parametrize("programme", [PROGRAMME, SUSPENDING], ids=["all served", "some suspended"])
def test_one_country_missing_is_open_exactly_when_some_country_would_change_the_outcome(
    missing: str, country: str, programme: Programme
) -> None:
    known = {**PLAIN, "country_now": country, "origin": country}
    del known[missing]
    question = next(question for question in QUESTIONS if question.id == missing)
    outcomes = {assess(programme, {**known, missing: value}).outcome for value in (*question.values, *COUNTRIES)}
    assert assess(programme, known).outcome == (outcomes.pop() if len(outcomes) == 1 else None)


def test_a_person_without_papers_is_asked_everything_but_nothing_twice() -> None:
    assert list(talk(PROGRAMME, PLAIN)) == ORDER


def test_a_person_who_is_not_safe_is_asked_only_where_they_are_and_where_home_is() -> None:
    assert list(talk(PROGRAMME, {**PLAIN, "safe_to_talk": "no"})) == ["safe_to_talk", "country_now", "origin"]


@pytest.mark.parametrize("status", ["pending", "refused_final", "refugee", "closed_missed", "unsure"])
def test_the_way_here_is_not_asked_of_somebody_whom_it_cannot_help(status: str) -> None:
    asked = talk(PROGRAMME, {**PLAIN, "protection_status": status})
    assert "intercepted" not in asked
    assert "stay_permit" not in asked


def test_somebody_who_withdrew_is_asked_for_a_permit_but_not_about_the_way() -> None:
    asked = talk(PROGRAMME, {**PLAIN, "protection_status": "closed_withdrawn"})
    assert "stay_permit" in asked
    assert "intercepted" not in asked


def test_somebody_intercepted_is_not_asked_for_a_permit() -> None:
    assert "stay_permit" not in talk(PROGRAMME, {**PLAIN, "intercepted": "yes"})


@given(st.one_of(ANSWERS, MOSTLY_PLAIN), st.booleans())
@settings(max_examples=100, deadline=None)
def test_likely_and_other_help_are_never_said_before_the_private_talk_was_offered(
    answers: dict[str, str], mixed_status: bool
) -> None:
    asked = talk(PROGRAMME, answers, mixed_status=mixed_status)
    assert {"country_now", "origin"} <= asked.keys()
    if assess(PROGRAMME, asked, mixed_status=mixed_status).outcome != "COUNSELLOR":
        assert asked["private_talk"] == "no"


def test_a_doubt_does_not_hide_an_exclusion_that_may_still_come() -> None:
    known = {**PLAIN, "destination": "unsure"}
    del known["held"]
    verdict = assess(PROGRAMME, known)
    assert (verdict.outcome, verdict.next) == (None, "held")


def test_a_suspended_origin_leads_to_a_person_and_not_to_a_closed_door() -> None:
    verdict = assess(SUSPENDING, {**PLAIN, "origin": "SO"})
    assert (verdict.outcome, verdict.reasons) == ("COUNSELLOR", ("origin_suspended",))
    assert assess(PROGRAMME, {**PLAIN, "origin": "SO"}).outcome == "LIKELY"


def test_the_next_question_refuses_what_it_does_not_know() -> None:
    with pytest.raises(AnswerError, match="age"):
        next_question(PROGRAMME, {"age": "17"})


def test_people_are_alike_unless_they_say_that_they_are_not() -> None:
    known = {question: value for question, value in PLAIN.items() if question != "stay_permit"}
    assert next_question(PROGRAMME, known) == "stay_permit"
    assert next_question(PROGRAMME, known, mixed_status=True) is None
