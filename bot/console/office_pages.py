"""Step 8 of the message's way: an office's hours, holidays and promise, kept by its lead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import Address

from babel import Locale
from babel.dates import get_day_names
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.sessions import Signed
from bot.referrals.audit import append_audit
from bot.referrals.working_time import SHUT, WEEK, HoursError, read_schedule, schedule_of, zones_of
from bot.store.database import transaction
from bot.store.models import Office

MOST_DAYS = 60  # working days that an office may promise
UTC_ZONE = "UTC"
LONGEST_ADDRESS = 254  # characters, as the column holds


@dataclass(frozen=True)
class Typed:
    """The form as it stands: opening and closing by weekday (empty: shut), and the rest as text."""

    week: Sequence[tuple[str, str]]
    holidays: str
    zone: str
    active: bool
    days: str
    digest_to: str


def show_office(desk: Desk, request: Request) -> Response:
    """The office's settings as they are."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        office = session.get_one(Office, signed.officer.office_id)
    return _page(desk, request, _as_kept(office), saved="saved" in request.query_params)


def change(desk: Desk, request: Request) -> Response:
    """Keep what was typed, or show what is wrong with it. Referrals that wait keep the day they were promised."""
    signed: Signed = request.state.signed
    typed = _as_typed(request.state.form)
    try:
        with transaction(desk.engine) as session:
            _keep(session, signed, typed)
            append_audit(session, "office_changed", signed.officer.office_id, desk.clock(), signed.officer.id)
    except HoursError as error:
        return _page(desk, request, typed, 400, problem=error.what)
    return RedirectResponse("/office?saved=1", 303)


def _as_kept(office: Office) -> Typed:
    week = [(part.partition("-")[0], part.partition("-")[2]) for part in office.hours.split()]
    return Typed(
        week=week,
        holidays="\n".join(office.holidays.split()),
        zone=office.time_zone or "",
        active=office.active,
        days=str(office.answer_days),
        digest_to=office.digest_to or "",
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
    )


def _keep(session: Session, signed: Signed, typed: Typed) -> None:
    week = [f"{opening}-{closing}" if opening or closing else SHUT for opening, closing in typed.week]
    holidays = sorted(set(typed.holidays.replace(",", " ").split()))
    read_schedule(week, holidays, typed.zone or UTC_ZONE)
    if not typed.days.isdecimal() or not 1 <= int(typed.days) <= MOST_DAYS:
        raise HoursError("days")
    office = session.get_one(Office, signed.officer.office_id)
    office.hours, office.holidays, office.time_zone = " ".join(week), " ".join(holidays), typed.zone or None
    office.active, office.answer_days = typed.active, int(typed.days)
    office.digest_to = _address(typed.digest_to)
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
    typed: Typed,
    status: int = 200,
    *,
    problem: str | None = None,
    saved: bool = False,
) -> Response:
    signed: Signed = request.state.signed
    here = desk.offices.by_id.get(signed.officer.office_id)
    zones = [UTC_ZONE, *(zones_of(here.country) if here else ())]
    if typed.zone and typed.zone not in zones:
        zones.append(typed.zone)
    with transaction(desk.engine) as session:
        office = session.get_one(Office, signed.officer.office_id)
    local, language = schedule_of(office).local(desk.clock()), desk.pages.language_for(signed.officer.language)
    return desk.page(
        request,
        "office.html",
        status,
        typed=typed,
        zones=zones,
        days=_day_names(language),
        most_days=MOST_DAYS,
        local=f"{local:%H:%M}",
        mail=desk.settings.demo or desk.settings.smtp is not None,
        problem=problem,
        saved=saved and problem is None,
    )


def _day_names(language: str) -> Sequence[str]:
    names = get_day_names("wide", "stand-alone", Locale.parse(language))
    return [names[day] for day in range(WEEK)]
