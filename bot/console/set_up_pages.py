"""Step 8 of the message's way, prepared: how this bot is set up, for its administrators to read and to sign.

Nothing is changed here: each office has a page of its own (`office_pages`), and criteria and languages are changed
in the files of the project.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from bot import speech
from bot.console.cell import Cell
from bot.console.desk import Desk
from bot.console.sessions import IDLE, WHOLE, Signed
from bot.console.shown import pairing
from bot.eligibility.office import Office as Listed
from bot.eligibility.questions import DECLINED, UNSURE
from bot.eligibility.table import TableRow, decision_table
from bot.language.languages import served
from bot.referrals.office_state import languages_of
from bot.referrals.offices import list_offices
from bot.referrals.retention import KEPT_DAYS, TALK_KEPT
from bot.store.database import transaction
from bot.store.models import Office


@dataclass(frozen=True)
class OfficeRow:
    """An office as the criteria list it, and as it is kept here; `kept` is None while it has no keys."""

    name: Cell
    country: Cell
    listed: Listed
    kept: Office | None

    @property
    def languages(self) -> Sequence[str]:
        """The codes of the languages that its staff speak."""
        return languages_of(self.listed, self.kept)


@dataclass(frozen=True)
class CriterionRow:
    """A row of the decision table in words: `holds` has, for each set of answers, question and answer in words."""

    row: TableRow
    words: Cell
    holds: Sequence[Sequence[tuple[Cell, Cell]]]


def show_offices(desk: Desk, request: Request) -> Response:
    """Every office of the criteria, those that take referrals first."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        kept: Mapping[str, Office] = {office.id: office for office in list_offices(session)}
    reader = desk.worded_in(signed.officer.language)
    pair = pairing(desk, reader, reader)
    rows = [
        OfficeRow(
            pair(speech.office(one.id)).officer, pair(speech.country(one.country)).officer, one, kept.get(one.id)
        )
        for one in desk.offices.by_id.values()
    ]
    rows.sort(key=lambda row: (not takes_referrals(row), row.country.text, row.name.text))
    return desk.page(request, "offices.html", rows=rows, takes_referrals=takes_referrals)


def takes_referrals(row: OfficeRow) -> bool:
    """Whether people are offered this office now."""
    return row.listed.active and row.kept is not None and row.kept.active


def show_criteria(desk: Desk, request: Request) -> Response:
    """The whole decision table as it is in force, to print and to sign."""
    signed: Signed = request.state.signed
    reader = desk.worded_in(signed.officer.language)
    pair = pairing(desk, reader, reader)

    def in_words(question: str, value: str) -> tuple[Cell, Cell]:
        return pair(speech.question(question)).officer, pair(speech.answer(question, value)).officer

    rows = [
        CriterionRow(
            row=row,
            words=pair(speech.criterion(row.criterion.id)).officer,
            holds=[[in_words(*one) for one in answers.items()] for answers in row.answers],
        )
        for row in decision_table(desk.programme)
    ]
    places = desk.programme.places
    return desk.page(
        request,
        "criteria.html",
        rows=rows,
        version=desk.programme.version,
        unsure=(UNSURE, DECLINED),
        lists={
            name: sorted((pair(speech.country(code)).officer for code in codes), key=lambda cell: cell.text)
            for name, codes in (
                ("members", places.members),
                ("disputed", places.disputed),
                ("suspended", places.suspended),
            )
        },
        made_at=desk.clock(),
    )


def show_settings(desk: Desk, request: Request) -> Response:
    """Which languages people are offered and who signed them; how long what is kept."""
    settings = desk.settings
    with transaction(desk.engine) as session:
        closed_days = sorted(set(session.scalars(select(Office.kept_days)))) or [KEPT_DAYS]
    return desk.page(
        request,
        "settings.html",
        known=desk.languages.values(),
        offered=served(desk.languages, settings.languages, demo=settings.demo),
        talk_hours=round(TALK_KEPT.total_seconds() / 3600),
        closed_days=closed_days,
        idle_minutes=round(IDLE.total_seconds() / 60),
        whole_hours=round(WHOLE.total_seconds() / 3600),
    )
