"""Step 5, decided: which question to ask next."""

from collections.abc import Mapping

from bot.eligibility.ahead import look_ahead
from bot.eligibility.answers import check_answers
from bot.eligibility.programme import Programme
from bot.eligibility.questions import MIXED_STATUS


def next_question(programme: Programme, answers: Mapping[str, str], *, mixed_status: bool = False) -> str | None:
    """The id of the first unanswered question that is worth asking, or None when the assessment is over.

    Raises `AnswerError` for an unknown question or value.
    """
    check_answers(programme.places.countries, answers)
    return look_ahead(programme.groups, {**answers, MIXED_STATUS: mixed_status})[1]
