"""Step 5, decided: answers are looked at before anything is concluded from them."""

from collections.abc import Mapping

from bot.eligibility.questions import QUESTION_BY_ID, QUESTIONS


class AnswerError(ValueError):
    """An answer that the self-assessment does not know. The message names the question, never the value."""


_VALUES = {question.id: frozenset(question.values) for question in QUESTIONS}


def check_answers(countries: frozenset[str], answers: Mapping[str, str]) -> None:
    """Raises `AnswerError` for the first question or value that is not known; a missing answer is fine.

    `countries` are the ISO 3166 alpha-2 codes that `country_now` and `origin` take.
    """
    for question_id, value in answers.items():
        values = _VALUES.get(question_id)
        if values is None:
            # ascii() and the cut keep a stray key harmless wherever the message is shown.
            known = ", ".join(_VALUES)
            raise AnswerError(f"unknown question {ascii(question_id)[:60]}: the questions are {known}")
        if not isinstance(value, str):
            raise AnswerError(f"the answer to {question_id} must be a string")
        if value in values:
            continue
        if not QUESTION_BY_ID[question_id].takes_country:
            takes = ", ".join(QUESTION_BY_ID[question_id].values)
            raise AnswerError(f"unknown value for {question_id}: it takes {takes}")
        if value not in countries:
            takes = ", ".join(QUESTION_BY_ID[question_id].values)
            raise AnswerError(
                f"unknown value for {question_id}: it takes {takes} or an ISO 3166 country code "
                "of two capital letters"
            )
