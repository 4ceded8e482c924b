"""Step 5, decided: every criterion's predicate, gathered with the questions it reads and what it weighs."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.eligibility.doubts import DOUBTS
from bot.eligibility.exclusions import EXCLUSIONS
from bot.eligibility.places import Places
from bot.eligibility.routes import ROUTES, ROUTES_TO_LIKELY
from bot.eligibility.signs import SIGNS

SIGN = "sign"
EXCLUSION = "exclusion"
DOUBT = "doubt"
ROUTE = "route"
KINDS = (SIGN, EXCLUSION, DOUBT, ROUTE)

# What a criterion that holds adds to the scales. Scales are these numbers or-ed together, so there are 16.
SIGN_WEIGHS, EXCLUSION_WEIGHS, DOUBT_WEIGHS, ROUTE_WEIGHS = 1, 2, 4, 8

LIKELY = "LIKELY"
OTHER_HELP = "OTHER_HELP"
COUNSELLOR = "COUNSELLOR"


@dataclass(frozen=True)
class Predicate:
    """A criterion's code and kind, the answers it reads (in the order `holds` takes them) and its weight."""

    code: str
    kind: str
    reads: tuple[str, ...]
    weighs: int
    holds: Callable[..., bool]


def predicates_over(places: Places) -> tuple[Predicate, ...]:
    """All predicates, those about countries bound to `places`."""
    weights = {SIGN: SIGN_WEIGHS, EXCLUSION: EXCLUSION_WEIGHS, DOUBT: DOUBT_WEIGHS, ROUTE: ROUTE_WEIGHS}
    by_kind = {SIGN: SIGNS, EXCLUSION: EXCLUSIONS, DOUBT: DOUBTS, ROUTE: ROUTES}
    return tuple(
        _predicate(
            code, kind, 0 if kind == ROUTE and code not in ROUTES_TO_LIKELY else weights[kind], holds, places
        )
        for kind, functions in by_kind.items()
        for code, holds in functions.items()
    )


def _predicate(code: str, kind: str, weighs: int, holds: Callable[..., bool], places: Places) -> Predicate:
    reads = tuple(inspect.signature(holds).parameters)
    if reads[0] == "places":
        return Predicate(code, kind, reads[1:], weighs, partial(holds, places))
    return Predicate(code, kind, reads, weighs, holds)


def outcome_of(scales: int) -> str:
    """The outcome once everything is on the scales: sign, then exclusion, then doubt, then route."""
    if scales & SIGN_WEIGHS:
        return COUNSELLOR
    if scales & EXCLUSION_WEIGHS:
        return OTHER_HELP
    if scales & DOUBT_WEIGHS:
        return COUNSELLOR
    return LIKELY if scales & ROUTE_WEIGHS else COUNSELLOR
