"""Step 5, decided: what the missing answers could still do, worked out exactly without trying them all."""

from collections.abc import Iterable

from bot.eligibility.groups import Given, Group, endings
from bot.eligibility.predicates import outcome_of
from bot.eligibility.questions import QUESTIONS
from bot.eligibility.weighing import Facts


def look_ahead(groups: tuple[Group, ...], facts: Facts) -> tuple[str | None, str | None]:
    """The outcome, or None while a missing answer can still change it; and the question to ask next, or None.

    The next question is the first unanswered one, in the order of the questions, whose answer could change
    the outcome for some answers to the other missing ones, or that is needed to choose an office.
    """
    possible = [(group, endings(group, facts)) for group in groups]
    outcomes = {outcome_of(scales) for scales in _combined(ways.values() for _, ways in possible)}
    settled = outcomes.pop() if len(outcomes) == 1 else None
    for question in QUESTIONS:
        if question.id in facts:
            continue
        if question.needed_to_route or (settled is None and _matters(question.id, possible)):
            return settled, question.id
    return settled, None


def _combined(parts: Iterable[Iterable[int]]) -> set[int]:
    """Every scale that one choice from each part comes to: at most 16, however many ways there are."""
    combined = {0}
    for part in parts:
        distinct = set(part)
        combined = {so_far | added for so_far in combined for added in distinct}
    return combined


def _matters(question: str, possible: list[tuple[Group, dict[Given, int]]]) -> bool:
    """Whether two answers to `question` lead to two outcomes while all else is answered alike."""
    own, ways = next((group, ways) for group, ways in possible if question in group.questions)
    elsewhere = _combined(others.values() for group, others in possible if group is not own)
    place = own.questions.index(question)
    alike: dict[Given, set[int]] = {}
    for given, scales in ways.items():
        alike.setdefault(given[:place] + given[place + 1 :], set()).add(scales)
    return any(
        len({outcome_of(other | scales) for scales in choices}) > 1
        for choices in alike.values()
        for other in elsewhere
    )
