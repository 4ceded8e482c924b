"""The single gates: limits are those of the channels, rules are those of Unicode and CLDR."""

# ruff: noqa: RUF001 - letters that look alike are what this is about

from dataclasses import replace

import pytest
from babel.messages.catalog import Catalog

from bot.channels import telegram, whatsapp
from bot.channels.whatsapp import messages
from bot.channels.whatsapp.chat import OPENER as CHANNELS_OPENER
from bot.language.catalogue import load_catalogue
from bot.language.gates.header import header, plural_rule
from bot.language.gates.limits import (
    OPENER,
    OPENER_TITLE,
    ROW_DESCRIPTION,
    ROW_TITLE,
    TEXT,
    TEXT_WITH_BUTTONS,
    length,
    limit_of,
    too_long,
)
from bot.language.gates.plain import same_form, same_numbers, same_parts
from bot.language.gates.rendering import isolates, rendered
from bot.language.gates.script import own_letters
from bot.language.gates.signature import sign, unsigned
from bot.language.wording import Wording
from bot.settings import ROOT

CATALOGUE = load_catalogue(ROOT)
ARABIC = Wording(CATALOGUE, "ar")
LRI, RLI, PDI = "\u2066", "\u2067", "\u2069"


def test_the_limits_are_those_of_the_channels() -> None:
    assert (ROW_TITLE, ROW_DESCRIPTION) == (messages.ROW_TITLE, messages.ROW_DESCRIPTION)
    assert (whatsapp.LIMITS.text, whatsapp.LIMITS.text_with_choices) == (TEXT, TEXT_WITH_BUTTONS)
    assert OPENER == CHANNELS_OPENER
    assert OPENER_TITLE == messages.BUTTON_TITLE
    assert telegram.LIMITS.title >= ROW_TITLE
    assert [length(one) for one in ("abc", "é", "👍", "𐴀")] == [
        messages.size(one) for one in ("abc", "é", "👍", "𐴀")
    ]


def test_a_button_is_counted_as_it_is_sent_with_its_direction_marks() -> None:
    title, limit = "مكتب IOM الآخر في البلدة", limit_of("menu", None, is_title=True)
    assert len(title) == limit.most
    assert ["it has 26 characters" in one.wrong for one in too_long(rendered(ARABIC, "menu", title), limit)] == [
        True
    ]
    assert not [*too_long(title[:-2], limit)]


def test_each_text_has_the_limit_of_its_place() -> None:
    responses = CATALOGUE.responses()
    most = {
        name: limit_of(name, responses.get(name), is_title=name.startswith("button_")).most
        for name in (
            "button_open_list",
            "button_more",
            "label_faq/scam",
            "notice",
            "card_trafficking",
            "criterion",
        )
    }
    assert list(most.values()) == [20, 24, 72, 1024, 4096, 4096]


@pytest.mark.parametrize(
    ("english", "text", "kinds"),
    [
        ("See help.unhcr.org.", "help.unhcr.org دیکھیں۔", []),
        ("See help.unhcr.org.", "help.unhcr.org۔", []),
        ("See help.unhcr.org.", "help.unhcr.com دیکھیں۔", ["unchanged"]),
        ("IOM helps.", "ဒီIOMက ကူညီပါတယ်။", []),
        ("IOM helps.", "ဒီ MOIက ကူညီပါတယ်။", ["unchanged"]),
        ("IOM and IOM.", "IOM và I0M.", ["unchanged"]),
        ("Call +66 2 343 9300.", "+۶۶ ۲ ۳۴۳ ۹۳۰۰", ["unchanged"]),
        ("{a} and {b}", "{b} {a}", []),
        ("{a} and {b}", "{a}", ["placeholder"]),
        ("{a}", "{a}}", ["placeholder"]),
    ],
)
def test_what_is_never_translated(english: str, text: str, kinds: list[str]) -> None:
    assert [one.kind for one in same_parts(english, text)] == kinds


@pytest.mark.parametrize(
    ("english", "text", "kinds"),
    [
        ("One.\n\nTwo.", "یک.\n\nدو.", []),
        ("One.\n\nTwo.", "یک.\nدو.", ["blank"]),
        ("One.\n\nTwo.", "یک. دو.", ["blank"]),
        ("One. Two.", "یک.  دو.", ["blank"]),
        ("One.\nTwo.", "یک. \nدو.", ["blank"]),
        ("One.", "یک.\n", ["blank"]),
        ("One.", "ی\u200cک.", []),  # a joiner belongs to the writing
        ("One.", "\u202eیک.", ["hidden"]),
        ("One.", f"{LRI}یک.", ["hidden"]),
    ],
)
def test_the_form_of_a_text(english: str, text: str, kinds: list[str]) -> None:
    assert [one.kind for one in same_form(english, text)] == kinds


@pytest.mark.parametrize(
    ("code", "english", "text", "kinds"),
    [
        ("bn", "18 or older", "১৮ বা বেশি", []),
        ("bn", "18 or older", "18 বা বেশি", ["digits"]),
        ("bn", "18 or older", "৮১ বা বেশি", ["number"]),
        ("ar", "18 or older", "٨١ أو أكثر", ["digits", "number"]),
        ("fa", "Two weeks", "۲ هفته", []),  # in words, or in digits
        ("fa", "More than 1,400 people", "بیش از ۱٬۴۰۰ نفر", []),
        ("ne", "Call +66 2 343 9300 in 3 days", "+66 2 343 9300 मा ३ दिनमा", []),
    ],
)
def test_digits_and_numbers(code: str, english: str, text: str, kinds: list[str]) -> None:
    assert [one.kind for one in same_numbers(english, text, CATALOGUE.languages[code])] == kinds


@pytest.mark.parametrize(
    ("code", "text", "kinds"),
    [
        ("ta", "வணக்கம்", []),
        ("ta", "Hello", ["untranslated"]),
        ("ta", "வணக்கம் hello", ["script"]),
        ("ta", "வணக்கம் WhatsApp", []),
        ("ta", "வணக்கம் नमस्ते", ["script"]),
        ("vi", "Xin chào", []),
        ("vi", "Hello!", ["untranslated"]),
        ("vi", "Xin chаo", ["script"]),  # a Cyrillic letter
        ("vi", "Xin chΑo", ["script"]),  # a Greek one
        ("ur", "كيا", ["letters", "letters"]),
        ("ur", "ه", ["letters"]),
        ("ar", "کتاب", ["letters"]),
        ("ps", "كور", ["letters"]),
        ("fa_AF", "كتاب", ["letters"]),
    ],
)
def test_letters_are_those_of_the_language(code: str, text: str, kinds: list[str]) -> None:
    found = own_letters("Hello", text, CATALOGUE.languages[code], frozenset({"whatsapp"}))
    assert [one.kind for one in found] == kinds


def test_a_text_without_a_word_may_stay_as_it_is() -> None:
    assert not [*own_letters("✕", "✕", CATALOGUE.languages["ta"], frozenset())]
    assert not [*own_letters("{a}: {b}", "{a}: {b}", CATALOGUE.languages["ta"], frozenset())]
    assert not [*own_letters("Manila", "Manila", CATALOGUE.languages["vi"], frozenset(), name=True)]


@pytest.mark.parametrize(
    ("code", "shown", "found"),
    [
        ("ar", f"مكتب {LRI}IOM{PDI} هنا", False),
        ("ar", "مكتب IOM هنا", True),
        ("ar", "اتصل +66 2 343 9300", True),
        ("ar", "عمرك 18", False),  # a number alone stands well by itself
        ("ar", f"مكتب {LRI}IOM هنا", True),
        ("ar", f"مكتب IOM{PDI} هنا", True),
        ("ar", f"مكتب {LRI}IOM\n{PDI} هنا", True),  # an isolate ends with its line
        ("vi", f"Xin {RLI}سلام{PDI}", False),
        ("vi", "Xin سلام", True),
    ],
)
def test_what_runs_against_the_direction_is_isolated(code: str, shown: str, *, found: bool) -> None:
    assert bool([*isolates(shown, CATALOGUE.languages[code])]) == found


def test_the_bot_isolates_by_itself_what_placeholders_hold_and_every_latin_word() -> None:
    text = "قال {text} في {office}، رقم {phone} أو +66 2 343 9300، help.unhcr.org، رمز {reference}، Café Đà Nẵng"
    assert not [*isolates(rendered(ARABIC, "menu", text), ARABIC.language)]


def test_a_plural_rule_is_held_to_that_of_cldr() -> None:
    arabic = CATALOGUE.languages["ar"]
    assert not [*plural_rule(arabic)]
    # The order that some tools write: their last two forms are the other way round, and CLDR's tags still fit.
    assert not [*plural_rule(replace(arabic, plural=arabic.plural.replace("? 4 : 5", "? 5 : 4")))]
    for wrong in (
        arabic.plural.replace("nplurals=6", "nplurals=5"),
        arabic.plural.replace("n%100<=10", "n%100<=12"),
        "nplurals=2; plural=(n != 1);",
        "nplurals=2; plural=(n !! 1);",
        "",
    ):
        assert [one.kind for one in plural_rule(replace(arabic, plural=wrong))][:1] == ["plural"], wrong


def test_a_header_of_another_language_is_found() -> None:
    catalogue = Catalog("ur", fuzzy=False)
    kinds = [
        one.kind for one in header(catalogue, replace(CATALOGUE.languages["fa"], plural=catalogue.plural_forms))
    ]
    assert kinds == ["header"]


def test_a_signature_is_good_until_the_text_or_the_english_changes() -> None:
    catalogue = Catalog("fa", fuzzy=False)
    catalogue.add("Yes", "بله", context="call", user_comments=("a translator's note",))
    catalogue.add("No", "نه", context="call")
    catalogue.add("Stop", "", context="other")
    yes, no = catalogue.get("Yes", "call"), catalogue.get("No", "call")
    assert yes is not None
    assert no is not None
    assert ["no reviewer signed it" in one.wrong for one in unsigned(yes, "Yes", "بله")] == [True]
    assert sign(catalogue, "A. Reader", "2026-11-20", ["call"]) == 2
    assert sign(catalogue, "A. Reader", "2026-11-21", ["call"]) == 2
    assert yes.user_comments[0] == "a translator's note"
    assert len(yes.user_comments) == 2, "a new mark takes the place of the old one"
    assert not [*unsigned(yes, "Yes", "بله")]
    assert ["it changed after" in one.wrong for one in unsigned(yes, "Yes", "آری")] == [True]
    assert ["it changed after" in one.wrong for one in unsigned(yes, "Yes!", "بله")] == [True]
    assert [one.kind for one in unsigned(no, "No", "بله")] == ["unreviewed"]
