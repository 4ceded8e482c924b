"""Step 5, decided: the files of `criteria/` as named rows, so that two versions can be laid side by side.

Only what the loaders have accepted is read here: a fault has been named by then.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.eligibility.criteria import FILES
from bot.eligibility.reading import CriteriaError, read_entries, read_yaml

NAMES = "not_cities.txt"
BUTTONS = "likely_countries.yml"
VERSION = "version.yml"
# The columns that tell one row of a table from another.
KEYS: Mapping[str, tuple[str, ...]] = {
    "members.csv": ("code",),
    "suspended_origins.csv": ("country",),
    "offices.csv": ("office_id",),
    "office_fallback.csv": ("country",),
    "emergency.csv": ("country", "kind", "number"),
    "countries.csv": ("code",),
}


@dataclass(frozen=True)
class Row:
    """A row or entry: the line of its file (from 1), and its fields that are not empty, by name."""

    line: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class RowChange:
    """A row that was added (`before` is None), taken out (`after` is None) or changed; `key` is its name."""

    file: str
    key: str
    before: Row | None
    after: Row | None

    @property
    def fields(self) -> tuple[tuple[str, str, str], ...]:
        """Name, old and new value of every field that is another; "" for one that is not there."""
        was, will = (row.fields if row else {} for row in (self.before, self.after))
        named = dict.fromkeys((*was, *will))
        every = ((name, was.get(name, ""), will.get(name, "")) for name in named)
        return tuple(one for one in every if one[1] != one[2])


def changed_rows(before: Path, after: Path) -> tuple[RowChange, ...]:
    """All that is another in the folder `after`, file by file; `CriteriaError` for a file that cannot be read."""
    found = []
    for name in (*FILES, *KEYS, BUTTONS, NAMES, VERSION):
        was, will = (dict(_unlike(_rows(folder / name))) for folder in (before, after))
        for key in dict.fromkeys((*was, *will)):
            change = RowChange(name, key, was.get(key), will.get(key))
            if change.before is None or change.after is None or change.fields:
                found.append(change)
    return tuple(found)


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    if path.name in KEYS:
        return _table(path)
    if path.name in FILES:
        return _criteria(path)
    return _lines(path) if path.name == NAMES else _lists(path)


def _unlike(rows: Iterator[tuple[str, Row]]) -> Iterator[tuple[str, Row]]:
    """The same, where rows that have one name are told apart by a number."""
    seen: Counter[str] = Counter()
    for key, row in rows:
        seen[key] += 1
        yield (key if seen[key] == 1 else f"{key} ({seen[key]})"), row


def _table(path: Path) -> Iterator[tuple[str, Row]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        for fields in reader:
            key = " ".join(fields[column].strip() for column in KEYS[path.name]).strip()
            told = {name: value.strip() for name, value in fields.items() if name not in KEYS[path.name]}
            row = Row(reader.line_num, {name: value for name, value in told.items() if value})
            # The organisations on the list of members have a name and no code.
            yield key or told["name"], row


def _criteria(path: Path) -> Iterator[tuple[str, Row]]:
    for line, entry in read_entries(path):
        source = entry["source"]
        told = entry | {
            "questions": " ".join(entry["questions"]),
            "source": f"{source['title']}, {source['file']}: {source['lines']}",
        }
        fields = {name: " ".join(str(value).split()) for name, value in told.items() if name != "id"}
        yield entry["id"], Row(line, {name: value for name, value in fields.items() if value})


def _lists(path: Path) -> Iterator[tuple[str, Row]]:
    found: Any = read_yaml(path)
    if not isinstance(found, dict):
        raise CriteriaError(f"{path.name}: must hold names, each with its value after a colon")
    lines = path.read_text(encoding="utf-8").splitlines()
    for name, value in found.items():
        number = next((number for number, line in enumerate(lines, start=1) if line.startswith(f"{name}:")), 1)
        told = " ".join(str(one) for one in value) if isinstance(value, list) else str(value)
        yield str(name), Row(number, {path.stem: told})


def _lines(path: Path) -> Iterator[tuple[str, Row]]:
    try:
        written = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CriteriaError(f"{path.name}: cannot be read as text in UTF-8: {error}") from error
    for number, line in enumerate(written, start=1):
        if line.strip() and not line.startswith("#"):
            yield line.strip(), Row(number, {})
