"""Step 8 of the message's way, counted: the figures page, and the figures to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.dates import format_skeleton
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import speech
from bot.console.cell import Cell
from bot.console.desk import Desk
from bot.console.export import CSV, XLSX, Mark, as_csv
from bot.console.rights import Role
from bot.console.sessions import Signed
from bot.console.shown import pairing
from bot.eligibility import QUESTION_BY_ID
from bot.language.english import ResponsesError
from bot.language.languages import SOURCE
from bot.referrals.audit import append_audit
from bot.referrals.counting import ASKED, DISAGREED_ON, ORIGIN, REASON, STOPPED
from bot.referrals.report import BY_OFFICE, MONTHS, Figure, Quarter, figures_of, offices_in, quarters_over
from bot.store.database import transaction

TITLE = "label_faq/"  # how the name of the words on a question's button begins
MEDIA = {CSV: "text/csv; charset=utf-8", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True)
class View:
    """What was asked for: a quarter that is over (None when none is), one office or all (None)."""

    quarter: Quarter | None
    office: str | None
    quarters: Sequence[Quarter]
    offices: Sequence[str]
    every_office: bool  # whether they may choose


def show_figures(desk: Desk, request: Request) -> Response:
    """The figures of one quarter. Whoever sees one office only is shown that one, whatever the address says."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        view = _view(desk, session, signed, request.query_params)
        if view is None:
            return desk.trouble(request, 404)
        figures = figures_of(session, view.quarter, view.office) if view.quarter else []
        append_audit(session, "figures_read", view.office or "all", desk.clock(), signed.officer.id)
    language = desk.pages.language_for(signed.officer.language)
    return desk.page(
        request,
        "figures.html",
        view=view,
        figures=figures,
        quarter_names={one: _name(one, language) for one in view.quarters},
        names=_names(desk, signed, figures, view.offices),
        own=lambda text: Cell(text, language.replace("_", "-"), desk.direction_of(language)),
    )


def export_figures(desk: Desk, request: Request) -> Response:
    """The same figures as a CSV file or a workbook; that they were taken away is on record."""
    signed: Signed = request.state.signed
    mark = Mark(signed.officer.id, desk.clock())
    kind = request.state.form.get("format", CSV)
    if kind not in MEDIA:
        return desk.trouble(request, 400)
    with transaction(desk.engine) as session:
        view = _view(desk, session, signed, request.state.form)
        if view is None:
            return desk.trouble(request, 404)
        if view.quarter is None:
            return RedirectResponse("/figures", 303)
        figures = figures_of(session, view.quarter, view.office)
        subject = f"{view.quarter} {view.office or 'all'}{' xlsx' if kind == XLSX else ''}"
        append_audit(session, "figures_exported", subject, mark.at, signed.officer.id)
    name = mark.file_name(view.quarter, view.office, kind)
    return Response(
        _as_file(kind, figures, view.quarter, view.office, mark),
        media_type=MEDIA[kind],
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _as_file(kind: str, figures: Sequence[Figure], quarter: Quarter, office: str | None, mark: Mark) -> bytes:
    if kind == CSV:
        return as_csv(figures, quarter, office, mark)
    from bot.console.workbook import as_xlsx  # noqa: PLC0415 -- its library is for who saves a workbook alone

    return as_xlsx(figures, quarter, office, mark)


def _view(desk: Desk, session: Session, signed: Signed, asked: Mapping[str, str]) -> View | None:
    quarters = quarters_over(session, desk.clock())
    wished = asked.get("quarter", "")
    quarter = next((one for one in quarters if str(one) == wished), None) if wished else next(iter(quarters), None)
    if wished and quarter is None:
        return None
    if signed.officer.role != Role.PROGRAMME:
        return View(quarter, signed.officer.office_id, quarters, (), every_office=False)
    offices = offices_in(session, quarter) if quarter else ()
    office = asked.get("office", "")
    if office and office not in offices:
        return None
    return View(quarter, office or None, quarters, offices, every_office=True)


def _name(quarter: Quarter, language: str) -> str:
    middle = date(quarter.year, quarter.number * MONTHS - 1, 1)
    return format_skeleton("yQQQ", middle, locale=Locale.parse(language))


def _names(
    desk: Desk, signed: Signed, figures: Sequence[Figure], offices: Sequence[str]
) -> Mapping[tuple[str, str], Cell]:
    """Words for the values that have some beside the message's way: places, questions, criteria."""
    reader = desk.worded_in(signed.officer.language)
    pair = pairing(desk, reader, reader)
    names = {(BY_OFFICE, office): pair(speech.office(office)).officer for office in offices}
    for figure in figures:
        for value, _ in figure.rows:
            if figure.kind == ORIGIN and len(value) == len("TH"):
                names[ORIGIN, value] = pair(speech.country(value)).officer
            elif figure.kind == STOPPED and value in QUESTION_BY_ID:
                names[STOPPED, value] = pair(speech.question(value)).officer
            elif figure.kind in {REASON, DISAGREED_ON}:
                names[figure.kind, value] = pair(speech.criterion(value)).officer
            elif figure.kind == ASKED:
                names[ASKED, value] = _question(desk, reader, value)
    return names


def _question(desk: Desk, reader: str, name: str) -> Cell:
    """The title of a question that people asked, as their button says it."""
    try:
        title = desk.words_in(reader).words(speech.nested(f"{TITLE}{name}"))
    except ResponsesError:  # a question of older days, which has no words any more
        return Cell(name.replace("_", " "), SOURCE, "ltr")
    return Cell(title, reader.replace("_", "-"), desk.direction_of(reader))
