"""Step 5, decided: questions that no criterion reads together cannot influence each other.

So the questions fall into small groups, and what a group can still come to is found by trying its own
unanswered questions only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from bot.eligibility.places import Places
from bot.eligibility.predicates import Predicate
from bot.eligibility.questions import MIXED_STATUS, QUESTION_BY_ID, QUESTIONS
from bot.eligibility.weighing import Facts

# A value for every question of a group, in the order of its questions.
Given = tuple[str | bool, ...]


@dataclass(frozen=True)
class Group:
    """Questions that some criterion reads together, the criteria that read them, and the values worth trying.

    Any other value of a question does exactly what one of its `values` does.
    """

    questions: tuple[str, ...]
    predicates: tuple[Predicate, ...]
    values: Mapping[str, tuple[str, ...]]


def group_questions(predicates: tuple[Predicate, ...], places: Places) -> tuple[Group, ...]:
    """The groups, which together hold every question and the fact `mixed_status` once."""
    sets: list[set[str]] = [{MIXED_STATUS}, *({question.id} for question in QUESTIONS)]
    for predicate in predicates:
        touched = [one for one in sets if not one.isdisjoint(predicate.reads)]
        sets = [one for one in sets if one.isdisjoint(predicate.reads)]
        sets.append(set().union(*touched))
    tried = _two_of_each_sort(places)
    return tuple(_group(tuple(sorted(one)), predicates, tried) for one in sets)


def _group(questions: tuple[str, ...], predicates: tuple[Predicate, ...], tried: tuple[str, ...]) -> Group:
    values = {
        question: QUESTION_BY_ID[question].values + (tried if QUESTION_BY_ID[question].takes_country else ())
        for question in questions
        if question != MIXED_STATUS
    }
    own = tuple(predicate for predicate in predicates if predicate.reads[0] in questions)
    return Group(questions, own, _without_lookalikes(Group(questions, own, values)))


def _two_of_each_sort(places: Places) -> tuple[str, ...]:
    """Two countries of each sort: a criterion sees a country's sort, and whether two are the same one."""
    sorts: dict[tuple[bool, ...], list[str]] = {}
    for code in sorted(places.countries):
        sort = (code in places.members, code in places.disputed, code in places.suspended)
        sorts.setdefault(sort, []).append(code)
    return tuple(code for codes in sorts.values() for code in codes[:2])


def _without_lookalikes(group: Group) -> dict[str, tuple[str, ...]]:
    """For each question, the first of the values that do the same whatever else in the group is answered."""
    possible = endings(group, {MIXED_STATUS: False})
    kept: dict[str, tuple[str, ...]] = {}
    for question in group.values:
        place = group.questions.index(question)
        effects: dict[str, set[tuple[Given, int]]] = {}
        for given, scales in possible.items():
            rest = given[:place] + given[place + 1 :]
            effects.setdefault(str(given[place]), set()).add((rest, scales))
        firsts: dict[frozenset[tuple[Given, int]], str] = {}
        for value, effect in effects.items():
            firsts.setdefault(frozenset(effect), value)
        kept[question] = tuple(firsts.values())
    return kept


def endings(group: Group, facts: Facts) -> dict[Given, int]:
    """Every way to answer the rest of the group, with the scales (see `predicates.py`) it comes to."""
    named = [
        facts[question]
        for question in group.values
        if question in facts and facts[question] not in QUESTION_BY_ID[question].values
    ]
    choices: list[list[str | bool]] = []
    for question in group.questions:
        if question in facts:
            choices.append([facts[question]])
        elif QUESTION_BY_ID[question].takes_country:
            # the country named in the other answer is tried too: to be in the same one matters
            choices.append([*group.values[question], *named])
        else:
            choices.append([*group.values[question]])
    return {given: _weigh(group, given) for given in product(*choices)}


def _weigh(group: Group, given: Given) -> int:
    answers = dict(zip(group.questions, given, strict=True))
    scales = 0
    for predicate in group.predicates:
        if predicate.holds(*[answers[question] for question in predicate.reads]):
            scales |= predicate.weighs
    return scales
