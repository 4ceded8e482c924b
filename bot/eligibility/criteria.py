"""Step 5, decided: every criterion with its published words, their source and date, as `criteria/` keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.eligibility.predicates import KINDS, ROUTE, Predicate
from bot.eligibility.questions import MIXED_STATUS
from bot.eligibility.reading import CriteriaError, read_entries

FILES = ("signs.yml", "exclusions.yml", "doubts.yml", "routes.yml")
NO_ROUTE = "no_route"
# No predicate of its own: it is what is left when no route leads there. These answers decide it.
_NO_ROUTE_QUESTIONS = ("intercepted", "protection_status", "stay_permit")

_NEEDED = frozenset({"id", "kind", "questions", "words", "source", "date"})
_ALLOWED = _NEEDED | {"note"}


@dataclass(frozen=True)
class Source:
    """Where the words are published: the file and its lines (first-last, from 1), the document's title."""

    file: str
    lines: str
    title: str


@dataclass(frozen=True)
class Criterion:
    """One entry of `criteria/`: `questions` are those whose answers decide it, `words` the published English.

    `date` is the day of the source document, or the first day of the period that it was published for.
    """

    id: str
    kind: str
    questions: tuple[str, ...]
    words: str
    source: Source
    date: date
    note: str


def load_criteria(folder: Path, predicates: tuple[Predicate, ...]) -> dict[str, Criterion]:
    """Every criterion by code. Data without a predicate, or a predicate without data, does not load."""
    expected = {predicate.code: _expected(predicate) for predicate in predicates}
    expected[NO_ROUTE] = (ROUTE, _NO_ROUTE_QUESTIONS)
    criteria: dict[str, Criterion] = {}
    for name in FILES:
        entries = read_entries(folder / name)
        if not entries:
            raise CriteriaError(f"{name}: must be a list of criteria, each beginning with - id:")
        for number, (line, entry) in enumerate(entries, start=1):
            place = f"{name} line {line}"
            criterion = _criterion(place, number, entry)
            if criterion.id in criteria:
                raise CriteriaError(f"{place}: criterion {criterion.id} stands there twice; keep one")
            _agree(place, criterion, expected)
            criteria[criterion.id] = criterion
    missing = sorted(expected.keys() - criteria.keys())
    if missing:
        raise CriteriaError(f"{', '.join(FILES)}: no entry for criterion {', '.join(missing)}")
    return criteria


def _expected(predicate: Predicate) -> tuple[str, tuple[str, ...]]:
    return predicate.kind, tuple(sorted(read for read in predicate.reads if read != MIXED_STATUS))


def _agree(place: str, criterion: Criterion, expected: Mapping[str, tuple[str, tuple[str, ...]]]) -> None:
    where = f"{place}: criterion {criterion.id}"
    if criterion.id not in expected:
        raise CriteriaError(f"{where}: no predicate has this code; correct the id or have the predicate written")
    kind, questions = expected[criterion.id]
    if criterion.kind != kind:
        raise CriteriaError(f"{where}: kind must be {kind}")
    if tuple(sorted(criterion.questions)) != questions:
        raise CriteriaError(f"{where}: questions must be [{', '.join(questions)}]")


def _criterion(place: str, number: int, entry: Any) -> Criterion:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise CriteriaError(f"{place}: entry {number} must begin with - id: and a code")
    where = f"{place}: criterion {entry['id']}"
    # Written as "no words" rather than "key missing" so that an empty value reads the same.
    for key in sorted(_NEEDED):
        if key not in entry or entry[key] is None or entry[key] == "":
            raise CriteriaError(f"{where} has no {key}; write one")
    for key in entry.keys() - _ALLOWED:
        raise CriteriaError(f"{where}: {key} is not known; the keys are {', '.join(sorted(_ALLOWED))}")
    # A datetime is a date to Python; a time of day in this place is a slip of the pen.
    if not isinstance(entry["date"], date) or isinstance(entry["date"], datetime):
        raise CriteriaError(f"{where}: date must be written as 2012-07-01, without quotes")
    if entry["kind"] not in KINDS:
        raise CriteriaError(f"{where}: kind must be one of {', '.join(KINDS)}")
    return Criterion(
        id=entry["id"],
        kind=entry["kind"],
        questions=_questions(where, entry["questions"]),
        words=_text(where, "words", entry["words"]),
        source=_source(where, entry["source"]),
        date=entry["date"],
        note=_text(where, "note", entry["note"]) if "note" in entry else "",
    )


def _questions(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise CriteriaError(f"{where}: questions must be a list of question ids, [] when there are none")
    return tuple(value)


def _source(where: str, value: Any) -> Source:
    if not isinstance(value, dict) or value.keys() != {"file", "lines", "title"}:
        raise CriteriaError(f"{where}: source must have file, lines and title, and nothing else")
    # A single line number is a number to YAML.
    lines = str(value["lines"]) if isinstance(value["lines"], int) else value["lines"]
    return Source(
        _text(where, "source file", value["file"]),
        _text(where, "source lines", lines),
        _text(where, "source title", value["title"]),
    )


def _text(where: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise CriteriaError(f"{where} has no {key}; write one")
    return " ".join(value.split())
