"""Each fault that a translation can have is found, named, and only that."""

# ruff: noqa: RUF001 - letters that look alike are what this is about

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from bot.language.catalogue import load_catalogue
from bot.language.checks import Material, check_catalogue, check_english
from bot.language.english import Response, ResponseButton
from bot.language.extract import Entry
from bot.language.gates.banned import Banned, load_banned
from bot.language.glossary import Term
from bot.language.wording import Wording
from bot.settings import ROOT
from bot.speech import Tap

CATALOGUE = load_catalogue(ROOT)
PERSIAN = CATALOGUE.languages["fa"]
CALL = Entry("call", "Call IOM: {phone} or +66 2 343 9300, help.unhcr.org", is_title=False, notes=())
YES = Entry("call", "Yes", is_title=True, notes=())
NO = Entry("call", "No", is_title=True, notes=())
BACK = Entry("controls_few", "Back", is_title=True, notes=())
QUOTE = Entry("criterion", "The migrant may be eligible", is_title=False, notes=())
ENTRIES = [CALL, YES, NO, BACK, QUOTE]
RESPONSES = {
    "call": Response(
        "call",
        CALL.english,
        (ResponseButton("Yes", Tap("affirm")), ResponseButton("No", Tap("deny"))),
        "controls_few",
    ),
    "controls_few": Response("controls_few", "", (ResponseButton("Back", Tap("go_back")),), None),
}
MATERIAL = Material(
    Wording(CATALOGUE, "fa"),
    ENTRIES,
    RESPONSES,
    load_banned(ROOT / "locales/fa/banned.txt", PERSIAN.script),
    terms=(Term("migrant", "مهاجر|@criterion2", "somebody who moves"),),
)
GOOD = {
    CALL: "به IOM زنگ بزنید: {phone} یا +66 2 343 9300، help.unhcr.org",
    YES: "بله",
    NO: "نه",
    BACK: "قبلی",
    QUOTE: "مهاجر ممکن است واجد شرایط باشد",
}


def findings(
    changed: dict[Entry, str], *, complete: bool = True, locale: str = "fa", fuzzy: bool = False
) -> list[str]:
    catalogue = Catalog(locale, fuzzy=False)
    catalogue.mime_headers = [("Plural-Forms", PERSIAN.plural if locale == "fa" else "nplurals=1; plural=0;")]
    for entry, text in {**GOOD, **changed}.items():
        flags = ("fuzzy",) if fuzzy and entry == YES else ()
        catalogue.add(entry.english, text, context=entry.context, flags=flags)
    found = check_catalogue("fa.po", catalogue, MATERIAL, complete=complete)
    return [str(one) for one in found]


def test_a_good_catalogue_has_no_findings() -> None:
    assert findings({}) == []


@pytest.mark.parametrize(
    ("entry", "text", "where", "wrong"),
    [
        (YES, "", "call «Yes»", "it has no translation"),
        (YES, "بله" * 9, "call «Yes»", "it has 27 characters as it is sent; shorten it to 24"),
        (NO, "بله", "call", "two of its buttons read «بله» («Yes» and «No»)"),
        (BACK, "نه", "call", "two of its buttons read «نه» («No» and «Back»)"),
        (
            CALL,
            GOOD[CALL].replace("{phone}", "{fone}"),
            "call «Call",
            "its placeholders must be those of the English",
        ),
        (
            CALL,
            GOOD[CALL].replace("{phone}", "{phone"),
            "call «Call",
            "its placeholders must be those of the English",
        ),
        (
            CALL,
            GOOD[CALL].replace("343", "344"),
            "call «Call",
            "+66 2 343 9300, +66 2 344 9300 must stand in both",
        ),
        (CALL, GOOD[CALL].replace("unhcr.org", "unhcr.com"), "call «Call", "help.unhcr.com, help.unhcr.org must"),
        (CALL, GOOD[CALL].replace("IOM", "آی‌او‌ام"), "call «Call", "IOM must stand in both"),
        (BACK, "نه!", "call", "«نه» and «نه!» are the same when somebody types them («No» and «Back»)"),
        (CALL, GOOD[CALL] + " ", "call «Call", "it has blanks at the beginning or end"),
        (CALL, GOOD[CALL].replace(" یا", "\nیا"), "call «Call", "it has 2 lines where the English has 1"),
        (CALL, GOOD[CALL].replace("یا", "يا"), "call «Call", "writes «ی» where this has «ي»"),
        (CALL, GOOD[CALL].replace("یا", "уا"), "call «Call", "(Cyrillic small letter u) is of another writing"),
        (CALL, GOOD[CALL].replace("یا", "or"), "call «Call", "«or» stands in Latin letters"),
        (YES, "Sure", "call «Yes»", "it has no letter of فارسی"),
        (CALL, GOOD[CALL] + " 5", "call «Call", "5 is not a digit of this language"),
        (QUOTE, "فرد ممکن است واجد شرایط باشد", "criterion «The", "the glossary calls «migrant» «مهاجر»"),
        (CALL, "\u200f" + GOOD[CALL], "call «Call", "hidden control or direction character"),
        (CALL, GOOD[CALL] + " غیر‌قانونی", "call «Call", "«غیر قانونی» is a word that harms"),
    ],
)
def test_each_fault_is_found_alone(entry: Entry, text: str, where: str, wrong: str) -> None:
    (found,) = findings({entry: text})
    assert found.startswith(f"fa.po: {where}")
    assert wrong in found


def test_a_fuzzy_translation_counts_as_missing() -> None:
    (found,) = findings({}, fuzzy=True)
    assert "marked fuzzy" in found
    assert findings({}, fuzzy=True, complete=False) == []


def test_a_foreign_plural_rule_is_found() -> None:
    assert "Plural-Forms are not those of fa" in findings({}, locale="ja")[0]


def test_a_string_that_english_no_longer_has_is_found() -> None:
    gone = Entry("call", "Perhaps", is_title=False, notes=())
    (found,) = findings({gone: "شاید"})
    assert "English no longer has this string" in found


def test_english_itself_is_checked() -> None:
    long = Entry("call", "A title that nobody can read", is_title=True, notes=())
    harsh = Entry("call", "You are Rejected.", is_title=False, notes=())
    quoted = Entry("criterion", "rejected", is_title=False, notes=())
    banned = Banned({"rejected": frozenset()})
    english = Material(Wording(CATALOGUE, "en"), [long, harsh, quoted], RESPONSES, banned)
    first, second = check_english("domain.yml", english)
    assert "it has 28 characters as it is sent" in str(first)
    assert "«rejected» is a word that harms" in str(second)


def test_a_banned_word_is_allowed_where_its_line_says_so(tmp_path: Path) -> None:
    (tmp_path / "banned.txt").write_text(
        "# reasons\n\nsoon: change_mind, other  # a note\nillegal\n", encoding="utf-8"
    )
    banned = load_banned(tmp_path / "banned.txt", "Latn")
    assert banned.used("change_mind", "As soon as you can, illegally.") == []
    assert banned.used("menu", "Soon. Illegal!") == ["soon", "illegal"]
    assert load_banned(tmp_path / "none.txt", "Latn").words == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("သူဟာလိမ်တယ်", True),  # "he lies": the word stands in the middle, without a blank
        ("သူ လိမ် တယ်", True),
        ("လိမ့်မယ်", False),  # another tone: another word
        ("လိမ်္မာ", False),  # the syllable goes on
    ],
)
def test_a_language_without_blanks_has_its_banned_words_found_inside_the_text(text: str, *, found: bool) -> None:
    banned = Banned({"လိမ်": frozenset()}, spaced=False)
    assert banned.used("menu", text) == (["လိမ်"] if found else [])
