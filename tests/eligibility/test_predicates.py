"""Step 5, checked: what every criterion reads and weighs, and what the scales come to."""

from pathlib import Path

import pytest

from bot.eligibility import AnswerError, CriteriaError, load_programme
from bot.eligibility.answers import check_answers
from bot.eligibility.places import Places
from bot.eligibility.predicates import outcome_of, predicates_over
from bot.eligibility.programme import _version
from bot.eligibility.questions import QUESTIONS
from bot.eligibility.weighing import Facts, holding, index_predicates

CRITERIA = Path(__file__).parents[2] / "criteria"
PLACES = Places(frozenset({"TH", "FR", "SO"}), frozenset({"TH"}), frozenset({"FR"}), frozenset({"SO"}))
IDS = ", ".join(question.id for question in QUESTIONS)


@pytest.mark.parametrize("scales", range(16))
def test_a_sign_weighs_most_then_an_exclusion_then_a_doubt_then_a_route(scales: int) -> None:
    sign, exclusion, doubt, route = (bool(scales & weight) for weight in (1, 2, 4, 8))
    expected = "COUNSELLOR"
    if not sign and exclusion:
        expected = "OTHER_HELP"
    elif not sign and not doubt and route:
        expected = "LIKELY"
    assert outcome_of(scales) == expected


def test_a_criterion_weighs_as_its_kind_and_two_routes_weigh_nothing() -> None:
    weights = {(one.kind, one.weighs) for one in predicates_over(PLACES)}
    assert weights == {("sign", 1), ("exclusion", 2), ("doubt", 4), ("route", 8), ("route", 0)}
    assert {one.code for one in predicates_over(PLACES) if not one.weighs} == {"R4", "R5"}


def test_a_criterion_reads_answers_and_is_told_of_countries() -> None:
    by_code = {one.code: one for one in predicates_over(PLACES)}
    assert by_code["already_home"].reads == ("country_now", "origin")
    assert by_code["location_disputed"].reads == ("country_now",)
    assert by_code["unhcr_programme"].reads == ("other_programme", "protection_status")
    assert [by_code["location_disputed"].holds(code) for code in ("TH", "FR", "SO")] == [False, True, False]
    assert [by_code["outside_member_state"].holds(code) for code in ("TH", "FR", "SO")] == [False, False, True]


def test_what_holds_is_what_every_criterion_says_of_the_answers_it_reads() -> None:
    predicates = predicates_over(PLACES)
    index = index_predicates(predicates, PLACES)
    facts: Facts = {"country_now": "SO", "origin": "SO", "fear_of_return": "yes", "mixed_status": True}
    held = sorted(one.code for one in holding(index, facts))
    assert held == ["already_home", "fear", "mixed_status", "origin_suspended", "outside_member_state"]
    assert holding(index, {"mixed_status": False, "origin": "TH"}) == []
    alike: Facts = {"protection_status": "none", "stay_permit": "no", "mixed_status": False}
    assert [one.code for one in holding(index, alike)] == ["R1"]
    assert holding(index, {**alike, "stay_permit": "yes"}) == []


def test_what_can_be_looked_up_is_every_value_of_every_question_and_nothing_else() -> None:
    alone = index_predicates(predicates_over(PLACES), PLACES).alone
    assert {question: set(by_value) for question, by_value in alone.items()} == {
        "mixed_status": {False, True},
        **{one.id: {*one.values, *(PLACES.countries if one.takes_country else ())} for one in QUESTIONS},
    }


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"shoe_size": "42"}, f"unknown question 'shoe_size': the questions are {IDS}"),
        ({"größe" * 20: "42"}, rf"unknown question 'gr\\xf6\\xdfe.{{48}}: the questions are {IDS}"),
        ({"age": 17}, "the answer to age must be a string"),
        ({"held": "maybe"}, "unknown value for held: it takes no, immigration_detention, .*, unsure, declined"),
        (
            {"origin": "XX"},
            "unknown value for origin: it takes unsure, declined or an ISO 3166 country code of .+",
        ),
    ],
)
def test_an_answer_that_is_not_known_is_named_with_what_is(answers: dict[str, str], says: str) -> None:
    with pytest.raises(AnswerError, match=f"^{says}$"):
        check_answers(PLACES.countries, answers)


def test_one_answer_that_is_not_known_is_found_among_others() -> None:
    check_answers(PLACES.countries, {"age": "adult", "origin": "SO", "country_now": "at_sea_or_unknown"})
    with pytest.raises(AnswerError, match="held"):
        check_answers(PLACES.countries, {"age": "adult", "origin": "SO", "held": "maybe"})


@pytest.mark.parametrize("written", ["version: 2026-11-22", "version: ''", "version: ' '", "other: x", "- a", ""])
def test_a_version_is_words_in_quotes(tmp_path: Path, written: str) -> None:
    path = tmp_path / "version.yml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(CriteriaError, match=r'^version\.yml: must say version: "2026-11-22", in quotes$'):
        _version(path)
    path.write_text('version: "1"', encoding="utf-8")
    assert _version(path) == "1"


def test_a_programme_is_all_that_a_verdict_is_drawn_from() -> None:
    programme = load_programme(CRITERIA)
    assert set(programme.criteria) == {*(one.code for one in programme.predicates), "no_route"}
    assert programme.version == _version(CRITERIA / "version.yml")
    assert "TH" in programme.places.members
    assert len(programme.groups) == 12
