"""Step 8 of the message's way, at the door: pages that ask the browser for a passkey, and take its answer.

Each page carries the question for `static/passkey.js`, which puts the browser's answer into the page's form.
"""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.ceremonies import PasskeyError, ask_to_make, ask_to_sign, challenge_made_for, read_made
from bot.console.desk import Desk
from bot.console.door import come_in, door_page
from bot.console.login import RefusedError, TooSoonError, count_try, forget_tries, telephone_fits
from bot.console.officers import ISSUER
from bot.console.own_pages import own_page
from bot.console.passkey_login import sign_in_with_passkey
from bot.console.passkeys import (
    LONGEST_NAME,
    MOST_KEPT,
    Site,
    handle_of,
    new_challenge,
    passkeys_of,
    remove_passkey,
    site_of,
    use_challenge,
)
from bot.console.sessions import Signed, cookie_name
from bot.referrals.audit import append_audit
from bot.store.database import transaction
from bot.store.models import Officer, Passkey
from bot.store.sealing import lookup_hash


def ask_for_passkey(desk: Desk, request: Request) -> Response:
    """At the door: the page that asks for a passkey, whosever it is."""
    site = site_of(desk.settings.console_url)
    if site is None:
        return desk.trouble(request, 404)
    with transaction(desk.engine) as session:
        challenge = new_challenge(session, None, desk.clock())
    if challenge is None:
        return door_page(desk, request, 429, "too_soon")
    return desk.page(request, "passkey_door.html", site=site, question=ask_to_sign(site, challenge))


def enter_with_passkey(desk: Desk, request: Request) -> Response:
    """Sign in and go to the list, or the door again with one and the same sentence for every passkey refused."""
    site = site_of(desk.settings.console_url)
    if site is None:
        return desk.trouble(request, 404)
    old_cookie = request.cookies.get(cookie_name(secure=desk.settings.secure_cookies))
    answer: str = request.state.form.get("answer", "")
    try:
        cookie = sign_in_with_passkey(desk.engine, desk.settings, site, answer, old_cookie, desk.clock())
    except RefusedError:
        return door_page(desk, request, 401, "passkey")
    except TooSoonError as error:
        return door_page(desk, request, 429, "too_soon", {"retry-after": str(error.seconds)})
    return come_in(desk, request, cookie)


def begin_passkey(desk: Desk, request: Request) -> Response:
    """For a code of the telephone: the page that makes a passkey. Guessing is slowed down as at the door."""
    signed: Signed = request.state.signed
    site, at = site_of(desk.settings.console_url), desk.clock()
    if site is None:
        return RedirectResponse("/me", 303)
    name = " ".join(request.state.form.get("name", "").split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return own_page(desk, request, 400, "passkey_name")
    tries = lookup_hash(desk.settings.lookup_key, "add_passkey", str(signed.officer.id))
    try:
        with transaction(desk.engine) as session:
            count_try(session, tries, at)
    except TooSoonError:
        return own_page(desk, request, 429, "passkey_too_soon")
    with transaction(desk.engine) as session:
        officer = session.get_one(Officer, signed.officer.id)
        known = passkeys_of(session, officer.id)
        if not telephone_fits(session, desk.console_key, officer, request.state.form.get("code", ""), at):
            append_audit(session, "passkey_refused", str(officer.id), at, officer.id)
            question = None
        else:
            forget_tries(session, tries)
            handle = handle_of(desk.console_key, officer.id)
            challenge = new_challenge(session, officer.id, at)
            question = ask_to_make(site, officer, handle, known, challenge or b"", ISSUER)
    if question is None:
        return own_page(desk, request, 400, "passkey_code")
    if len(known) >= MOST_KEPT:
        return own_page(desk, request, 400, "passkey_many")
    return desk.page(request, "passkey_new.html", site=site, question=question, called=name)


def keep_passkey(desk: Desk, request: Request) -> Response:
    """Keep the passkey that the browser made, when it answers the question we put to this very officer."""
    signed: Signed = request.state.signed
    site, form = site_of(desk.settings.console_url), request.state.form
    if site is None:
        return RedirectResponse("/me", 303)
    name = " ".join(form.get("name", "").split())[:LONGEST_NAME]
    with transaction(desk.engine) as session:
        kept = _keep(desk, session, signed.officer, site, name, form.get("answer", ""))
    return RedirectResponse("/me#passkeys", 303) if kept else own_page(desk, request, 400, "passkey")


def _keep(desk: Desk, session: Session, officer: Officer, site: Site, name: str, answer: str) -> bool:
    at = desk.clock()
    try:
        challenge = challenge_made_for(answer)
        if not use_challenge(session, challenge, officer.id, at) or not name.isprintable():
            return False
        made = read_made(site, challenge, answer)
    except PasskeyError:
        return False
    if session.query(Passkey.id).where(Passkey.credential == made.credential).first() is not None:
        return False
    passkey = Passkey(
        officer_id=officer.id,
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        added_at=at,
    )
    session.add(passkey)
    session.flush()
    append_audit(session, "passkey_added", str(passkey.id), at, officer.id)
    return True


def drop_passkey(desk: Desk, request: Request) -> Response:
    """Take one of my passkeys away: it opens nothing from now on."""
    signed: Signed = request.state.signed
    which: str = request.state.form.get("passkey", "")
    with transaction(desk.engine) as session:
        if remove_passkey(session, signed.officer.id, which):
            append_audit(session, "passkey_removed", which, desk.clock(), signed.officer.id)
    return RedirectResponse("/me#passkeys", 303)
