"""Step 8 of the message's way, prepared: officers, as the lead of their office or an admin sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.invitations import invite, invite_again, link_of
from bot.console.officers import OfficerError, change_role, disable_officer, may_change, officers_seen_by
from bot.console.rights import Role, role_of
from bot.console.sessions import Signed
from bot.referrals.offices import list_offices
from bot.store.database import transaction
from bot.store.models import Officer


def show_officers(desk: Desk, request: Request) -> Response:
    """Every officer whom this one may see, and a form to invite one more."""
    return _page(desk, request)


def invite_officer(desk: Desk, request: Request) -> Response:
    """A new officer, and their link, shown once; or the form again with what is amiss."""
    signed: Signed = request.state.signed
    form: Mapping[str, str] = request.state.form
    admin = signed.officer.role == Role.ADMIN
    # A lead invites officers of the own office, whatever the form says.
    role = role_of(form.get("role", "")) if admin else Role.OFFICER
    office = form.get("office", "") if admin else signed.officer.office_id
    if role is None:
        return desk.trouble(request, 400)
    try:
        with transaction(desk.engine) as session:
            token = invite(
                session,
                login=form.get("login", ""),
                display_name=form.get("name", ""),
                office_id=office,
                role=role,
                language=desk.pages.language_for(form.get("language")),
                at=desk.clock(),
                by=signed.officer.id,
            )
    except OfficerError as error:
        return _page(desk, request, 400, problem=error.code, typed=form)
    link = link_of(desk.settings.console_url, token)
    return _page(desk, request, link=link, link_for=" ".join(form.get("name", "").split()))


def disable(desk: Desk, request: Request) -> Response:
    """Out at the next request, and not in any more."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        officer = _changeable(session, request)
        if officer is None:
            return desk.trouble(request, 404)
        disable_officer(session, officer.login, desk.clock(), signed.officer.id)
    return RedirectResponse("/officers", 303)


def reset(desk: Desk, request: Request) -> Response:
    """A new link for an officer, shown once; what let them in before is void."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        officer = _changeable(session, request)
        if officer is None:
            return desk.trouble(request, 404)
        token = invite_again(session, officer, desk.clock(), signed.officer.id)
    return _page(desk, request, link=link_of(desk.settings.console_url, token), link_for=officer.display_name)


def set_role(desk: Desk, request: Request) -> Response:
    """Another role, from the officer's next request on."""
    signed: Signed = request.state.signed
    role = role_of(request.state.form.get("role", ""))
    if role is None:
        return desk.trouble(request, 400)
    with transaction(desk.engine) as session:
        officer = _changeable(session, request)
        if officer is None:
            return desk.trouble(request, 404)
        if officer.role != role:
            change_role(session, officer, role, desk.clock(), signed.officer.id)
    return RedirectResponse("/officers", 303)


def _changeable(session: Session, request: Request) -> Officer | None:
    """The officer that the address names; None for one whom this officer may not change, as for none at all."""
    signed: Signed = request.state.signed
    officer = session.get(Officer, request.path_params["officer"])
    return officer if officer is not None and may_change(signed.officer, officer) else None


def _page(desk: Desk, request: Request, status: int = 200, **shown: Any) -> Response:
    signed: Signed = request.state.signed
    admin = signed.officer.role == Role.ADMIN
    with transaction(desk.engine) as session:
        rows = [
            (officer, may_change(signed.officer, officer)) for officer in officers_seen_by(session, signed.officer)
        ]
        offices = [office.id for office in list_offices(session)] if admin else []
    blank: dict[str, Any] = {"problem": None, "typed": {}, "link": None, "link_for": None}
    return desk.page(
        request,
        "officers.html",
        status,
        rows=rows,
        offices=offices,
        roles=list(Role) if admin else [],
        **blank | shown,
    )
