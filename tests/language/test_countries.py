from __future__ import annotations

import pytest
from place_names import countries

from bot.language.countries import CountryNames, find_country


@pytest.fixture(scope="module")
def names() -> CountryNames:
    return countries()


@pytest.mark.parametrize(
    ("typed", "language", "code"),
    [
        ("Thailand", "en", "TH"),
        ("THAILAND!!", "en", "TH"),
        ("th", "en", "TH"),
        ("UAE", "en", "AE"),
        ("Burma", "en", "MM"),
        ("hong kong", "en", "HK"),
        ("Macau", "en", "MO"),
        ("new caledonia", "en", "NC"),
        ("papua new guinea", "en", "PG"),
        ("turkey", "en", "TR"),
        ("korea", "en", "KR"),
        ("thai lan", "vi", "TH"),
        ("Việt Nam", "vi", "VN"),
        ("ايران", "fa", "IR"),
        ("مالزي", "fa", "MY"),
        ("سری‌لانکا", "fa", "LK"),
        ("تھائی لینڈ", "ur", "TH"),
        ("تايلاند", "ar", "TH"),
        ("থাইল্যান্ড", "bn", "TH"),
        ("थाइल्याण्ड", "ne", "TH"),
        ("ထိုင်း", "my", "TH"),
    ],
)
def test_a_name_in_any_language_and_script(names: CountryNames, typed: str, language: str, code: str) -> None:
    assert names.find(typed, language) == [code]


@pytest.mark.parametrize(
    ("typed", "language", "codes"),
    [
        ("im in thailand now", "en", ["TH"]),
        ("i am from nepal, now in malaysia", "en", ["NP", "MY"]),
        ("من الان در تایلند هستم", "fa", ["TH"]),
        ("تایلندم", "fa", ["TH"]),
        ("தாய்லாந்தில்", "ta", ["TH"]),
        ("තායිලන්තයේ", "si", ["TH"]),
        ("থাইল্যান্ডে আছি", "bn", ["TH"]),
        ("ထိုင်းမှာရှိတယ်", "my", ["TH"]),
        ("anh ở thái lan", "vi", ["TH"]),
    ],
)
def test_a_name_in_a_short_sentence(names: CountryNames, typed: str, language: str, codes: list[str]) -> None:
    assert names.find(typed, language) == codes


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("Thialand", ["TH"]),
        ("tailand", ["TH"]),
        ("malaysa", ["MY"]),
        ("phillipines", ["PH"]),
        ("banglades", ["BD"]),
        ("srilanka", ["LK"]),
        ("austrlia", ["AU", "AT"]),
        ("irak", ["IQ", "IR"]),
        ("افغانستن", ["AF"]),
    ],
)
def test_a_letter_or_two_wrong(names: CountryNames, typed: str, codes: list[str]) -> None:
    assert names.find(typed) == codes


@pytest.mark.parametrize(
    "typed",
    ["", "no", "No", "in", "yes", "woman", "i want to go home", "12345", "???", "i am a woman and i need help"],
)
def test_other_words_are_no_country(names: CountryNames, typed: str) -> None:
    assert find_country(names, typed, "en") == []


def test_at_most_three_and_a_long_text_is_no_burden(names: CountryNames) -> None:
    assert names.find("nepal china india japan iran") == ["NP", "CN", "IN"]
    assert names.find("tailand " * 800) == []


def test_every_country_is_found_by_its_english_name(names: CountryNames) -> None:
    from babel import Locale

    english = Locale.parse("en").territories
    assert [code for code in names.codes if names.find(english[code], "en")[:1] != [code]] == []
