"""Step 5, decided: the emergency numbers of a country, those that somebody has reason to trust."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.eligibility.places import known_country, load_countries
from bot.eligibility.reading import CriteriaError, one_of, read_rows

KINDS = ("all", "police", "ambulance", "children", "women", "trafficking", "immigration", "help")


@dataclass(frozen=True)
class EmergencyNumber:
    """A number to dial in `country`; `kind` is a code to be put into words, `service` its English name."""

    country: str
    kind: str
    service: str
    number: str
    confidence: str
    note: str


def load_emergency_numbers(folder: Path) -> Mapping[str, tuple[EmergencyNumber, ...]]:
    """The numbers by country, in the order of `emergency.csv`, without those of low confidence."""
    countries = load_countries(folder)
    path = folder / "emergency.csv"
    by_country: dict[str, tuple[EmergencyNumber, ...]] = {}
    for line, row in read_rows(path, ("country", "kind", "service", "number", "confidence", "note")):
        known_country(path, line, row["country"], countries)
        one_of(path, line, "kind", row["kind"], KINDS)
        confidence = one_of(path, line, "confidence", row["confidence"], ("high", "medium", "low"))
        if not row["service"] or not any(sign.isdigit() for sign in row["number"]):
            raise CriteriaError(f"{path.name} line {line}: service and number must not be empty")
        if confidence != "low":
            number = EmergencyNumber(**row)
            by_country[number.country] = (*by_country.get(number.country, ()), number)
    return MappingProxyType(by_country)


def emergency_numbers(
    numbers: Mapping[str, tuple[EmergencyNumber, ...]], country: str
) -> tuple[EmergencyNumber, ...]:
    """The numbers for `country` (the answer to `country_now`); none when it is not known or has none."""
    return numbers.get(country, ())
