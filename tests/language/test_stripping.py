"""Step 4, checked: of a message that is kept only what everybody could have written stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from place_names import cities, countries

from bot.language.stripping import MOST, strip, word_key, words_of

# What people of each language say, as training messages have it. No name stands in it but «minh» and «hope».
LEARNED = {
    "en": "my name is and i want to go home now please help me call us at the office in with hope no yes from",
    "bn": "আমার নাম আমি আছি ফোন করেন দেশে যেতে চাই",
    "ta": "என் பெயர் நான் இருக்கிறேன் வீட்டுக்கு போகணும்",
    "vi": "tên tôi là tôi muốn về nhà ở minh nguyên",
    "ar": "اسمي أنا من وأريد العودة إلى البيت",
    "fa": "اسم من است و می‌خواهم به خانه برگردم",
    "my": "ကျွန်တော့်နာမည် အိမ်ပြန်ချင်တယ် ကူညီပါ",
    "si": "මගේ නම මට ගෙදර යන්න ඕන",
    "ne": "मेरो नाम म घर जान चाहन्छु",
}


def stripped(text: str, language: str = "en") -> str | None:
    vocabulary = frozenset(word_key(word) for word in words_of(LEARNED[language]))
    return strip(text, vocabulary, countries(), cities())


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "my name is Rahim, i want to go home", "my name is <word>, i want to go home"),
        ("bn", "আমার নাম রহিম উদ্দিন, আমি আছি", "আমার নাম <word> <word>, আমি আছি"),
        ("ta", "என் பெயர் செல்வம், நான் இருக்கிறேன்", "என் பெயர் <word>, நான் இருக்கிறேன்"),
        ("vi", "tên tôi là Nguyễn Thị Thu", "tên tôi là <word> <word> <word>"),
        ("ar", "اسمي أحمد وأريد العودة", "اسمي <word> وأريد العودة"),
        ("fa", "اسم من رضا است", "اسم من <word> است"),
        ("my", "ကျွန်တော့်နာမည် အောင်ကျော် အိမ်ပြန်ချင်တယ်", "ကျွန်တော့်နာမည် <word> အိမ်ပြန်ချင်တယ်"),
        ("si", "මගේ නම සුනිල් මට ගෙදර යන්න ඕන", "මගේ නම <word> මට ගෙදර යන්න ඕන"),
        ("ne", "मेरो नाम राम बहादुर", "मेरो नाम <word> <word>"),
    ],
)
def test_a_name_goes_in_every_script(language: str, text: str, left: str) -> None:
    assert stripped(text, language) == left


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("bn", "ফোন করেন ০১৭১২-৩৪৫৬৭৮", "ফোন করেন #"),
        ("en", "call me +880 1712 345 678 now", "call me # now"),
        ("en", "call me ٠١٧١٢٣٤٥٦٧٨ now", "call me # now"),
        ("en", "call me \uff10\uff11\uff17 or ² now", "call me # <word> # now"),
        ("en", "my passport AB1234567 please", "my <word> # please"),
        ("my", "ကူညီပါ ၀၉၄၅၁ အိမ်ပြန်ချင်တယ်", "ကူညီပါ # အိမ်ပြန်ချင်တယ်"),
    ],
)
def test_digits_of_any_script_go(language: str, text: str, left: str) -> None:
    assert stripped(text, language) == left


def test_letters_with_digits_among_them_stay_without_these_only_where_they_are_a_word() -> None:
    vocabulary = frozenset({"3andi", "ana"})
    assert strip("ana 3andi 7abibi", vocabulary, countries(), cities()) == "ana #andi #"


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "i want to go from Bangladesh to Kuala Lumpur", "i want to go from <place> to <place>"),
        ("en", "i want to go home from mae sot", "i want to go home from <place>"),
        ("en", "help me in DHAKA please", "help me in <place> please"),
        ("en", "i go from TH to UK, help us", "i go from <place> to <place>, help us"),
        ("en", "i go home in uae or th", "i go home in <place> <word> <word>"),
        ("en", "help me in Doha", "help me in <place>"),
        ("bn", "আমি ঢাকায় আছি", "আমি <place> আছি"),
        ("ta", "நான் சென்னையில் இருக்கிறேன்", "நான் <place> இருக்கிறேன்"),
        ("ar", "أنا من السودان وأريد العودة", "أنا من <place> وأريد العودة"),
    ],
)
def test_a_country_and_a_city_are_places_with_their_endings_too(language: str, text: str, left: str) -> None:
    assert stripped(text, language) == left


def test_a_place_goes_although_training_messages_name_it() -> None:
    vocabulary = frozenset({"i", "am", "in", "dhaka", "malaysia"})
    assert strip("i am in dhaka, malaysia", vocabulary, countries(), cities()) == "i am in <place>, <place>"


@pytest.mark.parametrize(
    "link", ["https://t.me/rahim", "www.me.help", "rahim@mail.com", "@rahim", "fb.com/home", "rahim\uff20mail.com"]
)
def test_a_link_and_an_address_go_whole(link: str) -> None:
    assert stripped(f"call me at {link} please") == "call me at <link> please"


@pytest.mark.parametrize("hidden", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e"])
def test_a_sign_that_is_not_seen_hides_nothing(hidden: str) -> None:
    text = f"my name is ho{hidden}me{hidden}r, call 01{hidden}71 from Dha{hidden}ka, rahim{hidden}@mail.com"
    assert stripped(text) == "my name is <word>, call # from <place>, <link>"


@pytest.mark.parametrize(
    ("language", "text", "left"),
    [
        ("en", "my name is Hope, please help", "my name is <word>, please help"),
        ("en", "please help. Call me with hope", "please help. Call me with hope"),
        ("en", "Hope Now i want to go home", "<word> <word> i want to go home"),
        ("vi", "tôi là Minh, tôi muốn về", "tôi là <word>, tôi muốn về"),
        ("vi", "Tôi là Nguyễn", "Tôi là <word>"),
        ("vi", "tôi là nguyễn", "tôi là <word>"),  # «nguyên» is a word, and another
    ],
)
def test_a_name_that_is_a_word_too_goes_where_it_is_written_as_a_name(language: str, text: str, left: str) -> None:
    assert stripped(text, language) == left


@pytest.mark.parametrize(
    "text", ["", "Rahim Uddin", "home", "home Rahim", "0171 000", "🙂 🙂", "... ?!", "\ud800"]
)
def test_with_fewer_than_two_words_nothing_is_left_to_keep(text: str) -> None:
    assert stripped(text) is None


def test_other_signs_go_and_the_person_s_own_are_never_taken_for_ours() -> None:
    assert stripped("<place> #1 go home 🇧🇩 ❤️ [now](office) {yes}") == "<word> # go home now office yes"


def test_it_is_cut_between_words() -> None:
    left = stripped("i want to go home now " * 100)
    assert left is not None
    assert MOST - 10 < len(left) <= MOST
    assert left.split()[-1] in LEARNED["en"].split()


def test_a_person_s_words_are_not_read_for_long() -> None:
    assert stripped("go home " + "a." * 20_000) is not None


@given(st.text(), st.text(alphabet=st.characters(categories=["Nd"]), min_size=1))
def test_whatever_is_written_only_known_words_and_our_signs_are_left(text: str, digits: str) -> None:
    left = stripped(f"please help {text} {digits} home")
    assert left is not None
    assert not [sign for sign in left if unicodedata.category(sign)[0] in "NC"]
    known = {word_key(word) for word in words_of(LEARNED["en"])}
    rest = left.replace("<word>", "").replace("<place>", "").replace("<link>", "").replace("#", "")
    assert {word_key(word) for word in words_of(rest)} <= known
