"""Step 4: what actions know, read once at the start: the programme, the offices, the emergency numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from bot.eligibility.emergency import EmergencyNumber, load_emergency_numbers
from bot.eligibility.office import Offices
from bot.eligibility.office_files import load_offices
from bot.eligibility.programme import Programme, load_programme
from bot.language.cities import CityNames, load_city_names
from bot.language.countries import CountryNames, load_country_names
from bot.language.languages import load_languages
from bot.language.tongue import Tongues, load_tongues


@dataclass(frozen=True)
class Knowledge:
    """All data an action may need; nothing in it changes while the process runs."""

    programme: Programme
    offices: Offices
    numbers: Mapping[str, tuple[EmergencyNumber, ...]]
    countries: CountryNames
    likely_countries: Mapping[str, list[str]]
    faq: tuple[str, ...]
    responses: frozenset[str]
    # What takes memory and seconds to read, and what every test and tool can do without.
    cities: CityNames = field(default_factory=lambda: CityNames({}))
    tongues: Tongues | None = None
    # By language the words of its training messages: only where misunderstood messages may be kept.
    vocabulary: Mapping[str, frozenset[str]] = field(default_factory=dict)


def load_all_knowledge(criteria: Path, domain: Path, languages: Path) -> Knowledge:
    """`load_knowledge`, with the names of cities and the model of languages: about 110 MB and three seconds."""
    return replace(
        load_knowledge(criteria, domain),
        cities=load_city_names(criteria),
        tongues=load_tongues(load_languages(languages)),
    )


def load_knowledge(criteria: Path, domain: Path) -> Knowledge:
    """Reads `criteria/`, and from `domain.yml` which questions have an answer, in their order there."""
    responses: Mapping[str, Any] = yaml.load(
        domain.read_text("utf-8"),
        Loader=yaml.CSafeLoader,  # the safe one, in a tenth of the time
    )["responses"]
    return Knowledge(
        programme=load_programme(criteria),
        offices=load_offices(criteria),
        numbers=load_emergency_numbers(criteria),
        countries=load_country_names(criteria),
        likely_countries=yaml.safe_load((criteria / "likely_countries.yml").read_text("utf-8")),
        faq=tuple(name.removeprefix("utter_faq/") for name in responses if name.startswith("utter_faq/")),
        responses=frozenset(responses),
    )
