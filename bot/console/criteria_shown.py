"""Step 8 of the message's way, prepared: changes of the criteria put into an officer's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import speech
from bot.console.cell import Cell
from bot.console.desk import Desk
from bot.console.shown import pairing
from bot.eligibility import QUESTION_BY_ID
from bot.eligibility.changed_cases import CaseChange
from bot.eligibility.rows import BUTTONS, RowChange
from bot.language.languages import SOURCE
from bot.speech import Worded

Told = Sequence[tuple[Cell, Sequence[Cell]]]  # questions, each with answers to it


@dataclass(frozen=True)
class ChangedRow:
    """A row of a file in words: its name, and each field that is another with its old and new value."""

    change: RowChange
    name: Cell
    fields: Sequence[tuple[str, Cell, Cell]]


@dataclass(frozen=True)
class ChangedCases:
    """Cases that change alike, in words. `cases`: questions with the answers to them, one by one."""

    change: CaseChange
    countries: Sequence[Cell]
    gone: Sequence[tuple[str, Cell]]
    new: Sequence[tuple[str, Cell]]
    cases: Sequence[Told]


class CriteriaWords:
    """Codes of the criteria's files put into the officer's language."""

    def __init__(self, desk: Desk, language: str) -> None:
        reader = desk.worded_in(language)
        self._pair = pairing(desk, reader, reader)
        self._offices = desk.offices.by_id
        self._criteria = desk.programme.criteria

    def country(self, code: str) -> Cell:
        """A country's name; "not said" and the like come as they are."""
        return self._cell(speech.country(code))

    def row(self, change: RowChange) -> ChangedRow:
        """A changed row in words."""
        fields = [
            (name, self._value(change.file, name, was), self._value(change.file, name, will))
            for name, was, will in change.fields
        ]
        return ChangedRow(change, self._name(change), fields)

    def cases(self, change: CaseChange) -> ChangedCases:
        """Cases that change alike, in words."""
        gone, new = ([(code, self._criterion(code)) for code in codes] for codes in _reasons(change))
        return ChangedCases(
            change, [self.country(code) for code in change.countries], gone, new, self._told(change)
        )

    def _told(self, change: CaseChange) -> list[Told]:
        """Sets of answers, those that are alike but for the last answer together."""
        alike: dict[tuple[tuple[tuple[str, str], ...], str], list[Cell]] = {}
        for case in change.cases:
            if case.answers:
                *first, (question, answer) = case.answers.items()
                alike.setdefault((tuple(first), question), []).append(self._answer(question, answer))
        return [
            [
                *((self._question(one), (self._answer(one, answer),)) for one, answer in first),
                (self._question(last), answers),
            ]
            for (first, last), answers in alike.items()
        ]

    def _question(self, question: str) -> Cell:
        return self._cell(speech.question(question))

    def _answer(self, question: str, answer: str) -> Cell:
        return self._cell(speech.answer(question, answer))

    def _criterion(self, code: str) -> Cell:
        return self._cell(speech.criterion(code))

    def _cell(self, worded: Worded) -> Cell:
        return self._pair(worded).officer

    def _name(self, change: RowChange) -> Cell:
        if change.file == "offices.csv" and change.key in self._offices:
            return self._cell(speech.office(change.key))
        if change.key in self._criteria:
            return self._criterion(change.key)
        if change.key in QUESTION_BY_ID:
            return self._question(change.key)
        code = change.key.partition(" ")[0]
        return self.country(code) if len(code) == len("TH") and code.isupper() else _as_written(change.key)

    def _value(self, file: str, field: str, value: str) -> Cell:
        """A field's value: codes in words where they are all known."""
        if field == "country" and value:
            return self.country(value)
        if field == "fallback_office_id" and value in self._offices:
            return self._cell(speech.office(value))
        codes = value.split()
        if field == "questions" and codes and all(code in QUESTION_BY_ID for code in codes):
            return self._listed([self._question(code) for code in codes])
        if file == BUTTONS and codes:
            return self._listed([self.country(code) for code in codes])
        return _as_written(value)

    def _listed(self, cells: Sequence[Cell]) -> Cell:
        return Cell(" · ".join(cell.text for cell in cells), cells[0].language, cells[0].direction)


def _reasons(change: CaseChange) -> tuple[Sequence[str], Sequence[str]]:
    return change.difference.gone, change.difference.new


def _as_written(value: str) -> Cell:
    return Cell(value, SOURCE, "ltr")
