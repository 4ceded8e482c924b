"""Step 5, decided: the whole decision table in the order in which it is weighed, to be read and signed by people.

The answers are tried on the very predicates that decide, so the table cannot say something else than they do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

from bot.eligibility.criteria import NO_ROUTE, Criterion
from bot.eligibility.predicates import Predicate, outcome_of
from bot.eligibility.programme import Programme
from bot.eligibility.questions import MIXED_STATUS, QUESTION_BY_ID

Answers = Mapping[str, str]


@dataclass(frozen=True)
class TableRow:
    """A criterion, what it leads to when none above it holds, and every set of answers with which it holds.

    `leads_to` is None for a route that leads to no outcome by itself. `by_country`: countries decide too, by the
    lists in `criteria/`. `by_situation`: it is that people who apply together are in different situations.
    """

    criterion: Criterion
    leads_to: str | None
    answers: tuple[Answers, ...]
    by_country: bool
    by_situation: bool


def decision_table(programme: Programme) -> tuple[TableRow, ...]:
    """All criteria: signs, exclusions, doubts, routes, and last what is left when no route leads there."""
    rows = [_row(programme.criteria[predicate.code], predicate) for predicate in programme.predicates]
    nothing_else = TableRow(programme.criteria[NO_ROUTE], outcome_of(0), (), by_country=False, by_situation=False)
    return (*rows, nothing_else)


def _row(criterion: Criterion, predicate: Predicate) -> TableRow:
    return TableRow(
        criterion=criterion,
        leads_to=outcome_of(predicate.weighs) if predicate.weighs else None,
        answers=_holding(predicate),
        by_country=any(QUESTION_BY_ID[read].takes_country for read in predicate.reads if read != MIXED_STATUS),
        by_situation=MIXED_STATUS in predicate.reads,
    )


def _holding(predicate: Predicate) -> tuple[Answers, ...]:
    if MIXED_STATUS in predicate.reads:
        return ()
    tried = product(*(QUESTION_BY_ID[read].values for read in predicate.reads))
    return tuple(dict(zip(predicate.reads, values, strict=True)) for values in tried if predicate.holds(*values))
