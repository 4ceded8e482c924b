"""Step 4, acted on: the country that a person typed, in any of our languages, scripts and spellings.

Only ever candidates: what is found is read back to the person before it counts as an answer.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError
from rapidfuzz.distance import OSA

from bot.eligibility.places import load_countries
from bot.language.folding import fold

# The languages whose CLDR names are known besides the person's own.
NAMED_IN = ("en", "bn", "ur", "fa", "ta", "vi", "my", "ar", "si", "ne")
CANDIDATES = 3
_LONGEST_NAME = 6  # words
_SHORT_SENTENCE = 8  # words; in a longer one only names spelt rightly are looked for
_LONGEST_SUFFIX = 4  # characters that a language may add to a name: "in Thailand" is one word in Tamil
# Two-letter codes that are everyday words when typed alone.
_WORDS_NOT_CODES = "am as at be by do gm id im in io is it la ma me ml mr ms my na ne no pm so to us"
_WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True)
class CountryNames:
    """Every known name of every country, folded, to its ISO 3166 alpha-2 code. Made by `load_country_names`."""

    codes: frozenset[str]
    names: Mapping[str, str]

    def find(self, text: str, language: str | None = None) -> list[str]:
        """At most three ISO codes that `text` may mean, best first; empty if none.

        Whole names come first, in the order in which they stand in the text; only if there is none, names
        misspelled by a letter (from 5 letters on) or two (from 8 on), then names of which a word was typed.
        `language` is the person's: its names win between equally good spellings.
        """
        return self.named(text) or self.nearly(text, language)

    def named(self, text: str) -> list[str]:
        """The codes of the whole names, or of the one code, in `text`, as `find` gives them first."""
        bare = text.strip()
        if len(bare) == 2 and bare.upper() in self.codes and bare.casefold() not in _WORDS_NOT_CODES.split():
            return [bare.upper()]
        folded = fold(text)
        return (self._whole(folded.split()) or self._without_spaces(folded))[:CANDIDATES]

    def nearly(self, text: str, language: str | None = None) -> list[str]:
        """The codes of the names that are misspelled, or of which a word stands, in `text`."""
        words = fold(text).split()
        return (self._misspelled(words, language) or self._parts(words))[:CANDIDATES]

    def _whole(self, words: list[str]) -> list[str]:
        found: list[str] = []
        start = 0
        while start < len(words):
            length, code = self._longest(words, start)
            if code is not None and code not in found:
                found.append(code)
            start += length
        return found

    def _longest(self, words: list[str], start: int) -> tuple[int, str | None]:
        for length in range(min(_LONGEST_NAME, len(words) - start), 0, -1):
            code = self.names.get(" ".join(words[start : start + length]))
            if code is not None:
                return length, code
        return 1, self._suffixed(words[start])

    def _suffixed(self, word: str) -> str | None:
        if word.isascii():
            return None
        for end in range(len(word) - 1, max(4, len(word) - _LONGEST_SUFFIX - 1), -1):
            if word[:end] in self.names:
                return self.names[word[:end]]
        return None

    def _without_spaces(self, folded: str) -> list[str]:
        if not _WITHOUT_SPACES.search(folded):
            return []
        inside = ((folded.find(name), -len(name), code) for name, code in self.names.items() if len(name) > 2)
        found = sorted(hit for hit in inside if hit[0] >= 0)
        return list(dict.fromkeys(code for _, _, code in found))

    def _misspelled(self, words: list[str], language: str | None) -> list[str]:
        own = set(_territories(language).values()) if language else set()
        best: dict[str, tuple[float, bool, str]] = {}
        for window in _windows(words) if len(words) <= _SHORT_SENTENCE else ():
            for name, code in self.names.items():
                distance = _distance(window, name, alone=len(words) == 1)
                if distance is None:
                    continue
                score = (distance / len(name), name not in own, code)
                best[code] = min(best.get(code, score), score)
        return [code for _, _, code in sorted(best.values())]

    def _parts(self, words: list[str]) -> list[str]:
        typed = " ".join(words)
        if len(words) > 2 or len(typed) < 5:
            return []
        hits = sorted((len(name), code) for name, code in self.names.items() if f" {typed} " in f" {name} ")
        return list(dict.fromkeys(code for _, code in hits))


def find_country(names: CountryNames, text: str, language: str | None = None) -> list[str]:
    """`names.find`, for those who hold the names: at most three ISO codes, best first."""
    return names.find(text, language)


def load_country_names(criteria: Path) -> CountryNames:
    """The names of all countries of `criteria/`: CLDR's in our languages, and the aliases of `members.csv`."""
    codes = load_countries(criteria)
    names: dict[str, str] = {}
    for language in NAMED_IN:
        for code, name in _territories(language).items():
            if code in codes:
                for form in _forms(name):
                    names.setdefault(form, code)
    with (criteria / "members.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["code"] in codes:
                for alias in (row["name"], *row["aliases"].split(";")):
                    if alias.strip():
                        names.setdefault(fold(alias), row["code"])
    return CountryNames(codes, names)


def _forms(name: str) -> Iterator[str]:
    """The whole of a CLDR name, and the parts of one such as "Myanmar (Burma)"."""
    yield fold(name)
    outside, bracket, inside = name.partition("(")
    if bracket:
        for part in (outside, inside.rstrip(") ")):
            if fold(part):
                yield fold(part)
    # Where a case ending takes the place of the last vowel sign, the name without that sign stands for it.
    whole = fold(name)
    if len(whole) > 6 and unicodedata.category(whole[-1]) in {"Mc", "Mn"}:
        yield whole[:-1]


def _territories(language: str) -> Mapping[str, str]:
    try:
        return Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}


def _windows(words: list[str]) -> Iterator[str]:
    for length in range(1, min(_LONGEST_NAME, len(words)) + 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _distance(typed: str, name: str, *, alone: bool) -> int | None:
    """How many letters apart, or None if too many: one letter from 5 on (4 if it stands alone), two from 8 on."""
    shorter = min(len(typed), len(name))
    allowed = 0 if shorter < (4 if alone else 5) else 1 if shorter < 8 else 2
    if not allowed or abs(len(typed) - len(name)) > allowed or (shorter < 6 and typed[0] != name[0]):
        return None
    distance = OSA.distance(typed, name, score_cutoff=allowed)
    return distance if distance <= allowed else None
