"""Step 8 of the message's way, at the door: signing in with a passkey in place of login, password and code."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CursorResult, Engine, select, update
from sqlalchemy.orm import Session

from bot.console.ceremonies import PasskeyError, Presented, read_presented, sign_count_in
from bot.console.login import RefusedError, count_try, forget_tries, may_enter
from bot.console.passkeys import Site, handle_of, use_challenge
from bot.console.sessions import start_session
from bot.referrals.audit import append_audit
from bot.settings import Settings
from bot.store.database import transaction
from bot.store.models import Officer, Passkey
from bot.store.sealing import lookup_hash

UNKNOWN = "unknown"  # all passkeys that are none of ours are slowed down as one


def sign_in_with_passkey(
    engine: Engine, settings: Settings, site: Site, answer: str, old_cookie: str | None, at: datetime
) -> str:
    """The cookie of a new session; `RefusedError`, or `TooSoonError` without looking at what was signed."""
    try:
        presented = read_presented(answer)
    except PasskeyError:
        raise RefusedError from None
    with transaction(engine) as session:
        passkey = session.scalar(select(Passkey).where(Passkey.credential == presented.credential))
        whose = UNKNOWN if passkey is None else str(passkey.officer_id)
        tries = lookup_hash(settings.lookup_key, "passkey", whose)
        count_try(session, tries, at)
        ours = use_challenge(session, presented.challenge, None, at)
        if passkey is not None and ours and _holds(session, settings, site, presented, answer, passkey, at):
            forget_tries(session, tries)
            append_audit(session, "passkey_used", str(passkey.id), at, passkey.officer_id)
            append_audit(session, "signed_in", whose, at, passkey.officer_id)
            return start_session(session, passkey.officer_id, at, old_cookie)
        append_audit(session, "sign_in_failed", whose, at)
    raise RefusedError


def _holds(
    session: Session,
    settings: Settings,
    site: Site,
    presented: Presented,
    answer: str,
    passkey: Passkey,
    at: datetime,
) -> bool:
    """Whether it was signed by this passkey, for the officer whose it is, who may come in; the count is kept."""
    officer = session.get_one(Officer, passkey.officer_id)
    if settings.console_key is None or presented.handle != handle_of(settings.console_key, officer.id):
        return False
    try:
        count = sign_count_in(site, presented.challenge, answer, passkey)
    except PasskeyError:
        return False
    if not may_enter(settings, officer):
        return False
    # Of two answers with one count, one gets in.
    kept = session.execute(
        update(Passkey)
        .where(Passkey.id == passkey.id, Passkey.sign_count == passkey.sign_count)
        .values(sign_count=count, used_at=at)
    )
    return isinstance(kept, CursorResult) and kept.rowcount == 1
