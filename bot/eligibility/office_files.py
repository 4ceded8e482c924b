"""Step 5, decided: `offices.csv` and `office_fallback.csv` are read and looked over here."""

from pathlib import Path
from types import MappingProxyType

from bot.eligibility.office import COUNTRY_OFFICE, REGIONAL, Office, Offices
from bot.eligibility.places import known_country, load_countries
from bot.eligibility.reading import CriteriaError, one_of, read_rows

_OFFICE_COLUMNS = (
    "office_id",
    "country",
    "city",
    "latitude",
    "longitude",
    "address",
    "phone",
    "email",
    "languages",
    "kind",
    "source",
    "confidence",
    "active",
)
_EVERYWHERE = "*"


def load_offices(folder: Path) -> Offices:
    """Reads the offices of `folder` (the project's `criteria/`); `CriteriaError` names what is wrong."""
    countries = load_countries(folder)
    path = folder / "offices.csv"
    by_id: dict[str, Office] = {}
    for line, row in read_rows(path, _OFFICE_COLUMNS):
        office = _office(path, line, row, countries)
        if office.id in by_id:
            raise CriteriaError(f"{path.name} line {line}: {office.id} stands there twice; keep one row")
        by_id[office.id] = office
    fallbacks, default = _fallbacks(folder / "office_fallback.csv", by_id, countries)
    by_country: dict[str, tuple[Office, ...]] = {}
    for office in sorted(by_id.values(), key=lambda one: one.kind != COUNTRY_OFFICE):
        if office.active and office.kind != REGIONAL:
            by_country[office.country] = (*by_country.get(office.country, ()), office)
    return Offices(MappingProxyType(by_id), MappingProxyType(by_country), MappingProxyType(fallbacks), default)


def _office(path: Path, line: int, row: dict[str, str], countries: frozenset[str]) -> Office:
    for column in ("office_id", "city", "languages", "source"):
        if not row[column]:
            raise CriteriaError(f"{path.name} line {line}: {column} must not be empty")
    confidence = one_of(path, line, "confidence", row["confidence"], ("high", "medium", "low"))
    active = one_of(path, line, "active", row["active"], ("true", "false")) == "true"
    if active and confidence == "low":
        raise CriteriaError(
            f"{path.name} line {line}: an office of low confidence cannot be active; "
            "have it verified, then raise the confidence"
        )
    return Office(
        id=row["office_id"],
        country=known_country(path, line, row["country"], countries),
        city=row["city"],
        latitude=_degrees(path, line, "latitude", row["latitude"], 90),
        longitude=_degrees(path, line, "longitude", row["longitude"], 180),
        address=row["address"],
        phone=row["phone"],
        email=row["email"],
        languages=tuple(row["languages"].split(";")),
        kind=one_of(path, line, "kind", row["kind"], (COUNTRY_OFFICE, "sub-office", REGIONAL)),
        source=row["source"],
        confidence=confidence,
        active=active,
    )


def _degrees(path: Path, line: int, column: str, text: str, limit: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not abs(value) <= limit:
        raise CriteriaError(f"{path.name} line {line}: {column} must be degrees from -{limit} to {limit}")
    return value


def _fallbacks(
    path: Path, by_id: dict[str, Office], countries: frozenset[str]
) -> tuple[dict[str, Office], Office]:
    named: dict[str, Office] = {}
    for line, row in read_rows(path, ("country", "fallback_office_id", "reason")):
        where = f"{path.name} line {line}"
        office = by_id.get(row["fallback_office_id"])
        if office is None or office.kind == REGIONAL:
            raise CriteriaError(
                f"{where}: fallback_office_id must be an office of offices.csv that is not regional"
            )
        if row["country"] != _EVERYWHERE:
            known_country(path, line, row["country"], countries)
        if row["country"] in named:
            raise CriteriaError(f"{where}: {row['country']} stands there twice; keep one row")
        named[row["country"]] = office
    default = named.pop(_EVERYWHERE, None)
    if default is None or not default.active:
        raise CriteriaError(f"{path.name}: the row for * must name an active office, the last resort for all")
    return named, default
