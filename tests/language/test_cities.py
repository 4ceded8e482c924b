"""Step 4, checked: a city stands for its country, a country goes before a city, everyday words are neither."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from place_names import cities, countries

from bot.language.cities import countries_named, load_everyday

ROOT = Path(__file__).resolve().parents[2]
# Cities that training messages of other intents really name; _ stands for a space.
MEANT = """
amman ankara baghdad bangkok barcelona basra bukit_jalil chennai colombo da_nang dawei dhaka el_fasher erbil
galle ghazze ha_noi hat_yai hatyai istanbul jaffna jakarta johor kabul kajang kandy karachi kathmandu khartoum
khan_yunis kovai lahore lashio liverpool loikaw madurai mae_sot mandalay medan medani melbourne myawaddy
nay_pyi_taw peshawar phnom_penh
phuket pokhara quetta sagaing sai_gon semenyih surabaya tokyo vieng_chan yangon استانبول استنبول اسطنبول
اسلام_اباد الدوحه الموصل بانکوک باکو بغداد بنکاک بورتسودان تهران جاکارتا جکارته دبیی دوحه صنعاء عنتاب
لاهور لندن مدان مدرید مقدیشو هرات کابل کراچی کسلا کوالالمبور کوالالمپور کویٹه काठमाडौं टोक्यो दिल्ली दुबई
पोखरा बैंकक কুয়ালালামপুর চট্টগ্রাম ঢাকা দুবাই ব্যাংকক রংপুর கொழும்பு கோயம்புத்தூர் கோலாலம்பூர் சென்னை
மதுரை மேடான் කොළඹ බැංකොක් ලන්ඩන් ဘန်ကောက် မန္တလေး ရန်ကုန်
"""


def codes(text: str, language: str | None = None) -> list[str]:
    return countries_named(countries(), cities(), text, language)


def not_meant_as_a_place() -> Iterator[str]:
    """The training messages that tell no country or city, and all words of words.yml."""
    for file in sorted((ROOT / "nlu").glob("*/*.yml")):
        intent = ""
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("- intent:"):
                intent = line.split()[-1]
            elif line.startswith("    - ") and intent != "inform":
                yield line.strip().removeprefix("- ")
    for file in sorted((ROOT / "locales").glob("*/words.yml")):
        for listed in yaml.safe_load(file.read_text(encoding="utf-8")).values():
            words = [w for each in listed.values() for w in each] if isinstance(listed, dict) else listed
            yield from map(str, words)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Dubai", "AE"),
        ("i am in chittagong", "BD"),
        ("main lahore mein rehta hun", "PK"),
        ("mae sot", "TH"),
        ("maesot", "TH"),
        ("Riyadh", "SA"),
        ("هرات", "AF"),
        ("من در مشهد هستم", "IR"),
        ("ঢাকায় থাকি", "BD"),
        ("চট্টগ্রামে", "BD"),
        ("काठमाडौंमा", "NP"),
        ("யாழ்ப்பாணம்", "LK"),
        ("කොළඹ", "LK"),
        ("ရန်ကုန်", "MM"),
        ("မြဝတီမြို့", "MM"),
        ("الدوحة", "QA"),
        ("hà nội", "VN"),
        ("کراچی", "PK"),
        ("bkk", "TH"),
    ],
)
def test_a_city_stands_for_its_country(typed: str, code: str) -> None:
    assert codes(typed) == [code]


@pytest.mark.parametrize(
    ("typed", "code"), [("karachy", "PK"), ("mandaly", "MM"), ("Chitagong", "BD"), ("jakrta", "ID")]
)
def test_a_city_misspelled_by_a_letter_or_two(typed: str, code: str) -> None:
    assert codes(typed) == [code]


@pytest.mark.parametrize(
    ("typed", "found"), [("Dhaka Malaysia", ["MY"]), ("from Karachi, Pakistan", ["PK"]), ("Iran", ["IR"])]
)
def test_a_country_goes_before_a_city(typed: str, found: list[str]) -> None:
    assert codes(typed) == found


def test_a_name_in_several_countries_gives_them_all_the_largest_first() -> None:
    assert codes("Hyderabad") == ["IN", "PK"]


@pytest.mark.parametrize(
    "typed", ["", "of", "same", "nice", "home", "bali", "help", "yes", "no", "12", "the lane behind it"]
)
def test_everyday_words_are_no_city(typed: str) -> None:
    assert cities().named(typed) == []
    assert cities().nearly(typed) == []


def test_no_message_that_means_something_else_names_a_city() -> None:
    meant = {name.replace("_", " ") for name in MEANT.split()}
    places = {cities().names[name] for name in meant if name in cities().names}
    named = {text: tuple(cities().named(text)) for text in not_meant_as_a_place()}
    wrong = [text for text, found in named.items() if found and found not in places]
    wrong = [text for text in wrong if not countries().named(text)]
    assert not wrong, "Put the city's name into criteria/not_cities.txt, or into MEANT here if it is meant."


def test_only_well_known_cities_count_misspelled_or_by_another_name_inside_a_text() -> None:
    assert cities().named("i live in rangoon now")[0].code == "MM"
    assert cities().nearly("Mae Sat") == []


def test_cities_know_where_they_are() -> None:
    (dubai,) = cities().named("dubai")
    assert (round(dubai.latitude), round(dubai.longitude)) == (25, 55)
    assert dubai.people > 1_000_000


def test_the_list_of_everyday_words_is_folded_and_may_have_remarks(tmp_path: Path) -> None:
    path = tmp_path / "not_cities.txt"
    path.write_text("# all\nBali # yes in Dari\n\nCần được\n", encoding="utf-8")
    assert load_everyday(path) == {"bali", "can duoc"}
