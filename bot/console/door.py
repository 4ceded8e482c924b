"""Step 8 of the message's way, at the door: an officer signs in and out, and chooses a language."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.chosen import asked_for, back_to, last_read, remember
from bot.console.desk import Desk
from bot.console.login import Entered, RefusedError, TooSoonError, sign_in
from bot.console.passkeys import site_of
from bot.console.sessions import Signed, cookie_name, end_session, find_session
from bot.store.database import transaction
from bot.store.models import Officer


def show_login(desk: Desk, request: Request) -> Response:
    """The form with login, password and code."""
    return door_page(desk, request)


def enter(desk: Desk, request: Request) -> Response:
    """Sign in and go to the list, or the form again with one and the same sentence for every mistake."""
    form: dict[str, str] = request.state.form
    entered = Entered(form.get("login", ""), form.get("password", ""), form.get("code", ""))
    name = cookie_name(secure=desk.settings.secure_cookies)
    try:
        cookie = sign_in(
            desk.engine, desk.settings, desk.passwords, entered, request.cookies.get(name), desk.clock()
        )
    except RefusedError:
        return door_page(desk, request, 401, "refused")
    except TooSoonError as error:
        return door_page(desk, request, 429, "too_soon", {"retry-after": str(error.seconds)})
    return come_in(desk, request, cookie)


def come_in(desk: Desk, request: Request, cookie: str) -> Response:
    """To the list with the cookie of a new session, and in the language that was chosen at the door."""
    response = RedirectResponse("/", 303)
    secure = desk.settings.secure_cookies
    name = cookie_name(secure=secure)
    response.set_cookie(name, cookie, path="/", secure=secure, httponly=True, samesite="strict")
    with transaction(desk.engine) as session:
        signed = find_session(session, cookie, desk.clock())
        if signed is not None:
            signed.officer.language = asked_for(request, desk.pages) or signed.officer.language
            _remember(desk, request, response, signed.officer.language)
    return response


def door_page(
    desk: Desk,
    request: Request,
    status: int = 200,
    problem: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The door as it is now; `problem` is a code of what went wrong."""
    site = site_of(desk.settings.console_url)
    return desk.page(request, "login.html", status, headers, problem=problem, passkey_site=site)


def choose_language(desk: Desk, request: Request) -> Response:
    """The officer reads this language from now on, here and wherever they sign in next."""
    signed: Signed = request.state.signed
    asked = asked_for(request, desk.pages)
    if asked is None:
        return desk.trouble(request, 400)
    with transaction(desk.engine) as session:
        session.get_one(Officer, signed.officer.id).language = asked
    response = RedirectResponse(back_to(request.state.form.get("place", "")), 303)
    _remember(desk, request, response, asked)
    return response


def leave(desk: Desk, request: Request) -> Response:
    """Sign out; the cookie is worth nothing from now on, here and in the browser."""
    secure = desk.settings.secure_cookies
    name = cookie_name(secure=secure)
    with transaction(desk.engine) as session:
        end_session(session, request.cookies.get(name, ""))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")
    return response


def _remember(desk: Desk, request: Request, response: Response, language: str) -> None:
    # A door that is in this language anyway needs no cookie.
    shown, read = (desk.pages.language_for(one) for one in (last_read(request, desk.settings), language))
    if shown != read:
        remember(response, read, desk.settings)
