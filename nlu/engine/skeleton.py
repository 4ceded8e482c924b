"""Step 3, beside the letters: the consonants of a message, the same in its own script and in Latin letters.

«میخوام برگردم» and "mikham bargardam" share no letter, but both come down to the same few consonants. People
write vowels as they please and consonants nearly always, so n-grams of the skeleton let the messages of one
script teach the other.
"""

from __future__ import annotations

import re

from nlu.engine.latin import in_latin

# Two Latin letters that stand for one sound; each becomes the sign the Arabic letter gets below.
_PAIRS = (("sh", "$"), ("ch", "c"), ("kh", "x"), ("gh", "q"), ("zh", "z"), ("ph", "f"), ("ck", "k"), ("th", "t"))
_SOUNDS = {
    "": "اعیویaeiouywv",  # noqa: RUF001  # vowels, and the half vowels that are typed or left out alike
    "b": "ب",
    "p": "پ",
    "t": "تطټٹ",
    "s": "ثسص",
    "j": "ج",
    "c": "چ",
    "h": "حه",
    "x": "خ",
    "d": "دډڈ",
    "z": "ذزضظژ",
    "r": "رړڑ",
    "$": "ش",
    "q": "غق",
    "f": "ف",
    "k": "ک",
    "g": "گ",
    "l": "ل",
    "m": "م",
    "n": "نںڼ",
}
_SIGN = {ord(letter): sign for sign, letters in _SOUNDS.items() for letter in letters}
# A last heh is a vowel in Persian and Urdu («خونه», "khune", "khuneh").
_SILENT_HEH = re.compile(r"(?<=[^\W\d_])h\b|(?<=\$)h\b")
_DOUBLED = re.compile(r"(\D)\1+")


def skeleton(text: str) -> str:
    """The consonants of a normalised text, word by word; digits stay as they are."""
    text = in_latin(text)
    for pair, sign in _PAIRS:
        text = text.replace(pair, sign)
    return _DOUBLED.sub(r"\1", _SILENT_HEH.sub("", text.translate(_SIGN)))
