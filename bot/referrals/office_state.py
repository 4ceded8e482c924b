"""Step 6 of the message's way, prepared: an office's place and languages, as listed or as changed here."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from bot.eligibility.office import Office as Listed
from bot.eligibility.office import Point
from bot.store.models import Office

# As they are written elsewhere: a comma, the Arabic sign for it, a true minus sign.
SIGNS = str.maketrans({",": ".", "\N{ARABIC DECIMAL SEPARATOR}": ".", "\N{MINUS SIGN}": "-"})


class PlaceError(ValueError):
    """What was typed is no place on earth."""


def place_of(listed: Listed, kept: Office | None) -> Point:
    """Where the office is: latitude and longitude, in degrees."""
    if kept is None or kept.latitude is None or kept.longitude is None:
        return listed.latitude, listed.longitude
    return kept.latitude, kept.longitude


def languages_of(listed: Listed, kept: Office | None) -> Sequence[str]:
    """The languages that the office's staff speak: codes, none when it is not known."""
    if kept is None or kept.languages is None:
        return tuple(code for code in listed.languages if code)
    return tuple(kept.languages.split())


def read_place(latitude: str, longitude: str) -> Point | None:
    """What was typed, in degrees; None when both are empty: as it is listed. `PlaceError` for anything else."""
    if not latitude.strip() and not longitude.strip():
        return None
    return _degrees(latitude, 90), _degrees(longitude, 180)


def _degrees(text: str, limit: int) -> float:
    try:
        value = float(text.strip().translate(SIGNS))
    except ValueError:
        raise PlaceError from None
    if not isfinite(value) or abs(value) > limit:
        raise PlaceError
    return round(value, 4)
