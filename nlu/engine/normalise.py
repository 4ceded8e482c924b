"""Step 3, first of all: a message's letters made equal where people type them differently.

Pure text in, pure text out; the training messages, the lists in `locales/` and what people write all pass
through it, so that only the difference that means something is left. The text shown to an officer is the
text as it was written: nothing here is kept.
"""

from __future__ import annotations

import re
import unicodedata

from nlu.engine.zawgyi import as_unicode

# One letter, many keyboards: Arabic, Persian, Urdu, Pashto and Kurdish keyboards give different code points
# for the ye, kaf, heh and alef that a reader takes as one (domain/languages.md, section 4).
_ARABIC_LETTERS = {
    "ی": "يىۍېےێئ",
    "ک": "كڪ",
    "گ": "ګ",
    "ه": "ةۀہھۂەۃ",  # noqa: RUF001
    "ا": "أإآٱ",  # noqa: RUF001
    "و": "ؤۆ",
}
_FOLDS = {ord(variant): letter for letter, variants in _ARABIC_LETTERS.items() for variant in variants}
_FOLDS |= dict.fromkeys(map(ord, "’‘ʼ`´"), "'") | dict.fromkeys(map(ord, "“”«»"), '"')  # noqa: RUF001
# Tatweel stretches a word, a hamza alone is left out as often as written.
_FOLDS |= dict.fromkeys(map(ord, "ـء"), "")

_ARABIC_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")
# Variation selectors, the keycap's frame and skin tones: 👍🏽 is 👍, 2️⃣ is 2.
_EMOJI_DRESS = re.compile("[\ufe00-\ufe0f\u20e3\U0001f3fb-\U0001f3ff]")
_STRETCHED = re.compile(r"([^\d\s])\1{2,}")
# The Persian verb prefix is typed joined, with a space or with ZWNJ: «می خوام», «میخوام».
_HELD_DOWN = 20  # as often in a row, a sign is a key held down and not a word drawn out
_VERB_PREFIX = re.compile(r"\b(ن?می) (?=[\u0620-\u06ff])")
_APOSTROPHE = re.compile("'")


def normalise(text: str) -> str:
    """The text with letter variants, digits, marks, case, stretching and spaces made equal.

    NFKC rather than NFC: old keyboards and copied text bring Arabic presentation forms and full-width digits.
    Every Unicode digit becomes ASCII; a letter typed three times or more becomes one; Zawgyi becomes Unicode.
    """
    text = unicodedata.normalize("NFKC", as_unicode(text)).casefold()
    text = _EMOJI_DRESS.sub("", _ARABIC_MARKS.sub("", text.translate(_FOLDS)))
    text = "".join(_plain(character) for character in text)
    text = " ".join(_STRETCHED.sub(_unstretched, text).split())
    return unicodedata.normalize("NFC", _VERB_PREFIX.sub(r"\1", text))


def bare(text: str) -> str:
    """The normalised words alone, without punctuation: what whole messages and phrases are matched on.

    Emoji stay, because ✅ and 👍 are answers; apostrophes go without a gap, because «dont» is «don't».
    """
    text = _APOSTROPHE.sub("", normalise(text))
    spaced = (" " if unicodedata.category(character)[0] in "PZ" else character for character in text)
    return " ".join("".join(spaced).split())


def _plain(character: str) -> str:
    """A digit as ASCII, nothing for an invisible mark (ZWNJ, ZWJ, directions), a space for a control character."""
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category in {"Cf", "Cs"}:  # and half characters, which cannot be encoded
        return ""
    return " " if category == "Cc" else character


def _unstretched(run: re.Match[str]) -> str:
    return run[1] if len(run[0]) < _HELD_DOWN else run[1] * 3
