"""Step 8 of the message's way, at the door: an invited officer chooses a password and joins a telephone.

The telephone's secret goes to the browser as a picture and, sealed, as a hidden field of the form. So nothing is
kept until a code shows that the telephone has it, and whoever only opened the link learns nothing that will hold.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

import pyotp
import segno
from starlette.requests import Request
from starlette.responses import Response

from bot.console.desk import Desk
from bot.console.invitations import Enrolment, InvitationError, find_invited, key_of, otpauth, take_up
from bot.console.password_rules import problem_of
from bot.console.passwords import fitting_step
from bot.store.database import transaction
from bot.store.models import Officer
from bot.store.sealing import SealError, seal, unseal

PIXELS = 5  # of the picture, for each of its squares
BORDER = 4  # squares: less, and cameras do not find it
GROUP = 4  # letters of the secret, as they are read out


@dataclass(frozen=True)
class Picture:
    """The telephone's secret in every form in which it can be taken over."""

    svg: str
    link: str
    letters: str


def show_invitation(desk: Desk, request: Request) -> Response:
    """The form, with a secret that did not exist before."""
    request.state.signed = None  # whoever else is signed in here is not the one who is invited
    token = request.path_params["token"]
    try:
        officer = _invited(desk, token)
    except InvitationError:
        return _gone(desk, request)
    return _form(desk, request, officer, pyotp.random_base32())


def accept_invitation(desk: Desk, request: Request) -> Response:
    """Take the invitation up and show the recovery codes, once; or the form again, with what is amiss."""
    request.state.signed = None
    form: Mapping[str, str] = request.state.form
    token, at = request.path_params["token"], desk.clock()
    try:
        officer = _invited(desk, token)
        secret = _secret_in(desk, token, form.get("secret", ""))
        if secret is None:
            return _form(desk, request, officer, pyotp.random_base32(), "code")
        password = form.get("password", "")
        problem: str | None = problem_of(password, officer.login, officer.display_name)
        step = fitting_step(secret, form.get("code", ""), 0, at)
        if problem is None and password != form.get("again", ""):
            problem = "differ"
        if problem is not None or step is None:
            return _form(desk, request, officer, secret, problem or "code")
        # argon2 takes a while by design: not inside a transaction, where others would wait for it.
        chosen = Enrolment(desk.passwords.hash(password), secret, step)
        with transaction(desk.engine) as session:
            codes = take_up(session, desk.console_key, token, chosen, at)
    except InvitationError:
        return _gone(desk, request)
    return desk.page(request, "codes.html", reader=officer.language, codes=codes, door="/login")


def _invited(desk: Desk, token: str) -> Officer:
    with transaction(desk.engine) as session:
        return find_invited(session, token, desk.clock())


def _form(desk: Desk, request: Request, officer: Officer, secret: str, problem: str | None = None) -> Response:
    sealed = seal(desk.console_key, {"invitation": key_of(request.path_params["token"]), "secret": secret})
    return desk.page(
        request,
        "invitation.html",
        400 if problem else 200,
        reader=officer.language,
        invited=officer,
        picture=_picture(otpauth(officer, secret), secret),
        sealed=base64.b64encode(sealed).decode(),
        problem=problem,
        door=request.url.path,
    )


def _picture(link: str, secret: str) -> Picture:
    # Black on white in dark mode too: many cameras do not read it the other way round.
    svg = segno.make(link).svg_inline(scale=PIXELS, border=BORDER, dark="#000", light="#fff", omitsize=False)
    groups = (secret[at : at + GROUP] for at in range(0, len(secret), GROUP))
    return Picture(svg, link, " ".join(groups))


def _secret_in(desk: Desk, token: str, sealed: str) -> str | None:
    """The secret that the form was made with; None when it is not a form of this invitation."""
    try:
        held = unseal(desk.console_key, base64.b64decode(sealed, validate=True))
    except (binascii.Error, SealError, ValueError):
        return None
    return held["secret"] if isinstance(held, dict) and held.get("invitation") == key_of(token) else None


def _gone(desk: Desk, request: Request) -> Response:
    return desk.page(request, "trouble.html", 404, trouble="no_invitation")
