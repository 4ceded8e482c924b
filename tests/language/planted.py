"""Defects to plant in a translation: each makes one and says which kind of finding it must bring."""

# ruff: noqa: RUF001 - letters that look alike are what this is about

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from bot.language.checks import Material
from bot.language.extract import CRITERION, Entry
from bot.language.gates.fault import Kind
from bot.language.gates.limits import limit_of
from bot.language.languages import DIGITS
from bot.language.translations import PLACEHOLDER

_FIXED = re.compile(r"\b(?:IOM|UNHCR|AVRR)\b|help\.unhcr\.org|\+66 2 343 9300")
# A term that stands in real strings of all languages, and what the translators called it.
PASSPORT: Mapping[str, str] = {
    "ar": "جواز",
    "bn": "পাসপোর্ট",
    "fa": "گذرنامه|پاسپورت",
    "my": "ပတ်စ်ပို့|ပတ်စပို့",
    "ne": "राहदानी|पासपोर्ट",
    "si": "පාස්පෝට්",
    "ta": "பாஸ்போர்ட்|கடவுச்சீட்டு",
    "ur": "پاسپورٹ",
    "vi": "hộ chiếu",
}
_TWINS = {"ar": ("ي", "ی"), "fa": ("ی", "ي"), "ur": ("ک", "ك")}


@dataclass(frozen=True)
class Place:
    """A string that is well translated, and what may be planted with."""

    entry: Entry
    text: str
    material: Material
    random: Random

    @property
    def code(self) -> str:
        """The language."""
        return self.material.wording.language.code


def longer(place: Place) -> str | None:
    """So long that its narrowest place does not hold it."""
    limit = limit_of(
        place.entry.context, place.material.responses.get(place.entry.context), is_title=place.entry.is_title
    )
    return None if "\n" in place.text else " ".join([place.text] * (limit.most // len(place.text) + 1))


def without_placeholder(place: Place) -> str | None:
    """One placeholder lost."""
    left = PLACEHOLDER.sub("", place.text, count=1).strip()
    return left or None


def misspelt_placeholder(place: Place) -> str | None:
    """One placeholder that the bot does not know."""
    return PLACEHOLDER.sub(r"{\1s}", place.text, count=1) if PLACEHOLDER.search(place.text) else None


def open_brace(place: Place) -> str | None:
    """A placeholder without its end."""
    return place.text.replace("}", "", 1) if "}" in place.text else None


def hidden(place: Place) -> str:
    """A direction mark, an override, an open isolate or a zero-width blank of another kind inside."""
    mark = place.random.choice("\u200e\u200f\u202e\u2066\u2067\u2068\x07")
    at = place.random.randrange(len(place.text) + 1)
    return place.text[:at] + mark + place.text[at:]


def blank(place: Place) -> str:
    """A blank or a line end at the beginning or end."""
    return place.random.choice((f" {place.text}", f"{place.text} ", f"{place.text}\n"))


def lost_line(place: Place) -> str | None:
    """Two lines or paragraphs run together."""
    return re.sub(r"\n+", " ", place.text, count=1) if "\n" in place.text else None


def english(place: Place) -> str | None:
    """The English, as a translator's editor offers it."""
    return (
        place.entry.english
        if re.search(r"[a-z]{3}", place.entry.english) and place.entry.context != "city"
        else None
    )


def left_english(place: Place) -> str | None:
    """A word of English left in the sentence."""
    return None if place.code == "vi" or place.entry.is_title else f"{place.text} office"


def homoglyph(place: Place) -> str | None:
    """A letter of another script that looks like one of its own: in Latin words, or after a word."""
    if place.code == "vi":
        return place.text.replace("a", "а", 1) if "a" in place.text else place.text.replace("o", "ο", 1)
    return None if place.entry.is_title else f"{place.text} {place.random.choice('аοіԱ')}"


def twin_letter(place: Place) -> str | None:
    """The Arabic letter where the language has its own, or the other way round."""
    right, wrong = _TWINS.get(place.code, ("", ""))
    return place.text.replace(right, wrong, 1) if right and right in place.text else None


def changed_fixed(place: Place) -> str | None:
    """One letter or digit of a name, an address or a telephone number changed."""
    found = _FIXED.search(place.text)
    if not found:
        return None
    at = place.random.randrange(found.start() + 1, found.end() - 1)
    return (
        None
        if place.text[at] in " ."
        else place.text[:at] + "9X"[place.text[at].isdigit() - 1] + place.text[at + 1 :]
    )


def foreign_digit(place: Place) -> str | None:
    """A number in the digits of another writing."""
    own = DIGITS[place.material.wording.language.digits]
    other = DIGITS["deva" if own == DIGITS["latn"] else "latn"]
    found = next((one for one in PLACEHOLDER.sub("", _FIXED.sub("", place.text)) if one in own), None)
    return place.text.replace(found, other[own.index(found)]) if found and not _FIXED.search(place.text) else None


def other_number(place: Place) -> str | None:
    """A number of English that became another."""
    own = DIGITS[place.material.wording.language.digits]
    numbers = re.findall(r"\d+", PLACEHOLDER.sub("", place.entry.english))
    found = re.findall(r"\d+", place.text)
    if len(numbers) != 1 or len(found) != 1 or _FIXED.search(place.text):
        return None
    return place.text.replace(found[0], found[0] + own[7])


def banned(place: Place) -> str | None:
    """A word of the language's list in the sentence."""
    words = [word for word, allowed in place.material.banned.words.items() if place.entry.context not in allowed]
    return (
        None
        if place.entry.context == CRITERION or place.entry.is_title
        else f"{place.text} {place.random.choice(words)}"
    )


def unprotected(place: Place) -> str | None:
    """A sign that runs from left to right in a right-to-left sentence, and is no letter."""
    rtl = place.material.wording.language.direction == "rtl"
    return f"{place.text} Ⅳ" if rtl and not place.entry.is_title else None


def other_word(place: Place) -> str | None:
    """Another word than the glossary has."""
    if "passport" not in place.entry.english.casefold():
        return None
    text = place.text
    for form in PASSPORT[place.code].split("|"):
        text = re.sub(re.escape(form), "—", text, flags=re.IGNORECASE)
    return text


TEXTS: Mapping[Kind, tuple[Callable[[Place], str | None], ...]] = {
    "limit": (longer,),
    "placeholder": (without_placeholder, misspelt_placeholder, open_brace),
    "hidden": (hidden,),
    "blank": (blank, lost_line),
    "untranslated": (english,),
    "script": (left_english, homoglyph),
    "letters": (twin_letter,),
    "unchanged": (changed_fixed,),
    "digits": (foreign_digit,),
    "number": (other_number,),
    "banned": (banned,),
    "isolate": (unprotected,),
    "glossary": (other_word,),
}
