"""Beside step 9: what must be the same in a translation as in English, whatever the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from bot.language.bidi import clean
from bot.language.gates.fault import Fault
from bot.language.languages import DIGITS, Language
from bot.language.translations import PLACEHOLDER, broken

# Addresses and telephone numbers, and the names that are the same in every language.
_OURS = ("IOM", "UNHCR", "AVRR")
_NAMES = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(_OURS)})(?![A-Za-z])")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{3,5}(?![A-Za-z0-9])")
_FIXED = re.compile(r"(?:[\w-]+\.)+(?:org|int|com|net)(?:[\w/.-]*\w)?|\+\d[\d ]{6,}\d")
_PLACE = re.compile(r"\{\w+\}?")  # also one that lost its end, which is said already
_NUMBER = re.compile(r"\d+(?:[,.\u066c\u202f]\d{3}(?!\d))*")
_SEPARATORS = re.compile(r"\D")


def same_parts(english: str, text: str) -> Iterator[Fault]:
    """Placeholders, addresses, telephone numbers and names that differ."""
    if broken(english, text):
        names = ", ".join(dict.fromkeys(PLACEHOLDER.findall(english))) or "none"
        yield Fault(
            "placeholder",
            f"its placeholders must be those of the English ({names}), each in braces; put them right.",
        )
    before, after = _unchanged(english), _unchanged(text)
    if before != after:
        yield Fault(
            "unchanged",
            f"{', '.join(sorted(before ^ after))} must stand in both or in neither; write it as in English.",
        )
    for word in dict.fromkeys(_CAPITALS.findall(_FIXED.sub(" ", text))):
        meant = next((name for name in _OURS if OSA.distance(word, name) == 1), None)
        if meant and not word.isdecimal() and word not in english:
            yield Fault("unchanged", f"«{word}» looks like a misspelt {meant}; write {meant}.")


def same_form(english: str, text: str) -> Iterator[Fault]:
    """Hidden characters, blanks at the ends or doubled, and lines or paragraphs that differ."""
    if clean(text) != text:
        yield Fault(
            "hidden",
            "it has a hidden control or direction character; remove it, the bot sets directions itself.",
        )
    if text != text.strip() or re.search(r"[ \u00a0]{2}|[ \t]\n|\n[ \t]", text):
        yield Fault("blank", "it has blanks at the beginning or end of a line, or two together; remove them.")
    if [line == "" for line in text.strip().split("\n")] != [line == "" for line in english.split("\n")]:
        lines, here = english.count("\n") + 1, text.strip().count("\n") + 1
        yield Fault(
            "blank",
            f"it has {here} lines where the English has {lines}; break lines and leave empty ones as in English.",
        )


def same_numbers(english: str, text: str, language: Language) -> Iterator[Fault]:
    """Digits of another writing than the language's, and numbers that are not those of the English."""
    ours = DIGITS[language.digits]
    here = without_fixed(text)
    foreign = dict.fromkeys(one for one in here if one.isdecimal() and one not in ours)
    if foreign:
        yield Fault(
            "digits", f"{' '.join(foreign)} is not a digit of this language; its digits are {' '.join(ours)}."
        )
    before, after = _numbers(without_fixed(english)), _numbers(here)
    # A language may say a number in words, or name one that English does not: only a swap is surely wrong.
    if len(before) == len(after) and before != after:
        said = ", ".join(str(one) for one in sorted(set(before) - set(after)) or before)
        yield Fault("number", f"the English says {said}, and this another number; write the same.")


def without_fixed(text: str) -> str:
    """`text` without its placeholders, addresses, telephone numbers and names that are never translated."""
    return _NAMES.sub(" ", _FIXED.sub(" ", _PLACE.sub(" ", text)))


def _unchanged(text: str) -> set[str]:
    return set(_FIXED.findall(text)) | set(_NAMES.findall(_FIXED.sub(" ", text)))


def _numbers(text: str) -> list[int]:
    return sorted(int(_SEPARATORS.sub("", one)) for one in _NUMBER.findall(text))
