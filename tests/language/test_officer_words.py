"""What officers read of people's words is there in the console's languages, and `bot i18n check` sees to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from words_copy import copied_words

from bot import speech
from bot.eligibility import QUESTIONS, load_programme
from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.extract import entries
from bot.language.inspection import PO, check_file, load_sources
from bot.language.officer_words import officers_read
from bot.language.wording import Wording
from bot.settings import ROOT
from bot.speech import Worded

CODES = ("ar", "id", "th")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(ROOT)


def all_that_pages_show(catalogue: Catalogue) -> list[Worded]:
    criteria = load_programme(ROOT / "criteria").criteria
    shown = [speech.office(office) for office in catalogue.offices.by_id]
    shown += [words for code in criteria for words in (speech.criterion(code), speech.reason(code))]
    for question in QUESTIONS:
        shown += [speech.question(question.id), speech.asked(question.id)]
        shown += [speech.answer(question.id, value) for value in question.values]
    return shown


@pytest.mark.parametrize("code", CODES)
def test_nothing_that_the_consoles_pages_show_is_lacking(catalogue: Catalogue, code: str) -> None:
    wording, shown = Wording(catalogue, code), all_that_pages_show(catalogue)
    assert len(shown) > 200
    assert [one for one in shown if wording.lacks(one)] == []
    english = Wording(catalogue, "en")
    assert not any(english.lacks(one) for one in shown)


def test_what_is_shown_is_what_is_asked_for(catalogue: Catalogue) -> None:
    """Every word that the pages show is in the list that the check goes by: with none of it, all is lacking."""
    nobody = Wording(catalogue, "km")
    listed = {entry.context for entry in entries(ROOT) if officers_read(entry.context)}
    assert all(nobody.lacks(one) for one in all_that_pages_show(catalogue))
    assert {"ask_age", "label_age", "answer_unsure", "reason_fear", "criterion", "city", "office_name"} <= listed
    assert {"label_faq/cost", "ask_private_talk"} <= listed
    assert not {"notice", "verdict_likely", "ask_consent", "label_stop", "explain_age", "danger_card"} & listed


def test_a_country_and_a_code_are_never_lacking(catalogue: Catalogue) -> None:
    thai = Wording(catalogue, "th")
    assert not thai.lacks(speech.answer("country_now", "TH"))
    assert thai.words(speech.answer("country_now", "TH")) == "ไทย"
    assert not thai.lacks(speech.code("K7PM-2QXD"))


def test_a_response_may_be_lacking_too(catalogue: Catalogue) -> None:
    assert Wording(catalogue, "km").lacks(speech.nested("reason_fear"))
    assert not Wording(catalogue, "th").lacks(speech.nested("reason_fear"))


@pytest.mark.parametrize("code", ["id", "th"])
def test_a_language_that_is_off_for_people_may_lack_all_but_these(tmp_path: Path, code: str) -> None:
    sources, path = load_sources(copied_words(tmp_path)), tmp_path / "locales" / code / PO
    assert sources.catalogue.language(code).state == "off"
    text = path.read_text(encoding="utf-8")
    assert 'msgctxt "notice"' in text
    before, entry, after = text.partition('msgctxt "ask_age"\nmsgid "How old are you?"\nmsgstr "')
    path.write_text(before + entry + after[after.index('"') :], encoding="utf-8")
    found = [(one.kind, one.context) for one in check_file(sources, path) if one.context == "ask_age"]
    assert found == [("missing", "ask_age")]
    (tmp_path / "locales" / code / "LC_MESSAGES" / "console.po").unlink()
    assert [one for one in check_file(sources, path) if one.kind == "missing"] == []
