"""Step 8 of the message's way, at the door: login, password and code in one step, slowed down by failures.

The code is the telephone's, or one of the recovery codes on paper.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Engine, delete, func, select, text, update
from sqlalchemy.orm import Session

from bot.console.officers import DEMO_ROLES, same_login
from bot.console.passwords import Passwords, fitting_step
from bot.console.recovery import use_code
from bot.console.sessions import start_session
from bot.referrals.audit import append_audit
from bot.settings import Settings
from bot.store.database import transaction
from bot.store.models import LoginAttempt, Officer
from bot.store.sealing import lookup_hash, unseal

WINDOW = timedelta(hours=1)  # how long a failure counts
FREE_FAILURES = 3  # these cost no waiting
FIRST_WAIT = 30  # seconds, doubled with each failure after
LONGEST_WAIT = 900  # seconds: at most about ten guesses an hour


class RefusedError(Exception):
    """Login, password or code is wrong. Which one is never said."""


class TooSoonError(Exception):
    """After failures the next try has to wait; `seconds` is how long still."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Entered:
    """What was typed at the door."""

    login: str
    password: str
    code: str


def sign_in(
    engine: Engine,
    settings: Settings,
    passwords: Passwords,
    entered: Entered,
    old_cookie: str | None,
    at: datetime,
) -> str:
    """The cookie of a new session; `RefusedError`, or `TooSoonError` without looking at what was typed."""
    if settings.console_key is None:
        raise RuntimeError("The console needs BOT_CONSOLE_KEY.")
    key = lookup_hash(settings.lookup_key, "login", same_login(entered.login))
    with transaction(engine) as session:
        # The try is counted before it is judged, so that many at once are not judged for the price of one.
        count_try(session, key, at)
        officer = session.scalar(select(Officer).where(Officer.login == same_login(entered.login)))
    # argon2 takes a while by design: not inside a transaction, where others would wait for it.
    fits = passwords.fits(officer.password_hash if officer else None, entered.password)
    step = None
    here = officer is not None and may_enter(settings, officer)
    if officer is not None and fits and here:
        secret = unseal(settings.console_key, officer.totp_secret)
        step = fitting_step(secret, entered.code, officer.totp_last, at)
    with transaction(engine) as session:
        if (
            officer is not None
            and fits
            and here
            and _use_code(session, settings.console_key, officer, step, entered, at)
        ):
            forget_tries(session, key)
            append_audit(session, "signed_in", str(officer.id), at, officer.id)
            return start_session(session, officer.id, at, old_cookie)
        append_audit(session, "sign_in_failed", str(officer.id) if officer else "unknown", at)
    raise RefusedError


def may_enter(settings: Settings, officer: Officer) -> bool:
    """Whether this officer may sign in here at all."""
    # A demo officer may have been left over in a database that now serves in earnest.
    return not officer.disabled and (settings.demo or officer.login not in DEMO_ROLES)


def count_try(session: Session, key: str, at: datetime) -> None:
    """Count one more try under this keyed hash; `TooSoonError` when it has to wait, and then it does not count."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": key})
    session.execute(delete(LoginAttempt).where(LoginAttempt.at <= at - WINDOW))
    failures, last = session.execute(
        select(func.count(), func.max(LoginAttempt.at)).where(LoginAttempt.key == key)
    ).one()
    if failures >= FREE_FAILURES:
        wait = min(FIRST_WAIT * 2 ** (failures - FREE_FAILURES), LONGEST_WAIT)
        left = (last + timedelta(seconds=wait) - at).total_seconds()
        if left > 0:
            raise TooSoonError(int(left) + 1)
    session.add(LoginAttempt(key=key, at=at))


def forget_tries(session: Session, key: str) -> None:
    """The tries under this hash have ended well."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.key == key))


def use_step(session: Session, officer_id: int, step: int) -> bool:
    """Whether this step is ours to use: of two sign-ins with one code, one gets it."""
    used = session.execute(
        update(Officer).where(Officer.id == officer_id, Officer.totp_last < step).values(totp_last=step)
    )
    return isinstance(used, CursorResult) and used.rowcount == 1


def telephone_fits(session: Session, console_key: bytes, officer: Officer, typed: str, at: datetime) -> bool:
    """Whether this is the code that the officer's telephone shows now, not used yet; it is used now."""
    step = fitting_step(unseal(console_key, officer.totp_secret), typed, officer.totp_last, at)
    return step is not None and use_step(session, officer.id, step)


def _use_code(
    session: Session, console_key: bytes, officer: Officer, step: int | None, entered: Entered, at: datetime
) -> bool:
    """Whether the code typed is the telephone's or one on paper, and ours to use."""
    if step is not None:
        return use_step(session, officer.id, step)
    if not use_code(session, console_key, officer.id, entered.code):
        return False
    append_audit(session, "recovery_code_used", str(officer.id), at, officer.id)
    return True
