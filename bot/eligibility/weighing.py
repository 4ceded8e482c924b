"""Step 5, decided: which criteria hold. What one answer decides by itself is tried once, not for every person."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.eligibility.places import Places
from bot.eligibility.predicates import Predicate
from bot.eligibility.questions import MIXED_STATUS, QUESTIONS

# The answers given so far and the fact `mixed_status`, which is always known.
Facts = Mapping[str, str | bool]


@dataclass(frozen=True)
class Index:
    """The predicates by what they read, which is one answer or two.

    `alone`: by question and answer, those that hold by that answer alone. `pairs`: the others, each after the two
    questions that it reads.
    """

    alone: Mapping[str, Mapping[str | bool, tuple[Predicate, ...]]]
    pairs: tuple[tuple[str, str, Predicate], ...]


def index_predicates(predicates: tuple[Predicate, ...], places: Places) -> Index:
    """The index of `predicates`; it has every value of every question, each country, and `mixed_status`."""
    values: dict[str, tuple[str | bool, ...]] = {MIXED_STATUS: (False, True)}
    for question in QUESTIONS:
        values[question.id] = question.values + (tuple(places.countries) if question.takes_country else ())
    alone = {}
    for read, taken in values.items():
        own = [one for one in predicates if one.reads == (read,)]
        alone[read] = {value: tuple(one for one in own if one.holds(value)) for value in taken}
    pairs = []
    for predicate in predicates:
        if len(predicate.reads) > 1:
            first, second = predicate.reads
            pairs.append((first, second, predicate))
    return Index(alone, tuple(pairs))


def holding(index: Index, facts: Facts) -> list[Predicate]:
    """The predicates that hold for `facts`, all of known values. What reads a missing answer does not hold."""
    alone = index.alone
    held: list[Predicate] = []
    for question, value in facts.items():
        held.extend(alone[question][value])
    for first, second, predicate in index.pairs:
        if first in facts and second in facts and predicate.holds(facts[first], facts[second]):
            held.append(predicate)
    return held
