"""Step 5, decided: every case of the decision table weighed by two versions of the criteria, and what differs.

A case is a person of whom one set of answers of the table is true and all else is plain, who is irregular where
they are (R1), so that nothing else decides. It is tried with every sort of country: as the country that they are
in, as the one to go back to, and as both. A criterion sees no more of a country than its sort.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.eligibility.criteria import NO_ROUTE
from bot.eligibility.places import Places
from bot.eligibility.programme import Programme
from bot.eligibility.questions import QUESTIONS
from bot.eligibility.table import Answers, decision_table
from bot.eligibility.verdict import Verdict, assess

NOW, ORIGIN, BOTH = "now", "origin", "both"
# Which questions a country answers, by where the person stands to it.
STANDS: Mapping[str, tuple[str, ...]] = {
    NOW: ("country_now",),
    ORIGIN: ("origin",),
    BOTH: ("country_now", "origin"),
}
_IRREGULAR = {"intercepted": "no", "stay_permit": "no"}
_PLAIN = {question.id: question.plain for question in QUESTIONS if question.plain} | _IRREGULAR

_Sort = tuple[bool, bool, bool]


@dataclass(frozen=True)
class Case:
    """What is true of a person beside all that is plain: a set of answers; `mixed`: situations that differ."""

    answers: Answers
    mixed: bool = False


@dataclass(frozen=True)
class Difference:
    """The outcomes of two verdicts; `gone` no longer holds and `new` newly does: reasons and routes, as codes."""

    before: str | None
    after: str | None
    gone: tuple[str, ...]
    new: tuple[str, ...]


@dataclass(frozen=True)
class CaseChange:
    """Cases that change alike with each of `countries`. `stands` is a key of `STANDS`."""

    stands: str
    countries: tuple[str, ...]
    difference: Difference
    cases: tuple[Case, ...]


def changed_cases(before: Programme, after: Programme) -> tuple[CaseChange, ...]:
    """Every case whose outcome, reasons or routes are others in `after`, those that change alike together."""
    sorts = _sorts(before.places, after.places)
    if not sorts:
        return ()
    found: dict[tuple[str, tuple[str, ...], Difference], list[Case]] = {}
    cases = tuple(_cases(before))
    for stands, asked in STANDS.items():
        for codes in sorts.values():
            plain = _elsewhere(sorts, codes[0])
            for case in cases:
                if case.answers.keys().isdisjoint(asked):
                    answers = {**_PLAIN, **plain, **dict.fromkeys(asked, codes[0]), **case.answers}
                    was, will = (assess(one, answers, mixed_status=case.mixed) for one in (before, after))
                    what = difference(was, will)
                    if what is not None:
                        found.setdefault((stands, tuple(codes), what), []).append(case)
    return tuple(CaseChange(*key, tuple(alike)) for key, alike in found.items())


def difference(was: Verdict, will: Verdict) -> Difference | None:
    """What is another in the second verdict; None when nothing is."""
    held, holds = ({*one.reasons, *one.routes} for one in (was, will))
    if was.outcome == will.outcome and held == holds:
        return None
    return Difference(was.outcome, will.outcome, tuple(sorted(held - holds)), tuple(sorted(holds - held)))


def differing_countries(before: Places, after: Places) -> frozenset[str]:
    """The countries of which any list says something else, or that only one version knows."""
    alone = before.countries ^ after.countries
    return alone | {code for (was, will), codes in _sorts(before, after).items() if was != will for code in codes}


def _cases(programme: Programme) -> Iterator[Case]:
    yield Case({})
    seen: list[Answers] = []
    for row in decision_table(programme):
        if row.by_situation:
            yield Case({}, mixed=True)
        if row.criterion.id == NO_ROUTE:
            yield Case({"stay_permit": "yes"})
        for answers in row.answers:
            if answers not in seen:
                seen.append(answers)
                yield Case(answers)


def _sort(places: Places, code: str) -> _Sort:
    return code in places.members, code in places.disputed, code in places.suspended


def _sorts(before: Places, after: Places) -> dict[tuple[_Sort, _Sort], list[str]]:
    """The countries that both versions know, by what each says of them."""
    sorts: dict[tuple[_Sort, _Sort], list[str]] = {}
    for code in sorted(before.countries & after.countries):
        sorts.setdefault((_sort(before, code), _sort(after, code)), []).append(code)
    return sorts


def _elsewhere(sorts: Mapping[tuple[_Sort, _Sort], list[str]], country: str) -> dict[str, str]:
    """A country to be in and one to go back to, neither `country`, that say as little as can be."""

    def quiet(sort: tuple[_Sort, _Sort]) -> tuple[bool, bool, int]:
        was, will = sort
        return was != will, was[2] or will[2], -was[0] - will[0]

    quietest = sorted(sorts, key=quiet)
    ordered = [code for sort in quietest for code in sorts[sort] if code != country]
    now = ordered[0] if ordered else country
    return {"country_now": now, "origin": next((code for code in ordered if code != now), country)}
