"""Step 3, beside the letters: a message in plain Latin letters, whatever its script, and without its marks.

People who write Bangla or Sinhala also type it in Latin letters. In one script the messages of one habit teach
the other.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import icu
from anyascii import anyascii

from nlu.engine.normalise import normalise

_ARABIC = re.compile("[\u0600-\u06ff]")
# Signs by which ICU parts vowels; nobody types them.
_SEPARATORS = dict.fromkeys(map(ord, "'`"), "")
_KEPT = 4096  # texts whose Latin form is remembered: one message is asked for it by several kinds of n-grams


@lru_cache(_KEPT)
def in_latin(text: str) -> str:
    """A normalised text in plain Latin letters; one in Arabic letters as it is.

    Arabic letters leave the vowels out, so `skeleton` has a table of its own for them. Sinhala, which ICU does
    not know, comes from anyascii.
    """
    if _ARABIC.search(text):
        return text
    return normalise(anyascii(_to_latin().transliterate(text))).translate(_SEPARATORS)


def is_plain_latin(text: str) -> bool:
    """Whether a text has letters, and all are the unmarked ones of English."""
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and all(letter.isascii() for letter in letters)


def without_marks(text: str) -> str:
    """A text in Latin letters without their marks, as Vietnamese is often typed; any other as it is."""
    parts = unicodedata.normalize("NFD", text.replace("đ", "d"))
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    return bare if is_plain_latin(bare) else text


@cache
def _to_latin() -> icu.Transliterator:
    return icu.Transliterator.createInstance("Any-Latin; Latin-ASCII")
