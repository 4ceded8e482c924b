"""Two versions of the criteria beside one another: nothing that differs is left out, and nothing else is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from changed_criteria import EDITS, IN_FORCE, changed, copied
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.eligibility import COUNSELLOR, LIKELY, OTHER_HELP, QUESTIONS, CriteriaError, assess, load_programme
from bot.eligibility.changed_cases import STANDS, differing_countries
from bot.eligibility.comparing import Comparison, compare


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compare(IN_FORCE, changed(tmp_path_factory.mktemp("next") / "criteria"))


def test_the_same_criteria_differ_in_nothing(tmp_path: Path) -> None:
    found = compare(IN_FORCE, copied(tmp_path / "next"))
    assert (found.rows, found.cases, found.same_version) == ((), (), False)


def test_every_row_that_is_another_is_found_with_its_line(found: Comparison) -> None:
    rows = {(one.file, one.key): one for one in found.rows}
    assert set(rows) == {
        ("signs.yml", "unsafe_to_talk"),
        ("members.csv", "TH"),
        ("members.csv", "LA"),
        ("members.csv", "SO"),
        ("suspended_origins.csv", "NP"),
        ("version.yml", "version"),
    }
    assert rows["members.csv", "TH"].after is None
    added = rows["members.csv", "SO"]
    assert added.before is None
    assert ("note", "", "A new one") in added.fields
    assert added.after is not None
    assert added.after.line == len((IN_FORCE / "members.csv").read_text().splitlines())  # one gone, one more
    assert rows["members.csv", "LA"].fields == (("counts_as_member", "yes", "unclear"),)
    ((name, was, will),) = rows["signs.yml", "unsafe_to_talk"].fields
    assert (name, "strictly" in was, "entirely" in will) == ("words", True, True)
    assert rows["version.yml", "version"].fields == (("version", "2026-11-22", "2026-12-01"),)
    assert not found.same_version


@pytest.mark.parametrize(
    ("stands", "country", "before", "after", "new"),
    [
        ("now", "TH", LIKELY, OTHER_HELP, "outside_member_state"),
        ("now", "LA", LIKELY, COUNSELLOR, "location_disputed"),
        ("origin", "NP", LIKELY, COUNSELLOR, "origin_suspended"),
    ],
)
def test_a_case_of_which_nothing_else_is_true(
    found: Comparison, stands: str, country: str, before: str, after: str, new: str
) -> None:
    (one,) = (
        change
        for change in found.cases
        if (change.stands, change.countries) == (stands, (country,))
        and any(not case.answers and not case.mixed for case in change.cases)
    )
    assert (one.difference.before, one.difference.after, one.difference.new) == (before, after, (new,))


def test_a_door_that_opens_is_found_too(found: Comparison) -> None:
    moves = {(one.difference.before, one.difference.after) for one in found.cases if one.countries == ("SO",)}
    assert (OTHER_HELP, LIKELY) in moves
    assert {one.stands for one in found.cases} == set(STANDS)


def test_only_countries_of_which_something_is_said_otherwise_are_named(found: Comparison) -> None:
    differing = differing_countries(found.before.places, found.after.places)
    assert differing == {"TH", "LA", "SO", "NP"}
    assert {code for one in found.cases for code in one.countries} == differing


def test_every_changed_case_is_what_the_two_versions_say(found: Comparison) -> None:
    plain = {question.id: question.plain or "no" for question in QUESTIONS}
    for change in found.cases:
        for case in change.cases:
            for code in change.countries:
                stands = dict.fromkeys(STANDS[change.stands], code)
                answers = {**plain, "country_now": "MY", "origin": "PK", **stands, **case.answers}
                verdicts = [assess(one, answers, mixed_status=case.mixed) for one in (found.before, found.after)]
                assert [one.outcome for one in verdicts] == [change.difference.before, change.difference.after]


# Whole answers, and answers with one left out: what the shortcut of `reweighing` leaves unweighed cannot differ.
@given(
    answers=st.fixed_dictionaries(
        {
            question.id: st.sampled_from(
                [*question.values, *(["MY", "FR", "LY", "TH", "NP"] if question.takes_country else [])]
            )
            for question in QUESTIONS
        }
    ),
    left_out=st.sampled_from([None, *(question.id for question in QUESTIONS if not question.takes_country)]),
)
@settings(max_examples=60, deadline=None)
def test_whoever_is_in_no_such_country_and_goes_to_none_gets_the_same_verdict(
    found: Comparison, answers: dict[str, str], left_out: str | None
) -> None:
    given_ones = {name: value for name, value in answers.items() if name != left_out}
    was, will = (assess(one, given_ones) for one in (found.before, found.after))
    if differing_countries(found.before.places, found.after.places).isdisjoint(given_ones.values()):
        assert was == will


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("members.csv", "member_state,yes", "member_state,often", r"^members\.csv line 2: counts_as_member"),
        ("signs.yml", "kind: sign", "kind: hunch", r"^signs\.yml line 4: criterion unsafe_to_talk: kind"),
        ("offices.csv", "high,true", "high,yes", r"^offices\.csv line 2: active"),
        ("emergency.csv", "police,police", "police,", r"^emergency\.csv line 2: service"),
        ("likely_countries.yml", r"(?s)^country_now.*", "- TH\n", r"^likely_countries\.yml: must hold names"),
    ],
)
def test_what_could_not_be_put_in_force_is_named(name: str, old: str, new: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CriteriaError, match=says):
        compare(IN_FORCE, changed(tmp_path / "next", ((name, old, new),)))


@pytest.mark.parametrize("name", ["not_cities.txt", "likely_countries.yml", "routes.yml", "office_fallback.csv"])
def test_a_file_that_is_missing_is_named(name: str, tmp_path: Path) -> None:
    folder = copied(tmp_path / "next")
    (folder / name).unlink()
    with pytest.raises(CriteriaError, match=name):
        compare(IN_FORCE, folder)


def test_a_version_that_was_not_raised_is_noticed(tmp_path: Path) -> None:
    assert compare(IN_FORCE, changed(tmp_path / "next", EDITS[:-1])).same_version


def test_rows_of_one_name_and_rows_without_a_code_are_told_apart(tmp_path: Path) -> None:
    text = (IN_FORCE / "emergency.csv").read_text(encoding="utf-8").splitlines()[1]
    edits = (
        ("emergency.csv", r"\Z", f"{text}\n"),
        ("not_cities.txt", r"\Z", "bungalow\n"),
        ("members.csv", r"^,International Organization for Migration", ",IOM"),
    )
    keys = {(one.file, one.key) for one in compare(IN_FORCE, changed(tmp_path / "next", edits)).rows}
    assert {("emergency.csv", "AF police 119 (2)"), ("not_cities.txt", "bungalow"), ("members.csv", "IOM")} <= keys


def test_looking_changes_nothing(tmp_path: Path) -> None:
    folder = changed(tmp_path / "next")
    before = {path.name: path.read_bytes() for one in (IN_FORCE, folder) for path in one.iterdir()}
    compare(IN_FORCE, folder)
    assert before == {path.name: path.read_bytes() for one in (IN_FORCE, folder) for path in one.iterdir()}
    assert load_programme(IN_FORCE).version == "2026-11-22"
