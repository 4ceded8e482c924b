"""Beside the message's way: the strings to which no talk leads, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.language.catalogue import Catalogue
from bot.language.extract import CITY, CRITERION, Entry
from bot.workshop.seen import Key

UNSEEN = Path(__file__).parent / "unseen.yml"
NO_OFFICE_THERE = "No office in this city is open to requests now (criteria/offices.csv)."


@dataclass(frozen=True)
class Reasons:
    """One reason for many strings: by response, by published words, or the texts alone of responses."""

    why: str
    contexts: frozenset[str]
    criteria: frozenset[str]
    text: bool


def load_reasons(path: Path = UNSEEN) -> tuple[Reasons, ...]:
    """The list in `unseen.yml`; `KeyError` for an entry without a reason."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        Reasons(
            one["why"],
            frozenset(one.get("contexts", ())),
            frozenset(one.get("criteria", ())),
            bool(one.get("text")),
        )
        for one in raw
    )


def unseen(catalogue: Catalogue, found: Sequence[Entry], reasons: Sequence[Reasons]) -> dict[Key, str]:
    """By string why nobody comes to see it; strings that are seen are not in it."""
    opened = {office.city for office in catalogue.offices.by_id.values() if office.active}
    why: dict[Key, str] = {}
    for entry in found:
        if entry.context == CITY and entry.english not in opened:
            why[(entry.context, entry.english)] = NO_OFFICE_THERE
        for reason in reasons:
            if _is_meant(entry, reason, catalogue):
                why[(entry.context, entry.english)] = reason.why
    return why


def _is_meant(entry: Entry, reason: Reasons, catalogue: Catalogue) -> bool:
    if entry.context == CRITERION:
        return any(catalogue.criteria.get(one) == entry.english for one in reason.criteria)
    return entry.context in reason.contexts and not (reason.text and entry.is_title)
