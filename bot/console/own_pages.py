"""Step 8 of the message's way, at the door: an officer's own page: where they are signed in, and their codes."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.login import TooSoonError, count_try, forget_tries, telephone_fits
from bot.console.passkeys import passkeys_of, site_of
from bot.console.recovery import codes_left, new_codes
from bot.console.sessions import Signed, end_sessions, live_sessions
from bot.referrals.audit import append_audit
from bot.store.database import transaction
from bot.store.models import Officer
from bot.store.sealing import lookup_hash

EVERYWHERE = "all"


def show_own(desk: Desk, request: Request) -> Response:
    """Who I am here, where I am signed in, how many recovery codes are left."""
    return own_page(desk, request)


def end_session(desk: Desk, request: Request) -> Response:
    """Sign out one browser of mine, or all of them with this one."""
    signed: Signed = request.state.signed
    which: str = request.state.form.get("session", "")
    key = None if which == EVERYWHERE else which
    with transaction(desk.engine) as session:
        if not end_sessions(session, signed.officer.id, key):
            return RedirectResponse("/me", 303)  # it has ended by itself meanwhile, or is not mine
        append_audit(session, "session_ended", str(signed.officer.id), desk.clock(), signed.officer.id)
    return RedirectResponse("/login" if key in {None, signed.key} else "/me", 303)


def renew_codes(desk: Desk, request: Request) -> Response:
    """Ten new recovery codes, shown once, for a code of the telephone; guessing is slowed down as at the door."""
    signed: Signed = request.state.signed
    at = desk.clock()
    key = lookup_hash(desk.settings.lookup_key, "renew", str(signed.officer.id))
    try:
        with transaction(desk.engine) as session:
            count_try(session, key, at)
    except TooSoonError:
        return own_page(desk, request, 429, problem="too_soon")
    with transaction(desk.engine) as session:
        officer = session.get_one(Officer, signed.officer.id)
        fits = telephone_fits(session, desk.console_key, officer, request.state.form.get("code", ""), at)
        codes = new_codes(session, desk.console_key, officer.id) if fits else []
        if fits:
            forget_tries(session, key)
        append_audit(session, "codes_renewed" if fits else "codes_refused", str(officer.id), at, officer.id)
    return desk.page(request, "codes.html", codes=codes) if codes else own_page(desk, request, 400, problem="code")


def own_page(desk: Desk, request: Request, status: int = 200, problem: str | None = None) -> Response:
    """The page as it is now; `problem` is a code of what went wrong."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        sessions = live_sessions(session, signed.officer.id, desk.clock())
        left = codes_left(session, signed.officer.id)
        passkeys = passkeys_of(session, signed.officer.id)
    return desk.page(
        request,
        "me.html",
        status,
        sessions=sessions,
        left=left,
        passkeys=passkeys,
        passkey_site=site_of(desk.settings.console_url),
        problem=problem,
    )
