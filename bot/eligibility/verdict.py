"""Step 5, decided: the verdict on a person's answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.eligibility.ahead import look_ahead
from bot.eligibility.answers import check_answers
from bot.eligibility.criteria import NO_ROUTE
from bot.eligibility.flags import flags_for
from bot.eligibility.predicates import COUNSELLOR, EXCLUSION, KINDS, LIKELY, Predicate, outcome_of
from bot.eligibility.programme import Programme
from bot.eligibility.questions import MIXED_STATUS, QUESTIONS
from bot.eligibility.routes import ROUTES_TO_LIKELY
from bot.eligibility.weighing import Facts, holding


@dataclass(frozen=True)
class Verdict:
    """What the answers come to. All tuples hold sorted codes.

    `outcome` is None while a missing answer can still change it; `next` is the question to ask now, or None.
    `reasons` are all signs, exclusions and doubts that hold, and `no_route`. They are for the office: where a
    sign holds, the exclusions among them (`to_check`) are not shown to the person. Show `decided_by`.
    """

    outcome: str | None
    reasons: tuple[str, ...]
    routes: tuple[str, ...]
    flags: tuple[str, ...]
    to_check: tuple[str, ...]
    next: str | None
    signs: tuple[str, ...]
    exclusions: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def decided_by(self) -> tuple[str, ...]:
        """The criteria that made the outcome what it is: what the person's verdict card shows."""
        if self.outcome is None:
            return ()
        if self.outcome == LIKELY:
            return tuple(route for route in self.routes if route in ROUTES_TO_LIKELY)
        return self.signs or self.exclusions or self.doubts or (NO_ROUTE,)


def assess(
    programme: Programme,
    answers: Mapping[str, str],
    *,
    mixed_status: bool = False,
    people: int = 1,
    special_need: bool = False,
) -> Verdict:
    """The verdict on `answers` (question id to value); a missing answer means that it was not asked.

    `people` counts everyone who applies together. Raises `AnswerError` for an unknown question or value.
    """
    check_answers(programme.places.countries, answers)
    facts: Facts = {**answers, MIXED_STATUS: mixed_status}
    held, scales = _weigh(holding(programme.index, facts))
    complete = len(answers) == len(QUESTIONS)
    outcome, following = (outcome_of(scales), None) if complete else look_ahead(programme.groups, facts)
    signs, exclusions, doubts, routes = [tuple(sorted(held[kind])) for kind in KINDS]
    reasons = sorted(signs + exclusions + doubts)
    if outcome == COUNSELLOR and not reasons:
        reasons = [NO_ROUTE]
    return Verdict(
        outcome=outcome,
        reasons=tuple(reasons),
        routes=routes,
        # Several people with differing situations are several people, whatever the count says.
        flags=flags_for(answers, signs, several_people=people > 1 or mixed_status, special_need=special_need),
        to_check=exclusions if signs else (),
        next=following,
        signs=signs,
        exclusions=exclusions,
        doubts=doubts,
    )


def _weigh(holds: list[Predicate]) -> tuple[dict[str, list[str]], int]:
    """The codes of what holds, by kind, and the scales they come to."""
    held: dict[str, list[str]] = {kind: [] for kind in KINDS}
    scales = 0
    for predicate in holds:
        held[predicate.kind].append(predicate.code)
        scales |= predicate.weighs
    exclusions = held[EXCLUSION]
    if "already_home" in exclusions and "outside_member_state" in exclusions:
        exclusions.remove("outside_member_state")
    return held, scales
