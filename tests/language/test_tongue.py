"""Step 4, checked: a language is offered to those who write in it, and hardly ever to those who do not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.language.languages import load_languages
from bot.language.tongue import FEWEST_WORDS, Tongues, load_tongues, main_script, words_in

ROOT = Path(__file__).resolve().parents[2]
OFFERED = ("en", "bn", "ur", "fa", "fa_AF", "ta", "vi", "my", "ar", "si", "ne")


@cache
def tongues() -> Tongues:
    return load_tongues(load_languages(ROOT / "locales" / "languages.yml"))


def messages(language: str, script: str) -> Iterator[str]:
    """The training messages of a language in one script."""
    for file in sorted((ROOT / "nlu" / language).glob("*.yml")):
        for line in file.read_text(encoding="utf-8").splitlines():
            text = line.strip().removeprefix("- ")
            if line.startswith("    - ") and main_script(text.casefold()) == script:
                yield text


def share(texts: list[str], chosen: str, other: str | None = None) -> float:
    """The share of `texts` of three words or more at which any language is offered, or the one named."""
    texts = [text for text in texts if words_in(text, main_script(text.casefold()) or "") >= FEWEST_WORDS]
    found = [tongues().other_than(chosen, text, OFFERED) for text in texts]
    return sum(code is not None if other is None else code == other for code in found) / len(texts)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("how much money will they give me", "en"),
        ("আমি বাড়ি যেতে চাই", "bn"),
        ("मलाई घर जान मन छ", "ne"),
        ("நான் வீட்டுக்கு போக விரும்புகிறேன்", "ta"),
        ("මට ගෙදර යන්න ඕන", "si"),
        ("အိမ်ပြန်ချင်တယ်ဘယ်လိုလုပ်ရမလဲ", "my"),
        ("tôi muốn về nhà", "vi"),
        ("میں گھر جانا چاہتا ہوں", "ur"),
        ("أريد العودة إلى بلدي", "ar"),
    ],
)
def test_three_words_in_another_language_are_known(text: str, other: str) -> None:
    assert tongues().other_than("fa", text, OFFERED) == other
    assert tongues().other_than(other, text, OFFERED) is None
    assert tongues().other_than("fa", text, ("fa", "fa_AF")) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12 345 6789",
        "👍 👍 👍",
        "hello",
        "go home",
        "বাড়ি যাব",
        "مرحبا بك",
        "salam chetori khobi",
        "я хочу домой завтра",
    ],
)
def test_few_words_numbers_and_letters_of_nobody_here_are_not(text: str) -> None:
    assert tongues().other_than("fa", text, OFFERED) is None


def test_persian_for_dari_and_back_is_no_other_language() -> None:
    text = "می‌خواهم برگردم خانه پیش خانواده ام"
    assert tongues().other_than("fa_AF", text, OFFERED) is None
    assert tongues().other_than("en", text, OFFERED) == "fa"


def test_a_script_of_two_languages_offered_is_left_to_the_model() -> None:
    assert tongues().other_than("en", "मुझे अपने घर वापस जाना है कैसे जाऊँ", (*OFFERED, "hi")) == "hi"


def test_words_are_the_same_however_they_are_composed() -> None:
    assert tongues().other_than("en", unicodedata.normalize("NFD", "tôi muốn về nhà"), OFFERED) == "vi"


def test_romanised_messages_hardly_ever_bring_an_offer() -> None:
    romanised = {code: list(messages(code, "Latn")) for code in OFFERED if code not in {"en", "vi", "fa_AF"}}
    found = [tongues().other_than(code, text, OFFERED) for code, texts in romanised.items() for text in texts]
    assert len(found) > 5000
    assert sum(code is not None for code in found) / len(found) < 0.01
    assert max(share(texts, code) for code, texts in romanised.items()) < 0.03


@pytest.mark.parametrize("chosen", ["bn", "vi"])
def test_most_english_messages_bring_the_offer_of_english(chosen: str) -> None:
    assert share(list(messages("en", "Latn"))[::5], chosen, "en") > 0.6


@pytest.mark.parametrize(
    ("code", "script"),
    [
        ("fa", "Arab"),
        ("ur", "Arab"),
        ("ar", "Arab"),
        ("vi", "Latn"),
        ("bn", "Beng"),
        ("my", "Mymr"),
        ("ne", "Deva"),
    ],
)
def test_messages_in_their_own_script_are_known_and_bring_no_other(code: str, script: str) -> None:
    texts = list(messages(code, script))[::5]
    assert share(texts, code) < 0.01
    assert share(texts, "en", code) > 0.55  # Vietnamese is often typed without its marks
