"""Step 3, checked: any script in Latin letters, marks left out, and Zawgyi turned into Unicode."""

import icu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.engine.latin import in_latin, is_plain_latin, without_marks
from nlu.engine.messages import forms
from nlu.engine.normalise import normalise
from nlu.engine.zawgyi import as_unicode

HOME = {
    "bangla": ("আমি বাড়ি যেতে চাই", "ami bari yete cai"),
    "nepali": ("म घर जान चाहन्छु", "ma ghara jana cahanchu"),
    "tamil": ("வீட்டுக்கு", "vittukku"),
    "sinhala": ("මට ගෙදර යන්න ඕන", "mt gedr ynn on"),
    "vietnamese": ("tôi muốn về nhà", "toi muon ve nha"),
    "english": ("i want to go home", "i want to go home"),
    "persian": ("میخوام برگردم", "میخوام برگردم"),
}


@pytest.mark.parametrize(("written", "latin"), HOME.values(), ids=HOME)
def test_in_latin_letters(written: str, latin: str) -> None:
    assert in_latin(normalise(written)) == latin


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_text_has_a_latin_form(text: str) -> None:
    assert in_latin(normalise(text)) is not None


def test_plain_latin() -> None:
    assert is_plain_latin("salam 2!")
    assert not any(is_plain_latin(text) for text in ("سلام", "tôi", "iran میرم", "22 ?", ""))


def test_marks_are_left_out_of_latin_letters_alone() -> None:
    assert without_marks("đi về nhà") == "di ve nha"
    assert without_marks("বাড়ি যেতে") == "বাড়ি যেতে"


def test_a_marked_message_has_two_forms() -> None:
    assert forms("về nhà") == ("về nhà", "ve nha")
    assert forms("ve nha") == ("ve nha",)
    assert forms("ဗမာ") == ("ဗမာ",)


UNICODE = ["ကျွန်တော် အိမ်ပြန်ချင်တယ်", "ကျေးဇူးပြု၍ ကူညီပါ", "ပိုက်ဆံ ဘယ်လောက်ရမလဲ"]


@pytest.mark.parametrize("text", UNICODE)
def test_zawgyi_becomes_what_it_says_and_unicode_stays(text: str) -> None:
    zawgyi = icu.Transliterator.createInstance("my-Zawgyi").transliterate(text)
    assert zawgyi != text
    assert as_unicode(zawgyi) == text
    assert as_unicode(text) == text
    assert normalise(zawgyi) == normalise(text)


def test_zawgyi_is_looked_for_in_burmese_letters_alone() -> None:
    assert as_unicode("hello আমি") == "hello আমি"
