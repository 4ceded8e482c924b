"""Step 5, checked: an entry of the criteria is dated, sourced and agrees with its predicate, or does not load."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.eligibility.criteria import Criterion, Source, load_criteria
from bot.eligibility.predicates import Predicate
from bot.eligibility.reading import CriteriaError

Entry = dict[str, Any]


def entry(code: str, kind: str, *questions: str, **other: Any) -> Entry:
    source = {"file": "a.txt", "lines": 34, "title": "A  page"}
    whole = {"id": code, "kind": kind, "questions": [*questions], "words": "Two\nwords ", "source": source}
    return {**whole, "date": date(2012, 7, 1), **other}


def predicate(code: str, kind: str, *reads: str) -> Predicate:
    return Predicate(code, kind, reads, 1, lambda *_: True)


PREDICATES = (
    predicate("child", "sign", "age"),
    predicate("already_home", "exclusion", "country_now", "origin"),
    predicate("mixed", "doubt", "mixed_status"),
    predicate("R1", "route", "stay_permit", "protection_status"),
)
NO_ROUTE = entry("no_route", "route", "stay_permit", "intercepted", "protection_status")


def entries() -> dict[str, list[Any]]:
    return {
        "signs.yml": [entry("child", "sign", "age", note="A note")],
        "exclusions.yml": [entry("already_home", "exclusion", "origin", "country_now")],
        "doubts.yml": [entry("mixed", "doubt")],
        "routes.yml": [entry("R1", "route", "stay_permit", "protection_status"), NO_ROUTE],
    }


def load(folder: Path, files: dict[str, list[Any]]) -> dict[str, Criterion]:
    for name, content in files.items():
        (folder / name).write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return load_criteria(folder, PREDICATES)


def test_every_entry_is_read_as_it_stands(tmp_path: Path) -> None:
    found = load(tmp_path, entries())
    assert list(found) == ["child", "already_home", "mixed", "R1", "no_route"]
    source = Source(file="a.txt", lines="34", title="A page")
    assert found["child"] == Criterion("child", "sign", ("age",), "Two words", source, date(2012, 7, 1), "A note")
    assert found["mixed"].questions == ()
    assert found["mixed"].note == ""


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"id": "chld"}, "chld: no predicate has this code; correct the id or have the predicate written"),
        ({"kind": "doubt"}, "child: kind must be sign"),
        ({"kind": "hunch"}, "child: kind must be one of sign, exclusion, doubt, route"),
        ({"questions": ["age", "held"]}, r"child: questions must be \[age\]"),
        ({"questions": []}, r"child: questions must be \[age\]"),
        ({"questions": "age"}, r"child: questions must be a list of question ids, \[\] when there are none"),
        ({"questions": ["age", 1]}, r"child: questions must be a list of question ids, \[\] when there are none"),
        ({"words": " "}, "child has no words; write one"),
        ({"words": 5}, "child has no words; write one"),
        ({"words": ""}, "child has no words; write one"),
        ({"words": None}, "child has no words; write one"),
        ({"kind": ""}, "child has no kind; write one"),
        ({"date": ""}, "child has no date; write one"),
        ({"note": " "}, "child has no note; write one"),
        ({"date": "2012-07-01"}, "child: date must be written as 2012-07-01, without quotes"),
        ({"source": "a.txt"}, "child: source must have file, lines and title, and nothing else"),
        ({"source": {"file": "a"}}, "child: source must have file, lines and title, and nothing else"),
        ({"source": {"file": "a", "lines": "1-2", "title": ""}}, "child has no source title; write one"),
        ({"source": {"file": "a", "lines": "", "title": "t"}}, "child has no source lines; write one"),
        ({"source": {"file": 1, "lines": "1", "title": "t"}}, "child has no source file; write one"),
        (
            {"colour": "red"},
            "child: colour is not known; the keys are date, id, kind, note, questions, source, words",
        ),
    ],
)
def test_an_entry_that_cannot_be_is_named_with_its_line(tmp_path: Path, change: Entry, says: str) -> None:
    files = entries()
    files["signs.yml"] = [{**files["signs.yml"][0], **change}]
    with pytest.raises(CriteriaError, match=rf"^signs\.yml line 1: criterion {says}$"):
        load(tmp_path, files)


def test_the_questions_of_two_are_named_in_one_order(tmp_path: Path) -> None:
    files = entries()
    files["exclusions.yml"] = [entry("already_home", "exclusion", "origin")]
    with pytest.raises(CriteriaError, match=r"already_home: questions must be \[country_now, origin\]$"):
        load(tmp_path, files)


@pytest.mark.parametrize("wrong", ["words", {"kind": "sign"}, {"id": 5}, None])
def test_an_entry_without_a_code_is_counted(tmp_path: Path, wrong: Any) -> None:
    files = entries()
    files["signs.yml"].append(wrong)
    with pytest.raises(CriteriaError, match=r"^signs\.yml line \d+: entry 2 must begin with - id: and a code$"):
        load(tmp_path, files)


def test_a_code_that_stands_there_twice_is_named(tmp_path: Path) -> None:
    files = entries()
    files["doubts.yml"].append(files["signs.yml"][0])
    with pytest.raises(
        CriteriaError, match=r"^doubts\.yml line \d+: criterion child stands there twice; keep one$"
    ):
        load(tmp_path, files)


def test_a_file_without_criteria_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        CriteriaError, match=r"^doubts\.yml: must be a list of criteria, each beginning with - id:$"
    ):
        load(tmp_path, {**entries(), "doubts.yml": []})


def test_every_predicate_without_an_entry_is_named(tmp_path: Path) -> None:
    load(tmp_path, entries())
    more = (*PREDICATES, predicate("R3", "route", "age"), predicate("R2", "route", "age"))
    four = r"signs\.yml, exclusions\.yml, doubts\.yml, routes\.yml"
    with pytest.raises(CriteriaError, match=rf"^{four}: no entry for criterion R2, R3$"):
        load_criteria(tmp_path, more)
