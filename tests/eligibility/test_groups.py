"""Step 5, checked: the groups of questions, on which all looking ahead rests."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from decision_table import DOMAIN, ORDER, expected_ahead

from bot.eligibility import Programme, load_programme
from bot.eligibility.ahead import look_ahead
from bot.eligibility.groups import Group, _weigh, endings, group_questions
from bot.eligibility.predicates import predicates_over
from bot.eligibility.questions import MIXED_STATUS

CRITERIA = Path(__file__).parents[2] / "criteria"
FINAL = {"protection_status": "refused_final"}
PLAIN: dict[str, Any] = {question: DOMAIN[question][0] for question in ORDER}


@pytest.fixture
def programme() -> Programme:
    return load_programme(CRITERIA)


def group_of(groups: tuple[Group, ...], question: str) -> Group:
    return next(group for group in groups if question in group.questions)


def test_every_question_is_in_one_group_and_with_it_all_that_is_read_with_it(programme: Programme) -> None:
    grouped = [question for group in programme.groups for question in group.questions]
    assert sorted(grouped) == sorted([*ORDER, MIXED_STATUS])
    together = {group.questions for group in programme.groups if len(group.questions) > 1}
    assert together == {
        ("country_now", "origin"),
        ("intercepted", "other_programme", "protection_status", "stay_permit"),
    }


def test_a_criterion_is_weighed_in_the_group_of_what_it_reads_and_there_alone(programme: Programme) -> None:
    weighed = [predicate for group in programme.groups for predicate in group.predicates]
    assert sorted(one.code for one in weighed) == sorted(one.code for one in programme.predicates)
    for group in programme.groups:
        assert all(set(predicate.reads) <= set(group.questions) for predicate in group.predicates)
        assert group.values.keys() == set(group.questions) - {MIXED_STATUS}


def test_of_answers_that_do_the_same_the_first_is_tried(programme: Programme) -> None:
    values = {question: group.values[question] for group in programme.groups for question in group.values}
    assert values["age"] == ("adult", "minor_with_one_parent")
    assert values["held"] == ("no", "immigration_detention", "prison_sentence")
    assert values["helped_before"] == ("no", "this_project", "other_project")
    assert values["stay_permit"] == ("no", "yes")
    asked = ("none", "wants_to_ask", "pending", "refused_final", "closed_withdrawn", "refugee")
    assert values["protection_status"] == asked


def test_of_every_sort_of_country_two_are_tried_unless_they_do_the_same(programme: Programme) -> None:
    # AE and AF are members, of which two may be one's own; AD is none, FR disputed, and there is one FR.
    assert group_of(programme.groups, "origin").values == {
        "country_now": ("at_sea_or_unknown", "AD", "AE", "AF", "FR"),
        "origin": ("unsure", "AD", "AE", "AF", "FR"),
    }


def test_a_suspended_origin_is_a_sort_of_its_own(programme: Programme) -> None:
    places = replace(programme.places, suspended=frozenset({"SY", "MM", "TR", "SO"}))
    values = group_of(group_questions(predicates_over(places), places), "origin").values
    assert {*values["origin"]} & places.suspended == {"MM", "SY"}
    assert {*values["country_now"]} & places.suspended == {"MM", "SY"}


def test_the_country_that_was_named_is_tried_for_the_other_one_too(programme: Programme) -> None:
    group = group_of(programme.groups, "origin")
    found = endings(group, {"country_now": "TH"})
    assert {given[0] for given in found} == {"TH"}
    assert {given[1] for given in found} == {*group.values["origin"], "TH"}
    assert len(endings(group, {})) == len(group.values["country_now"]) * len(group.values["origin"])
    assert len(endings(group, {"country_now": "unsure"})) == len(group.values["origin"])


@pytest.mark.parametrize(
    "missing",
    [
        ("protection_status", "intercepted", "stay_permit"),
        ("fear_of_return", "protection_status"),
        ("country_now", "held"),
        ("origin", "private_talk"),
        ("safe_to_talk", "age"),
        ("intercepted", "stay_permit", "private_talk"),
    ],
)
def test_what_may_still_come_is_what_trying_every_answer_finds(
    programme: Programme, missing: tuple[str, ...]
) -> None:
    for changes in ({}, {"intercepted": "yes"}, {"destination": "unsure"}, {"held": "prison_sentence"}, FINAL):
        known = {question: value for question, value in {**PLAIN, **changes}.items() if question not in missing}
        for mixed_status in (False, True):
            facts = {**known, MIXED_STATUS: mixed_status}
            assert look_ahead(programme.groups, facts) == expected_ahead(facts), changes


def test_every_way_to_answer_comes_to_the_scales_of_all_criteria_that_hold(programme: Programme) -> None:
    group = group_of(programme.groups, "stay_permit")
    found = endings(group, {})
    assert set(found) == set(product(*(group.values[question] for question in group.questions)))
    for given, scales in found.items():
        answers = dict(zip(group.questions, given, strict=True))
        held = [one for one in group.predicates if one.holds(*(answers[read] for read in one.reads))]
        assert {bit for bit in (1, 2, 4, 8) if scales & bit} == {one.weighs for one in held if one.weighs}


def test_a_way_to_answer_has_a_value_for_every_question_and_no_more(programme: Programme) -> None:
    group = group_of(programme.groups, "held")
    assert _weigh(group, ("prison_sentence",)) == 2
    with pytest.raises(ValueError, match="longer"):
        _weigh(group, ("prison_sentence", "no"))
