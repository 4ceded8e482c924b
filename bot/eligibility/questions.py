"""Step 5, decided: the fifteen questions of the self-assessment, in the order in which they are asked.

Ids and values are codes, never words: what a person reads for each of them is kept with the other words.
"""

from collections.abc import Mapping
from dataclasses import dataclass

UNSURE = "unsure"
DECLINED = "declined"
AT_SEA_OR_UNKNOWN = "at_sea_or_unknown"
# Not a question but a fact that the person sets: several people apply together and their situations differ.
MIXED_STATUS = "mixed_status"


@dataclass(frozen=True)
class Question:
    """One question: its id, the values it takes besides countries, and the plain one, where there is one.

    `takes_country` says that any ISO 3166 alpha-2 code is a value too. `needed_to_route` says that the answer
    is needed to choose an office and to write a referral, even when it can no longer change the outcome.
    """

    id: str
    values: tuple[str, ...]
    plain: str | None = None
    takes_country: bool = False
    needed_to_route: bool = False


def _question(question_id: str, *values: str, plain: str | None = None) -> Question:
    return Question(question_id, (*values, UNSURE, DECLINED), plain)


QUESTIONS: tuple[Question, ...] = (
    _question("safe_to_talk", "yes", "someone_with_me", "no", plain="yes"),
    _question(
        "age",
        "adult",
        "minor_with_both_parents",
        "minor_with_one_parent",
        "minor_without_parent",
        plain="adult",
    ),
    _question("free_choice", "yes", "pressured", plain="yes"),
    Question("country_now", (AT_SEA_OR_UNKNOWN, UNSURE, DECLINED), takes_country=True, needed_to_route=True),
    Question("origin", (UNSURE, DECLINED), takes_country=True, needed_to_route=True),
    _question(
        "destination",
        "own_country",
        "several_nationalities",
        "no_proof_of_nationality",
        "other_country",
        plain="own_country",
    ),
    _question("fear_of_return", "no", "yes", plain="no"),
    _question("exploitation", "none", "papers_kept", "not_free", plain="none"),
    _question(
        "protection_status",
        "none",
        "wants_to_ask",
        "pending",
        "refused_can_appeal",
        "refused_final",
        "closed_withdrawn",
        "closed_missed",
        "refugee",
        plain="none",
    ),
    _question("intercepted", "no", "yes"),
    _question("stay_permit", "no", "yes"),
    _question("held", "no", "immigration_detention", "police_custody", "prison_sentence", plain="no"),
    _question("helped_before", "no", "this_project", "other_project", plain="no"),
    _question("other_programme", "no", "return_programme", "unhcr_return", plain="no"),
    _question("private_talk", "no", "yes", plain="no"),
)

QUESTION_BY_ID: Mapping[str, Question] = {question.id: question for question in QUESTIONS}
