"""Step 5, decided: two versions of `criteria/` beside one another. It reads folders and changes nothing."""

from dataclasses import dataclass
from pathlib import Path

from bot.eligibility.changed_cases import CaseChange, changed_cases
from bot.eligibility.emergency import load_emergency_numbers
from bot.eligibility.office_files import load_offices
from bot.eligibility.programme import Programme, load_programme
from bot.eligibility.rows import RowChange, changed_rows


@dataclass(frozen=True)
class Comparison:
    """Two versions, each as it loads, and what is another in the second: rows of the files, cases of the table."""

    before: Programme
    after: Programme
    rows: tuple[RowChange, ...]
    cases: tuple[CaseChange, ...]

    @property
    def same_version(self) -> bool:
        """Whether something changed and the version was not raised."""
        return bool(self.rows) and self.before.version == self.after.version


def compare(before: Path, after: Path) -> Comparison:
    """The folders compared; `CriteriaError`, as at the bot's start, when one of them could not be put in force."""
    was, will = _load(before), _load(after)
    return Comparison(was, will, changed_rows(before, after), changed_cases(was, will))


def _load(folder: Path) -> Programme:
    """What the bot would decide by; its offices and emergency numbers are looked over too."""
    programme = load_programme(folder)
    load_offices(folder)
    load_emergency_numbers(folder)
    return programme
