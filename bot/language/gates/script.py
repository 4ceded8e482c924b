"""Beside step 9: whether a translation is written in the letters of its language, and in no others."""

# ruff: noqa: RUF001 - letters that look alike are what this is about

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from bot.language.folding import fold
from bot.language.gates.fault import Fault
from bot.language.gates.plain import without_fixed
from bot.language.languages import Language

LATIN_WORDS = "latin_words.yml"  # in `locales/`
_LATIN = "LATIN"
# ISO 15924 and the first word of the Unicode names of its letters.
_LETTERS: Mapping[str, str] = {
    "Arab": "ARABIC", "Beng": "BENGALI", "Cyrl": "CYRILLIC", "Deva": "DEVANAGARI", "Ethi": "ETHIOPIC",
    "Grek": "GREEK", "Guru": "GURMUKHI", "Hans": "CJK", "Khmr": "KHMER", "Laoo": "LAO", "Latn": _LATIN,
    "Mymr": "MYANMAR", "Rohg": "HANIFI", "Sinh": "SINHALA", "Taml": "TAMIL", "Thaa": "THAANA", "Thai": "THAI",
}  # fmt: skip
# Letters that look right and are not those of the language: search and reading aloud do not find the word.
_WRONG: Mapping[str, Mapping[str, str]] = {
    "ar": {"ی": "ي", "ک": "ك", "ہ": "ه", "ھ": "ه", "ە": "ه"},
    "ckb": {"ي": "ی", "ك": "ک", "ى": "ی"},
    "fa": {"ي": "ی", "ك": "ک", "ى": "ی"},
    "ps": {"ك": "ک"},
    "ur": {"ي": "ی", "ك": "ک", "ى": "ی", "ه": "ہ"},
}
_WORD = re.compile(r"[^\W\d_]+")


def load_latin_words(path: Path, code: str) -> frozenset[str]:
    """The Latin words that language `code` may keep, folded: those of all languages and its own."""
    raw = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}
    listed = [*(raw.get("all") or ()), *(raw.get(code) or ())]
    return frozenset(word for phrase in listed for word in fold(str(phrase)).split())


def own_letters(
    english: str, text: str, language: Language, latin: frozenset[str], *, name: bool = False
) -> Iterator[Fault]:
    """Letters of another script, Latin words that are not on the list, and texts that are still English.

    `latin`: see `load_latin_words`. A `name` of a city may be the same in two languages of Latin letters.
    """
    ours = _LETTERS.get(language.script)
    here = without_fixed(text)
    if ours is None or not any(one.isalpha() for one in without_fixed(english)):
        return
    letters = [one for one in here if one.isalpha()]
    foreign = dict.fromkeys(one for one in letters if _script(one) not in {ours, _LATIN, "MODIFIER"})
    if foreign:
        shown = ", ".join(f"«{one}» ({unicodedata.name(one, '?').capitalize()})" for one in foreign)
        yield Fault("script", f"{shown} is of another writing than {language.name}; type the word again.")
    yield from _wrong_letters(here, language)
    left = [word for word in _words(here) if word not in latin]
    if ours == _LATIN:
        if left and not name and fold(here) == fold(without_fixed(english)):
            yield Fault("untranslated", "it is the English itself; translate it.")
    elif letters and not any(_script(one) == ours for one in letters) and left:
        yield Fault("untranslated", f"it has no letter of {language.name}; translate it.")
    elif left:
        shown = ", ".join(dict.fromkeys(left))
        yield Fault(
            "script",
            f"«{shown}» stands in Latin letters; write it in those of {language.name}, or add a name that has "
            f"none to locales/{LATIN_WORDS}.",
        )


def _wrong_letters(text: str, language: Language) -> Iterator[Fault]:
    for wrong, right in _WRONG.get(language.code.partition("_")[0], {}).items():
        if wrong in text:
            names = f"{unicodedata.name(wrong).capitalize()}, {unicodedata.name(right).capitalize()}"
            yield Fault("letters", f"{language.name} writes «{right}» where this has «{wrong}» ({names}).")


def _words(text: str) -> list[str]:
    """The words with a Latin letter, folded."""
    return [fold(word) for word in _WORD.findall(text) if any(_script(one) == _LATIN for one in word)]


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").partition(" ")[0]
