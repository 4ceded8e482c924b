"""Step 5, decided: who may be eligible, what to ask next, which office. Pure: files in, codes out.

No network, database, clock or Rasa, and nothing of ours from outside this folder.
"""

from bot.eligibility.answers import AnswerError
from bot.eligibility.criteria import Criterion
from bot.eligibility.emergency import EmergencyNumber, emergency_numbers, load_emergency_numbers
from bot.eligibility.next_question import next_question
from bot.eligibility.office import Office, OfficeChoice, Offices, nearest_office, offices_in, rounded
from bot.eligibility.office_files import load_offices
from bot.eligibility.predicates import COUNSELLOR, LIKELY, OTHER_HELP
from bot.eligibility.programme import Programme, load_programme
from bot.eligibility.questions import QUESTION_BY_ID, QUESTIONS, Question
from bot.eligibility.reading import CriteriaError
from bot.eligibility.verdict import Verdict, assess

__all__ = [
    "COUNSELLOR",
    "LIKELY",
    "OTHER_HELP",
    "QUESTIONS",
    "QUESTION_BY_ID",
    "AnswerError",
    "CriteriaError",
    "Criterion",
    "EmergencyNumber",
    "Office",
    "OfficeChoice",
    "Offices",
    "Programme",
    "Question",
    "Verdict",
    "assess",
    "emergency_numbers",
    "load_emergency_numbers",
    "load_offices",
    "load_programme",
    "nearest_office",
    "next_question",
    "offices_in",
    "rounded",
]
