"""Step 5, decided: the office that will get in touch, in the country where the person is now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import asin, cos, isfinite, radians, sin, sqrt
from types import MappingProxyType

SAME_COUNTRY = "same_country"
NEAREST_IN_COUNTRY = "nearest_in_country"
FALLBACK = "fallback"
DEFAULT = "default"

COUNTRY_OFFICE = "country office"
REGIONAL = "regional"

Point = tuple[float, float]
NOWHERE_ELSE: Mapping[str, Point] = MappingProxyType({})


@dataclass(frozen=True)
class Office:
    """One row of `offices.csv`. Latitude and longitude are in degrees; empty contact fields are not known."""

    id: str
    country: str
    city: str
    latitude: float
    longitude: float
    address: str
    phone: str
    email: str
    languages: tuple[str, ...]
    kind: str
    source: str
    confidence: str
    active: bool


@dataclass(frozen=True)
class Offices:
    """All offices by id; those that may be chosen, by country; where to turn when a country has none."""

    by_id: Mapping[str, Office]
    by_country: Mapping[str, tuple[Office, ...]]
    fallbacks: Mapping[str, Office]
    default: Office


@dataclass(frozen=True)
class OfficeChoice:
    """The office, why it was chosen (a code), and whether contact is at a distance: never "go to" then."""

    office: Office
    why: str
    remote: bool


def rounded(point: Point) -> Point:
    """(latitude, longitude) in degrees to 0.1, about a city's size; the original is to be dropped.

    Raises `ValueError` for a point that is nowhere on earth; the message does not repeat it.
    """
    latitude, longitude = point
    if not (isfinite(latitude) and isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        raise ValueError("a point must be a latitude from -90 to 90 and a longitude from -180 to 180, in degrees")
    # Adding zero turns -0.0 into 0.0, so that equal places look equal when they are stored.
    return round(latitude, 1) + 0.0, round(longitude, 1) + 0.0


def offices_in(offices: Offices, country: str, inactive: Collection[str] = frozenset()) -> tuple[Office, ...]:
    """The offices in `country` that a person may choose from; `inactive` are ids switched off for now.

    The country office comes first, then the order of the file. Regional offices are never offered.
    """
    here = offices.by_country.get(country, ())
    return tuple(office for office in here if office.id not in inactive) if inactive else here


def nearest_office(
    offices: Offices,
    country: str,
    *,
    point: Point | None = None,
    inactive: Collection[str] = frozenset(),
    moved: Mapping[str, Point] = NOWHERE_ELSE,
) -> OfficeChoice:
    """The office for a person in `country` (the answer to `country_now`, known or not), near `point` if given.

    `moved` are the places of offices, by id, that are elsewhere than the file says.

    Never one across a border because it is nearer. The default office is given even when it is switched off:
    somebody must be named, and the caller can see that it is in `inactive`.
    """
    here = offices_in(offices, country, inactive)
    if here and point is not None and len(here) > 1:
        near = rounded(point)
        first = min(here, key=lambda one: _apart(near, moved.get(one.id, (one.latitude, one.longitude))))
        return OfficeChoice(first, NEAREST_IN_COUNTRY, remote=False)
    if here:
        return OfficeChoice(here[0], SAME_COUNTRY, remote=False)
    fallback = offices.fallbacks.get(country)
    if fallback is not None and fallback.active and fallback.id not in inactive:
        return OfficeChoice(fallback, FALLBACK, remote=True)
    return OfficeChoice(offices.default, DEFAULT, remote=True)


def _apart(point: Point, office: Point) -> float:
    """The angle between a point and an office on the globe, in radians (haversine)."""
    north, south = radians(point[0]), radians(office[0])
    half_up, half_over = (north - south) / 2, radians(point[1] - office[1]) / 2
    # min(): rounding can lift the sum just above one for two opposite points
    return 2 * asin(min(1.0, sqrt(sin(half_up) ** 2 + cos(north) * cos(south) * sin(half_over) ** 2)))
