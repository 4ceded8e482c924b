"""The names of countries and cities in force, read once for all tests."""

from __future__ import annotations

from functools import cache

from bot.language.cities import CityNames, load_city_names
from bot.language.countries import CountryNames, load_country_names
from bot.settings import ROOT


@cache
def cities() -> CityNames:
    return load_city_names(ROOT / "criteria")


@cache
def countries() -> CountryNames:
    return load_country_names(ROOT / "criteria")
