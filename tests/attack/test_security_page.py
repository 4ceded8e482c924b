"""docs/security.md says where and which test: each is there. What it says of Rasa's holes is of what is locked."""

from __future__ import annotations

import re

import pytest

from bot.settings import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \|(.+)\|$", PAGE, re.MULTILINE)
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
FILES = sorted(set(re.findall(r"`((?:bot|actions|nlu|tests|requirements)/[\w./]+)`", PAGE)))
HOLES = re.findall(
    r"^\| ([^|]*\d) \| ([^|]+) \|", (ROOT / "docs" / "rasa-holes.md").read_text(encoding="utf-8"), re.MULTILINE
)


def test_there_are_twenty_threats_each_with_a_place_and_a_test() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 21))
    for number, row in ROWS:
        assert len(row.split("|")) == 4, number
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", row), number


@pytest.mark.parametrize(("path", "name"), TESTS)
def test_a_test_that_is_named_is_there(path: str, name: str) -> None:
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES)
def test_a_file_that_is_named_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


def test_a_hole_is_stated_of_the_very_version_that_is_installed() -> None:
    # With another version the statement must be looked at again.
    locked = dict(
        re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements" / "rasa.txt").read_text(), re.MULTILINE)
    )
    stated = dict(each.lower().rsplit(" ", 1) for packages, _ in HOLES for each in packages.split(", "))
    assert len(stated) > 10
    assert stated.items() <= locked.items()
    known_by = re.compile(r"(CVE-\d{4}-\d{4,}|GHSA(-[0-9a-z]{4}){3})(, |$)")
    assert [holes for _, holes in HOLES if known_by.sub("", holes)] == []
