"""Step 5, checked: the contract read from a table of literals; nothing of the engine is imported here."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import yaml

_TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("decision_table.yml").read_text(encoding="utf-8"))

DOMAIN: dict[str, list[Any]] = _TABLE["domain"]
ORDER = [question for question in DOMAIN if question != "mixed_status"]
_OUTCOMES = {tuple(row[:4]): row[4] for row in _TABLE["outcomes"]}

Case = Mapping[str, Any]


def _index(section: str) -> list[tuple[str, list[tuple[str, frozenset[Any]]]]]:
    return [
        (code, [(question, frozenset(values)) for question, values in line.items()])
        for code, lines in _TABLE[section].items()
        for line in lines
    ]


_INDEXED = {section: _index(section) for section in ("signs", "exclusions", "doubts", "routes", "flags")}


def _codes(section: str, case: Case) -> set[str]:
    return {
        code for code, line in _INDEXED[section] if all(case.get(question) in values for question, values in line)
    }


def expected(case: Case) -> dict[str, Any]:
    """What the contract says for a complete case: every question and `mixed_status`, all from DOMAIN."""
    signs, exclusions, doubts, routes = (
        _codes(section, case) for section in ("signs", "exclusions", "doubts", "routes")
    )
    leads = not routes.isdisjoint({"R1", "R2", "R3"})
    outcome = _OUTCOMES[bool(signs), bool(exclusions), bool(doubts), leads]
    reasons = signs | exclusions | doubts
    if not reasons and not leads:
        reasons = {"no_route"}
    return {
        "outcome": outcome,
        "reasons": tuple(sorted(reasons)),
        "routes": tuple(sorted(routes)),
        "flags": tuple(sorted(_codes("flags", case))),
        "to_check": tuple(sorted(exclusions)) if signs else (),
        "next": None,
    }


def outcome_only(case: Case) -> str:
    """The outcome for a complete case, without the rest."""
    signs, exclusions, doubts, routes = (
        bool(_codes(section, case) - {"R4", "R5"}) for section in ("signs", "exclusions", "doubts", "routes")
    )
    return str(_OUTCOMES[signs, exclusions, doubts, routes])


def expected_ahead(case: Case) -> tuple[str | None, str | None]:
    """(outcome, next) for a case with missing answers, by trying every completion within DOMAIN."""
    missing = [question for question in ORDER if question not in case]
    outcomes = {given: outcome_only({**case, **named}) for given, named in _completions(missing)}
    different = set(outcomes.values())
    outcome = different.pop() if len(different) == 1 else None
    for place, question in enumerate(missing):
        alike: dict[tuple[Any, ...], set[str]] = {}
        for given, result in outcomes.items():
            alike.setdefault(given[:place] + given[place + 1 :], set()).add(result)
        if question in {"country_now", "origin"} or any(len(results) > 1 for results in alike.values()):
            return outcome, question
    return outcome, None


def _completions(missing: list[str]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    for given in product(*(DOMAIN[question] for question in missing)):
        yield given, dict(zip(missing, given, strict=True))
