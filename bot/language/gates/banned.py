"""Beside step 9: words that a language must not use on people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.language.extract import CRITERION
from bot.language.folding import fold
from bot.language.gates.fault import Fault

# Scripts written without a space between words: there a word is looked for inside the text.
UNSPACED = frozenset({"Hans", "Khmr", "Laoo", "Mymr", "Thai"})
_CUT_SHORT = frozenset("\u1039\u103a")  # Burmese virama and asat


@dataclass(frozen=True)
class Banned:
    """The words, and the contexts in which each is allowed after all. `spaced`: blanks part the words."""

    words: Mapping[str, frozenset[str]]
    spaced: bool = True

    def used(self, context: str, text: str) -> list[str]:
        """Those of the words that stand in `text`. Published words of criteria are quoted as they are."""
        if context == CRITERION:
            return []
        looked_for = ((word, self._folded[word]) for word, allowed in self.words.items() if context not in allowed)
        if self.spaced:
            folded = f" {fold(text)} "
            return [word for word, here in looked_for if f" {here} " in folded]
        folded = fold(text).replace(" ", "")
        return [word for word, here in looked_for if _stands_in(folded, here.replace(" ", ""))]

    @cached_property
    def _folded(self) -> Mapping[str, str]:
        return {word: fold(word) for word in self.words}


def load_banned(path: Path, script: str) -> Banned:
    """The words of a `banned.txt` of a language in `script` (ISO 15924); none if there is no such file."""
    words: dict[str, frozenset[str]] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            phrase, _, allowed = line.partition("#")[0].partition(":")
            if phrase.strip():
                words[phrase.strip()] = frozenset(name.strip() for name in allowed.split(",") if name.strip())
    return Banned(words, spaced=script not in UNSPACED)


def harmful(context: str, text: str, banned: Banned) -> Iterator[Fault]:
    """A fault for each banned word of `text`."""
    for word in banned.used(context, text):
        yield Fault(
            "banned", f"«{word}» is a word that harms; say it another way (banned.txt of this language says more)."
        )


def _stands_in(folded: str, word: str) -> bool:
    """Whether `word` stands in text without blanks, and is not the beginning of a longer syllable."""
    at = folded.find(word)
    while word and at >= 0:
        behind = folded[at + len(word) : at + len(word) + 2]
        # A vowel or tone sign belongs to the letter before it, and so does a Burmese consonant that is cut short.
        longer = unicodedata.category(behind[:1] or " ")[0] == "M" or behind[1:] in _CUT_SHORT
        if not longer:
            return True
        at = folded.find(word, at + 1)
    return False
