"""An Indonesian and a Thai officer read questions, answers and reasons in their language, beside the person's."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from console_words import make_catalogue
from console_world import REFERENCE, World, add_roles, make_world, send

from bot import speech
from bot.eligibility import QUESTIONS, load_programme
from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.wording import Wording
from bot.settings import ROOT
from bot.speech import Worded
from bot.store.database import transaction

WHOLE, PLACE = "WHLE-2222", "/referrals/WHLE-2222"
CODES = ("id", "th")
# One answer of each kind: a button's, a country's, and what every question takes.
ANSWERS = {question.id: question.values[0] for question in QUESTIONS} | {
    "country_now": "TH",
    "origin": "MM",
    "held": "unsure",
    "stay_permit": "declined",
}
CRITERIA = list(load_programme(ROOT / "criteria").criteria)
REASONS, ROUTES, TO_CHECK = CRITERIA[:-3], CRITERIA[-3:-1], CRITERIA[-1:]


class Cells(HTMLParser):
    """The words of a page by the language that the nearest element says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: set[tuple[str, str]] = set()
        self._open: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        language = dict(attrs).get("lang") or (self._open[-1][1] if self._open else "")
        if tag not in {"meta", "link", "input", "br"}:
            self._open.append((tag, language))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.said.add((self._open[-1][1], data.strip()))


@pytest.fixture(scope="module")
def words() -> Catalogue:
    return load_catalogue(ROOT)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, words: Catalogue) -> Iterator[World]:
    """An office with a referral in which every question is answered, and every criterion stands."""
    made = make_world(tmp_path_factory.mktemp("console"), catalogue=words)
    add_roles(made)
    with transaction(made.engine) as session:
        send(
            session,
            made.settings,
            WHOLE,
            answers=ANSWERS,
            reasons=REASONS,
            routes=ROUTES,
            to_check=TO_CHECK,
        )
    yield made
    made.engine.dispose()


def read(world: World, place: str, language: str, who: str = "anna") -> set[tuple[str, str]]:
    browser = world.signed_in(who)
    assert browser.post("/language", browser.fields("/me") | {"language": language}).status_code == 303
    answer = browser.get(place)
    assert answer.status_code == 200
    return Cells(answer.text).said


def asked_and_answered() -> list[Worded]:
    pairs = [(speech.asked(name), speech.answer(name, value)) for name, value in ANSWERS.items()]
    return [one for pair in pairs for one in pair]


@pytest.mark.parametrize("language", CODES)
def test_every_question_answer_and_reason_is_in_the_officers_language_beside_the_persons(
    world: World, words: Catalogue, language: str
) -> None:
    said = read(world, PLACE, language)
    own, english, persian = (Wording(words, code) for code in (language, "en", "fa"))
    shown = asked_and_answered()
    shown += [kind(code) for code in (*REASONS, *ROUTES) for kind in (speech.criterion, speech.reason)]
    for one in shown:
        assert not own.lacks(one)
        assert {(language, own.words(one)), ("fa", persian.words(one))} <= said, one
        if own.words(one) != english.words(one):
            assert (language, english.words(one)) not in said
    published = {english.words(speech.criterion(code)) for code in CRITERIA}
    assert {text for spoken, text in said if spoken == "en"} == published | {"English"}  # the choice at the foot


@pytest.mark.parametrize("language", CODES)
def test_what_the_person_was_not_told_is_in_the_officers_language_alone(
    world: World, words: Catalogue, language: str
) -> None:
    said = read(world, PLACE, language)
    (code,) = TO_CHECK
    assert (language, Wording(words, language).words(speech.reason(code))) in said
    assert ("fa", Wording(words, "fa").words(speech.reason(code))) not in said


@pytest.mark.parametrize("language", CODES)
def test_the_sheet_for_the_interview_has_both_languages_and_no_third(
    world: World, words: Catalogue, language: str
) -> None:
    said = read(world, f"{PLACE}/sheet", language)
    for one in [*asked_and_answered(), *(speech.reason(code) for code in REASONS), speech.office("TH-BKK")]:
        for code in (language, "fa"):
            assert (code, Wording(words, code).words(one)) in said, one
    assert {text for spoken, text in said if spoken == "en"} == {"English"}


@pytest.mark.parametrize("language", CODES)
def test_the_table_of_criteria_is_in_the_officers_language_with_the_published_words(
    world: World, words: Catalogue, language: str
) -> None:
    said = read(world, "/criteria", language, who="admin")
    own, english = Wording(words, language), Wording(words, "en")
    for code in CRITERIA:
        assert {
            (language, own.words(speech.criterion(code))),
            ("en", english.words(speech.criterion(code))),
        } <= said
    asked = (speech.question("age"), speech.answer("age", "minor_without_parent"))
    assert {(language, own.words(asked[0])), (language, own.words(asked[1]))} <= said


def test_what_has_no_translation_is_english_and_says_so(tmp_path: Path) -> None:
    catalogue = make_catalogue(tmp_path)
    thai = tmp_path / "th" / "LC_MESSAGES"
    thai.mkdir(parents=True)
    (thai / "messages.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgctxt "ask_age"\nmsgid "How old are you?"\nmsgstr "คุณอายุเท่าไร"\n\n'
        '#, fuzzy\nmsgctxt "ask_age"\nmsgid "18 or older"\nmsgstr "18 ปีขึ้นไป"\n',
        encoding="utf-8",
    )
    (thai / "console.po").write_text((ROOT / "locales" / "th" / "LC_MESSAGES" / "console.po").read_text("utf-8"))
    world = make_world(tmp_path, catalogue=catalogue)
    said = read(world, f"/referrals/{REFERENCE}", "th")
    assert ("th", "คุณอายุเท่าไร") in said
    assert {("en", "18 or older"), ("en", "Are you afraid?"), ("en", "Published words about fear")} <= said
    assert ("th", "ไทย") in said, "countries are CLDR's"
