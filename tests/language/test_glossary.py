"""The glossary: read with clear errors, found in English as whole words, and kept by translations."""

# ruff: noqa: RUF001 - Arabic letters look like others

from __future__ import annotations

from pathlib import Path

import pytest

from bot.language.extract import entries
from bot.language.glossary import (
    GlossaryError,
    Term,
    load_glossary,
    same_terms,
    terms_in,
    unlike_glossary,
)
from bot.settings import ROOT

ENGLISH = load_glossary(ROOT / "locales/en/glossary.csv")
OFFICE = Term("office", "অফিস|দপ্তর|@menu", "")


def names(english: str) -> list[str]:
    return [one.term for one in terms_in(english, ENGLISH)]


def test_the_english_list_has_forty_terms_with_a_note_that_says_what_not_to_say() -> None:
    assert len({one.term for one in ENGLISH}) == len(ENGLISH) == 40
    assert [one.term for one in ENGLISH if one.translation or "Do not say:" not in one.note] == []


def test_most_terms_stand_in_what_people_read() -> None:
    used = {one.term for entry in entries(ROOT) for one in terms_in(entry.english, ENGLISH)}
    assert len(used) >= 30


@pytest.mark.parametrize(
    ("english", "found"),
    [
        ("Your OFFICE is here.", ["office"]),
        ("Two offices, many embassies.", ["office", "embassy"]),
        ("An officer answers.", ["officer"]),
        ("{office} has it, see help.unhcr.org.", []),  # neither a placeholder nor an address is a word
        ("IOM decides.", ["decide"]),
        ("the country  of\norigin", ["country of origin"]),
        ("Asylum-seekers", ["asylum"]),
    ],
)
def test_a_term_is_found_as_a_whole_word_in_the_singular_or_plural(english: str, found: list[str]) -> None:
    assert names(english) == found


@pytest.mark.parametrize(
    ("context", "text", "kinds"),
    [
        ("notice", "আমাদের অফিসে আসুন", []),  # a stem, with an ending
        ("notice", "আমাদের দপ্তর", []),
        ("notice", "আমাদের জায়গা", ["glossary"]),
        ("menu", "আমাদের জায়গা", []),  # there it may be said otherwise
    ],
)
def test_a_translation_uses_one_of_the_forms(context: str, text: str, kinds: list[str]) -> None:
    found = [*unlike_glossary(context, "Come to our office.", text, [OFFICE])]
    assert [one.kind for one in found] == kinds
    assert all("«office» «অফিস» or «দপ্তর»" in one.wrong for one in found)


def test_forms_are_compared_as_people_write_them() -> None:
    term = Term("passport", "گذر نامه", "")
    assert not [*unlike_glossary("menu", "A passport", "گذر\u200cنامهٔ شما", [term])]
    assert not [*unlike_glossary("menu", "A passport", "Hộ Chiếu", [Term("passport", "hộ chiếu", "")])]


def test_a_term_that_nobody_translated_is_not_checked() -> None:
    assert not [
        *unlike_glossary("menu", "Our office", "x", [Term("office", "", "a place"), Term("our", "@menu", "")])
    ]


def test_a_glossary_has_the_terms_of_the_english_one_and_each_once() -> None:
    found = [one.wrong for one in same_terms([OFFICE, OFFICE, Term("ofice", "", "")], ENGLISH)]
    assert ["stands twice" in found[0], "«ofice» is not in the English glossary" in found[1]] == [True, True]
    assert len(found) == 2


def test_every_glossary_there_is_loads_and_has_the_english_terms() -> None:
    for path in sorted((ROOT / "locales").glob("*/glossary.csv")):
        assert [one.wrong for one in same_terms(load_glossary(path), ENGLISH)] == [], path


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"word,translation,note\n", "its first line must be"),
        (b"", "its first line must be"),
        (b"term,translation,note\noffice,a\n", "line 2"),
        (b"term,translation,note\noffice,a,b, c\n", "line 2"),
        (b"term,translation,note\n,a,b\n", "line 2"),
        (b'term,translation,note\n"office,a,b\n', "not a CSV file"),
        (b"term,translation,note\noffice,\xff,b\n", "not a CSV file"),
    ],
)
def test_a_broken_glossary_is_named(tmp_path: Path, content: bytes, named: str) -> None:
    path = tmp_path / "glossary.csv"
    path.write_bytes(content)
    with pytest.raises(GlossaryError, match=r"glossary\.csv") as error:
        load_glossary(path)
    assert named in str(error.value)


def test_a_glossary_of_a_spreadsheet_loads(tmp_path: Path) -> None:
    path = tmp_path / "glossary.csv"
    path.write_bytes('\ufeffterm,translation,note\r\noffice,"অফিস|দপ্তর|@menu",\r\n'.encode())
    (office,) = load_glossary(path)
    assert office.forms == ("অফিস", "দপ্তর")
    assert office.free_in == {"menu"}
    assert load_glossary(tmp_path / "none.csv") == ()
