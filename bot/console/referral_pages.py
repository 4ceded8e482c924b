"""Step 8 of the message's way: the list of an office's referrals, and one referral."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot import speech
from bot.console.desk import Desk
from bot.console.sessions import Signed
from bot.console.shown import name_of, show_referral
from bot.referrals.audit import append_audit
from bot.referrals.content import open_content
from bot.referrals.lifecycle import ALLOWED, CLOSE_REASONS, WORDS_LIMIT, open_for
from bot.referrals.queue import TABS, Place, PlaceError, count_referrals, find_referral, is_late, list_referrals
from bot.store.database import transaction
from bot.store.models import Office, Officer, Referral
from bot.store.sealing import SealError


def show_list(desk: Desk, request: Request) -> Response:
    """One page of one tab; a tab or a place that is not ours answers like one that does not exist."""
    signed: Signed = request.state.signed
    tab = next((tab for tab in TABS if tab == request.query_params.get("tab", TABS[0])), None)
    try:
        after = request.query_params.get("after")
        place = Place.parse(after) if after else None
    except PlaceError:
        return desk.trouble(request, 404)
    if tab is None:
        return desk.trouble(request, 404)
    at, officer = desk.clock(), signed.officer
    with transaction(desk.engine) as session:
        page = list_referrals(session, officer, tab, place)
        counts = count_referrals(session, officer)
        office = session.get_one(Office, officer.office_id)
        rows = [_row(desk, session, referral, officer, office, at) for referral in page.referrals]
        append_audit(session, "listed", officer.office_id, at, officer.id)
    return desk.page(
        request, "list.html", tab=tab, tabs=TABS, rows=rows, counts=counts, after=page.after, first=place is None
    )


@dataclass(frozen=True)
class Row:
    """A referral in the list. `late`: it has waited longer than the office means to take."""

    referral: Referral
    language_name: str
    taken_by: str | None
    flags: Sequence[str]
    late: bool


def _row(desk: Desk, session: Session, referral: Referral, officer: Officer, office: Office, at: datetime) -> Row:
    try:
        flags: Sequence[str] = open_content(office, desk.console_key, referral).flags
    except SealError:  # one that is spoilt must not hide the others; its own page tells
        flags = ()
    return Row(
        referral,
        desk.words_in(officer.language).words(speech.language(referral.language)),
        name_of(session, referral.taken_by),
        sorted(flags, key=lambda flag: flag != "priority"),
        is_late(referral, office.answer_days, at),
    )


def search(desk: Desk, request: Request) -> Response:
    """Straight to the referral with this reference code, or a page that says that there is none."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        found = find_referral(session, signed.officer.office_id, request.query_params.get("reference", ""))
    if found is None:
        return desk.page(request, "trouble.html", 404, trouble="no_such_reference")
    return RedirectResponse(f"/referrals/{found.reference}", 303)


def show_one(
    desk: Desk,
    request: Request,
    *,
    status: int = 200,
    problem: str | None = None,
    who: str | None = None,
    draft: str = "",
) -> Response:
    """One referral. That it was read is kept; that it was read for the first time is a step in its life."""
    signed: Signed = request.state.signed
    at = desk.clock()
    with transaction(desk.engine) as session:
        referral = find_referral(session, signed.officer.office_id, request.path_params["reference"])
        if referral is None:
            return desk.trouble(request, 404)
        open_for(session, referral, signed.officer, at)
        append_audit(session, "read", referral.reference, at, signed.officer.id)
        session.flush()
        shown = show_referral(desk, session, referral, signed.officer)
    return desk.page(
        request,
        "referral.html",
        status,
        shown=shown,
        may={act: referral.status in states for act, states in ALLOWED.items()},
        close_reasons=CLOSE_REASONS,
        words_limit=WORDS_LIMIT,
        problem=problem,
        who=who,
        draft=draft,
    )
