"""Step 8 of the message's way: an office's hours, promise and languages, kept by its lead or by an admin.

A lead comes by `/office` and sees the own office. An admin comes by `/offices/…`, and keeps its place too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.headerregistry import Address

from babel import Locale
from babel.dates import get_day_names
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import speech
from bot.console.desk import Desk
from bot.console.office_places import HEIGHTS, WIDTHS, PlaceForm, as_asked, as_kept, is_save, keep_place
from bot.console.sessions import Signed
from bot.console.shown import pairing
from bot.referrals.audit import append_audit
from bot.referrals.office_state import PlaceError, languages_of
from bot.referrals.time_zones import zones_of
from bot.referrals.working_time import SHUT, WEEK, HoursError, read_schedule, schedule_of
from bot.store.database import transaction
from bot.store.models import Office

MOST_DAYS = 60  # working days that an office may promise
UTC_ZONE = "UTC"
LONGEST_ADDRESS = LONGEST_LANGUAGES = 254  # characters, as the columns hold
SPEAKS = "speaks_"  # and the code of a language: a box of the form


@dataclass(frozen=True)
class Typed:
    """The form as it stands: opening and closing by weekday (empty: shut), and the rest as text."""

    week: Sequence[tuple[str, str]]
    holidays: str
    zone: str
    active: bool
    days: str
    digest_to: str
    languages: Sequence[str]


def show_office(desk: Desk, request: Request) -> Response:
    """The office's settings as they are; a page that does not exist for an office that has no keys."""
    office = _office(desk, request)
    if office is None:
        return desk.trouble(request, 404)
    return _page(desk, request, office, _as_kept(desk, office), saved="saved" in request.query_params)


def change(desk: Desk, request: Request) -> Response:
    """Keep what was typed, or show what is wrong with it. Referrals that wait keep the day they were promised."""
    signed: Signed = request.state.signed
    office, typed = _office(desk, request), _as_typed(request.state.form)
    if office is None:
        return desk.trouble(request, 404)
    try:
        with transaction(desk.engine) as session:
            _keep(session, signed, office.id, typed)
            append_audit(session, "office_changed", office.id, desk.clock(), signed.officer.id)
    except HoursError as error:
        return _page(desk, request, office, typed, 400, problem=error.what)
    return RedirectResponse(f"{request.url.path}?saved=1", 303)


def place(desk: Desk, request: Request) -> Response:
    """Keep the office's place, or show it after a click in the picture, not kept yet."""
    signed: Signed = request.state.signed
    office, form = _office(desk, request), request.state.form
    if office is None:
        return desk.trouble(request, 404)
    where = as_asked(form)
    if not is_save(form):
        return _page(desk, request, office, _as_kept(desk, office), where=where)
    try:
        keep_place(desk, signed, office.id, form)
    except PlaceError:
        return _page(desk, request, office, _as_kept(desk, office), 400, where=replace(where, problem=True))
    return RedirectResponse(f"/offices/{office.id}?saved=1", 303)


def _office(desk: Desk, request: Request) -> Office | None:
    """The one that the address names, for an admin; else the officer's own. None when it has no keys."""
    signed: Signed = request.state.signed
    office_id = request.path_params.get("office", signed.officer.office_id)
    with transaction(desk.engine) as session:
        return session.get(Office, office_id) if office_id in desk.offices.by_id else None


def _as_kept(desk: Desk, office: Office) -> Typed:
    week = [(part.partition("-")[0], part.partition("-")[2]) for part in office.hours.split()]
    return Typed(
        week=week,
        holidays="\n".join(office.holidays.split()),
        zone=office.time_zone or "",
        active=office.active,
        days=str(office.answer_days),
        digest_to=office.digest_to or "",
        languages=languages_of(desk.offices.by_id[office.id], office),
    )


def _as_typed(form: Mapping[str, str]) -> Typed:
    week = [(form.get(f"from{day}", "").strip(), form.get(f"to{day}", "").strip()) for day in range(WEEK)]
    return Typed(
        week=week,
        holidays=form.get("holidays", ""),
        zone=form.get("zone", ""),
        active=form.get("active") == "1",
        days=form.get("days", "").strip(),
        digest_to=form.get("digest_to", "").strip(),
        languages=[name.removeprefix(SPEAKS) for name in form if name.startswith(SPEAKS)],
    )


def _keep(session: Session, signed: Signed, office_id: str, typed: Typed) -> None:
    week = [f"{opening}-{closing}" if opening or closing else SHUT for opening, closing in typed.week]
    holidays = sorted(set(typed.holidays.replace(",", " ").split()))
    read_schedule(week, holidays, typed.zone or UTC_ZONE)
    if not typed.days.isdecimal() or not 1 <= int(typed.days) <= MOST_DAYS:
        raise HoursError("days")
    languages = " ".join(sorted(set(typed.languages)))
    if len(languages) > LONGEST_LANGUAGES or not all(code.isidentifier() for code in typed.languages):
        raise HoursError("languages")
    office = session.get_one(Office, office_id)
    office.hours, office.holidays, office.time_zone = " ".join(week), " ".join(holidays), typed.zone or None
    office.active, office.answer_days, office.languages = typed.active, int(typed.days), languages
    office.digest_to = _address(typed.digest_to)
    if office_id == signed.officer.office_id or office.digest_language is None:
        office.digest_language = signed.officer.language


def _address(text: str) -> str | None:
    if not text:
        return None
    try:
        address = Address(addr_spec=text)
    except (ValueError, IndexError):
        raise HoursError("digest_to") from None
    if not address.domain or len(text) > LONGEST_ADDRESS or not text.isascii():
        raise HoursError("digest_to")
    return address.addr_spec


def _page(
    desk: Desk,
    request: Request,
    office: Office,
    typed: Typed,
    status: int = 200,
    *,
    problem: str | None = None,
    where: PlaceForm | None = None,
    saved: bool = False,
) -> Response:
    signed: Signed = request.state.signed
    zones = [UTC_ZONE, *zones_of(desk.offices.by_id[office.id].country)]
    if typed.zone and typed.zone not in zones:
        zones.append(typed.zone)
    local, language = schedule_of(office).local(desk.clock()), desk.pages.language_for(signed.officer.language)
    reader = desk.worded_in(signed.officer.language)
    return desk.page(
        request,
        "office.html",
        status,
        office_id=office.id,
        named=pairing(desk, reader, reader)(speech.office(office.id)).officer,
        by_admin="office" in request.path_params,
        where=where or as_kept(desk, office),
        sizes=[(name, width, HEIGHTS[name]) for name, width in WIDTHS.items()],
        spoken=_spoken(desk, typed.languages),
        typed=typed,
        zones=zones,
        days=_day_names(language),
        most_days=MOST_DAYS,
        local=f"{local:%H:%M}",
        mail=desk.settings.demo or desk.settings.smtp is not None,
        problem=problem,
        saved=saved and problem is None,
    )


def _spoken(desk: Desk, chosen: Sequence[str]) -> Sequence[str]:
    """The languages that staff may speak: those that any office lists, and those that people can write in."""
    listed = {code for office in desk.offices.by_id.values() for code in office.languages if code}
    written = {code for code in desk.spoken if "_" not in code}
    return sorted(listed | written | set(chosen))


def _day_names(language: str) -> Sequence[str]:
    names = get_day_names("wide", "stand-alone", Locale.parse(language))
    return [names[day] for day in range(WEEK)]
