"""Step 4, acted on: the language in which a message is written, where it is surely not the one that was chosen.

Letters tell most of it: a script that one language alone has here, or the signs of its own alphabet. Latin and
Arabic letters are shared by half the world, and are typed for other scripts as well («ami bari jabo»), so there a
model of 142 languages must be sure, of all of them and not of ours alone.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.language.languages import Language

FEWEST_WORDS = 3
LETTERS_OF_A_WORD = 8  # code points, about, where words stand without spaces between them
MOSTLY = 0.8  # of the letters must be of one script, so that a name or a foreign word does not count
# The least probability: offered in 0.6 % of romanised messages of the chosen language (most of those are English
# indeed), and in 72 % of English ones. Measured on the training messages by tests/language/test_tongue.py.
SURE = 0.6
SHARED = ("Latn", "Arab")  # scripts of many more languages than ours
# Letters that, among the languages of a script, one alone has. Not those that keyboards put in each other's place.
SIGNS: Mapping[str, Mapping[str, str]] = {
    "Arab": {"ur": "ٹڈڑےں", "ps": "ټډړښڼځڅ", "ckb": "ڕڵێۆ", "ar": "ةإأ"},
    "Latn": {"vi": "ăđơư" + "".join(map(chr, range(0x1EA0, 0x1EFA)))},
}
# Names of scripts in Unicode's names of letters, by their ISO 15924 codes in languages.yml.
SCRIPTS = {
    "LATIN": "Latn",
    "ARABIC": "Arab",
    "BENGALI": "Beng",
    "DEVANAGARI": "Deva",
    "TAMIL": "Taml",
    "SINHALA": "Sinh",
    "MYANMAR": "Mymr",
    "THAI": "Thai",
    "LAO": "Laoo",
    "KHMER": "Khmr",
}
# What the model calls a language of ours, and the varieties it keeps apart that are read as one here.
MODEL_NAMES = {"fil": ("tl",), "ar": ("ar", "ary", "arz"), "ckb": ("ku", "sdh"), "rhg": ()}
_UNSPACED = frozenset({"Mymr", "Thai", "Laoo", "Khmr"})


class Model(Protocol):
    """What is asked of py3langid's model."""

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        """All languages that it knows, with probabilities that sum to 1."""


@dataclass(frozen=True)
class Tongues:
    """Which of our languages a text is in. Made by `load_tongues`; `languages` are those of languages.yml."""

    model: Model
    languages: Mapping[str, Language]

    def other_than(self, chosen: str, text: str, offered: Sequence[str]) -> str | None:
        """The code in `offered` of the language, not the `chosen` one, in which `text` surely is; else None.

        Nothing is sure of fewer than three words, or of letters of several scripts.
        """
        text = unicodedata.normalize("NFC", text).casefold()
        script = main_script(text)
        if script is None or words_in(text, script) < FEWEST_WORDS:
            return None
        rivals = [code for code in offered if self._script(code) == script]
        found = self._written_in(text, script, rivals)
        return None if found is None or _base(found) == _base(chosen) else found

    def _written_in(self, text: str, script: str, rivals: Sequence[str]) -> str | None:
        for language, signs in SIGNS.get(script, {}).items():
            if any(sign in signs for sign in text):
                return next((code for code in rivals if _base(code) == language), None)
        if script not in SHARED and len({_base(code) for code in rivals}) == 1:
            return rivals[0]
        chances = dict(self.model.rank(text)) if rivals else {}
        for code in rivals:
            names = MODEL_NAMES.get(_base(code), (_base(code),))
            if sum(chances.get(name, 0.0) for name in names) >= SURE:
                return code
        return None

    def _script(self, code: str) -> str | None:
        return self.languages[code].script if code in self.languages else None


def load_tongues(languages: Mapping[str, Language]) -> Tongues:
    """With the model that comes with py3langid."""
    # 100 MB and a second or two, so only for who offers languages.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    return Tongues(LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True), languages)


def main_script(text: str) -> str | None:
    """The ISO 15924 code of the script of nearly all letters; None if there is none, or it is none of ours."""
    letters = Counter(unicodedata.name(sign, "").split(" ", 1)[0] for sign in text if sign.isalpha())
    if not letters:
        return None
    name, count = letters.most_common(1)[0]
    return SCRIPTS.get(name) if count >= MOSTLY * letters.total() else None


def words_in(text: str, script: str) -> int:
    """How many words, about where they are not spaced. Numbers and signs are none."""
    if script in _UNSPACED:
        return sum(-(-len(part) // LETTERS_OF_A_WORD) for part in text.split())
    return sum(any(sign.isalpha() for sign in part) for part in text.split())


def _base(code: str) -> str:
    """The language of a variety: «fa» of «fa_AF»."""
    return code.split("_", maxsplit=1)[0]
