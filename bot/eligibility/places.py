"""Step 5, decided: which countries there are, which count as members, which origins IOM cannot serve now."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.eligibility.reading import CriteriaError, one_of, read_rows

_MEMBER_COLUMNS = (
    "code",
    "name",
    "kind",
    "counts_as_member",
    "aliases",
    "seed_files",
    "confidence",
    "note",
    "source",
)


@dataclass(frozen=True)
class Places:
    """Sets of ISO 3166 alpha-2 codes. No country is both a member and disputed."""

    countries: frozenset[str]
    members: frozenset[str]
    disputed: frozenset[str]
    suspended: frozenset[str]


def load_countries(folder: Path) -> frozenset[str]:
    """The codes of `countries.csv`: two capital letters each, none twice."""
    path = folder / "countries.csv"
    codes = [(line, row["code"]) for line, row in read_rows(path, ("code", "name"))]
    for line, code in codes:
        if len(code) != 2 or not (code.isascii() and code.isalpha() and code.isupper()):
            raise CriteriaError(f"{path.name} line {line}: code must be two capital letters (ISO 3166 alpha-2)")
    _no_doubles(path, codes)
    return frozenset(code for _, code in codes)


def load_places(folder: Path) -> Places:
    """Countries, members and suspended origins from `folder`; `CriteriaError` names what is wrong."""
    countries = load_countries(folder)
    members, disputed = _load_members(folder / "members.csv", countries)
    return Places(countries, members, disputed, _load_suspended(folder / "suspended_origins.csv", countries))


def _load_members(path: Path, countries: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    counted: dict[str, list[str]] = {"yes": [], "unclear": [], "no": []}
    codes = []
    for line, row in read_rows(path, _MEMBER_COLUMNS):
        counts = one_of(path, line, "counts_as_member", row["counts_as_member"], tuple(counted))
        if counts == "no" and not row["code"]:
            continue  # the member organisations are on the list and are nowhere
        known_country(path, line, row["code"], countries)
        codes.append((line, row["code"]))
        counted[counts].append(row["code"])
    _no_doubles(path, codes)
    return frozenset(counted["yes"]), frozenset(counted["unclear"])


def _load_suspended(path: Path, countries: frozenset[str]) -> frozenset[str]:
    codes = []
    for line, row in read_rows(path, ("country", "date", "source")):
        known_country(path, line, row["country"], countries)
        try:
            date.fromisoformat(row["date"])
        except ValueError:
            raise CriteriaError(f"{path.name} line {line}: date must be written as 2026-11-22") from None
        if not row["source"]:
            raise CriteriaError(f"{path.name} line {line}: source must say who decided it and where it is written")
        codes.append((line, row["country"]))
    _no_doubles(path, codes)
    return frozenset(code for _, code in codes)


def known_country(path: Path, line: int, code: str, countries: frozenset[str]) -> str:
    """`code` when it stands in `countries.csv`; otherwise a `CriteriaError` that names file and line."""
    if code not in countries:
        raise CriteriaError(f"{path.name} line {line}: the country code is not in countries.csv")
    return code


def _no_doubles(path: Path, codes: list[tuple[int, str]]) -> None:
    seen: set[str] = set()
    for line, code in codes:
        if code in seen:
            raise CriteriaError(f"{path.name} line {line}: {code} stands there twice; keep one row")
        seen.add(code)
