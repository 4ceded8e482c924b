"""Step 3, checked: what people type differently is made equal."""

# ruff: noqa: RUF001 (look-alike letters are the point here)

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.engine.normalise import bare, normalise

ANYTHING = st.text(st.characters(codec="utf-8"))
SAME = {
    "arabic_ye_and_kaf": ("كجا ميروي", "کجا میروی"),
    "alef_maqsura": ("كسى", "کسی"),
    "alef_with_madda": ("آره", "اره"),
    "urdu_heh": ("ہاں", "هاں"),
    "te_marbuta": ("عودة", "عوده"),
    "zwnj": ("می\u200cخواهم", "میخواهم"),
    "verb_prefix_apart": ("می خواهم", "میخواهم"),
    "negative_verb_prefix_apart": ("پول نمی دهند", "پول نمیدهند"),
    "tatweel": ("سـلام", "سلام"),
    "tashkeel": ("سَلامٌ", "سلام"),
    "presentation_forms": ("ﺳﻼﻡ", "سلام"),
    "stretched": ("سلاممممم", "سلام"),
    "stretched_latin": ("pleeeease", "please"),
    "case": ("HELP Me", "help me"),
    "spaces": ("  help \n\t me ", "help me"),
    "curly_apostrophe": ("don’t", "don't"),
    "full_width": ("ｈｅｌｐ", "help"),
    "skin_tone": ("👍🏽", "👍"),
    "direction_marks": ("\u2067سلام\u2069", "سلام"),
    "composed_or_not": ("bele\u0302", "belê"),
}


@pytest.mark.parametrize(("written", "plain"), SAME.values(), ids=SAME)
def test_made_equal(written: str, plain: str) -> None:
    assert normalise(written) == plain


@pytest.mark.parametrize(
    "digits", ["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "০১২৩৪৫৬৭৮৯", "०१२३४५६७८९", "၀၁၂၃၄၅၆၇၈၉"]
)
def test_every_script_s_digits(digits: str) -> None:
    assert normalise(digits) == "0123456789"


def test_keycap_and_circled_digits() -> None:
    assert normalise("2️⃣ ③") == "2 3"


def test_numbers_are_not_squeezed() -> None:
    assert normalise("۱۰۰۰ dollars") == "1000 dollars"


def test_double_letters_stay() -> None:
    assert normalise("Visa fee — need free food") == "visa fee — need free food"


def test_the_urdu_word_for_in_is_no_persian_prefix() -> None:
    assert normalise("گھر میں ہوں") == "گهر میں هوں"


def test_bare_drops_punctuation_but_keeps_emoji_answers() -> None:
    assert bare("¿Yes, I do!!") == "yes i do"
    assert bare("I don't know…") == "i dont know"
    assert bare("✅") == "✅"
    assert bare("؟!") == ""


def test_half_characters_and_control_characters_go() -> None:
    assert normalise("he\ud800lp\x00me") == "help me"


@given(ANYTHING)
def test_nothing_invisible_is_left(text: str) -> None:
    kept = normalise(text)
    assert not [character for character in kept if unicodedata.category(character) in {"Cf", "Cc", "Cs"}]
    assert kept == kept.strip()


@given(ANYTHING)
def test_bare_is_free_of_punctuation(text: str) -> None:
    assert not [character for character in bare(text) if unicodedata.category(character)[0] == "P"]


def test_a_key_held_down_is_not_the_word_of_one_letter() -> None:
    assert normalise("hellooooo") == "hello"
    assert normalise("x" * 4096) == "xxx"
