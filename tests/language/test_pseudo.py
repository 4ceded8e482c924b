"""The made-up languages: longer and mirrored English, and only where a demonstration lists them."""

from __future__ import annotations

import re

import pytest

from bot.channels.offered import LIMITS
from bot.conversation.voice import render
from bot.language.catalogue import load_catalogue
from bot.language.extract import entries
from bot.language.gates.limits import length, limit_of
from bot.language.gates.plain import same_parts
from bot.language.gates.rendering import isolates, rendered
from bot.language.languages import LanguagesError, served
from bot.language.pseudo import LONG, MIRRORED, lengthened, mirrored
from bot.language.wording import Wording
from bot.settings import ROOT
from bot.speech import Say

CATALOGUE, FOUND = load_catalogue(ROOT), entries(ROOT)
BOTH = (LONG, MIRRORED)


def test_english_becomes_longer_accented_and_bracketed() -> None:
    assert lengthened("Call IOM: {phone}, or see help.unhcr.org.") == (
        "[Çåļļ IOM: {phone}, öŕ šéé help.unhcr.org.~~~~~~~~~~~~~~]"
    )
    for english in (entry.english for entry in FOUND):
        assert len(lengthened(english)) >= round(len(english) * 1.4)


def test_english_is_turned_about_except_what_is_never_translated() -> None:
    turned = mirrored("Call IOM.\nStop")
    assert turned == "\u2067\u202eCall\u202c\u2069 IOM\u2067\u202e.\u202c\u2069\n\u2067\u202eStop\u202c\u2069"


@pytest.mark.parametrize("code", BOTH)
def test_every_string_passes_the_gates_that_fit_and_the_limits_of_texts(code: str) -> None:
    wording = Wording(CATALOGUE, code)
    responses = CATALOGUE.responses()
    for entry in FOUND:
        text = CATALOGUE.find(code, entry.context, entry.english)
        assert text is not None
        assert not [*same_parts(entry.english, text)], entry.context
        shown = rendered(wording, entry.context, text)
        assert not [*isolates(shown, wording.language)], entry.context
        limit = limit_of(entry.context, responses.get(entry.context), is_title=entry.is_title)
        assert entry.is_title or length(shown) <= limit.most, entry.context


@pytest.mark.parametrize("code", BOTH)
def test_every_response_is_shown_on_every_channel(code: str) -> None:
    wording = Wording(CATALOGUE, code)
    for name, response in CATALOGUE.responses().items():
        variables = dict.fromkeys(re.findall(r"\{(\w+)\}", response.text), "K7PM")
        for limits in LIMITS.values():
            shown = render(Say(name, variables), wording, limits)
            assert all(length(bubble.text) <= limits.text for bubble in shown.bubbles)
            assert {bubble.direction for bubble in shown.bubbles} == {wording.language.direction}


def test_they_are_offered_where_a_demonstration_lists_them_and_nowhere_else() -> None:
    languages = CATALOGUE.languages
    assert not set(BOTH) & set(served(languages, (), demo=True))
    assert served(languages, BOTH, demo=True) == ("en", *BOTH)
    for code in BOTH:
        with pytest.raises(LanguagesError, match=f"{code}, which is made up"):
            served(languages, (code,), demo=False)


def test_nothing_of_them_is_committed() -> None:
    assert not [code for code in BOTH if (ROOT / "locales" / code).exists()]
    assert not [code for code in BOTH if code in (ROOT / "locales/languages.yml").read_text(encoding="utf-8")]


def test_they_have_a_name_in_the_menu_and_words_for_countries() -> None:
    assert [CATALOGUE.languages[code].name for code in BOTH] == ["[Éñĝļîšĥ~]", "\u2067\u202eEnglish\u202c\u2069"]
    assert [CATALOGUE.languages[code].direction for code in BOTH] == ["ltr", "rtl"]
    assert Wording(CATALOGUE, LONG).value({"kind": "country", "value": "TH"}) == "Thailand"
