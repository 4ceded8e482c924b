"""Step 8 of the message's way, prepared: who may sign in. Called from the command line alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.console.passwords import Passwords
from bot.referrals.audit import append_audit
from bot.store.models import Office, Officer, OfficerSession
from bot.store.sealing import seal

PASSWORD_BYTES = 15  # 120 random bits, 20 characters
LONGEST_LOGIN = 254  # characters, as the column holds
DEMO_LOGIN = "demo"
ISSUER = "Office console"


class OfficerError(Exception):
    """An officer cannot be added or found; the message says why and what to do."""


@dataclass(frozen=True)
class Credentials:
    """What an officer needs to sign in, known at this moment only."""

    login: str
    password: str
    totp_secret: str

    @property
    def otpauth(self) -> str:
        """The address that a telephone's code app reads."""
        return pyotp.TOTP(self.totp_secret).provisioning_uri(name=self.login, issuer_name=ISSUER)


def same_login(login: str) -> str:
    """A login as it is kept and compared."""
    return login.strip().casefold()


def add_officer(
    session: Session,
    console_key: bytes,
    passwords: Passwords,
    *,
    login: str,
    display_name: str,
    office_id: str,
    language: str,
    at: datetime,
) -> Credentials:
    """A new officer with a random password and code secret; `OfficerError` for a login or office amiss."""
    kept = same_login(login)
    if not kept or len(kept) > LONGEST_LOGIN:
        raise OfficerError(f"A login has from 1 to {LONGEST_LOGIN} characters.")
    if session.get(Office, office_id) is None:
        raise OfficerError(
            f"Office {office_id} has no keys yet. Run `bot office init`, or look at `bot office list`."
        )
    if session.scalar(select(Officer.id).where(Officer.login == kept)) is not None:
        raise OfficerError("There is an officer with this login already. Choose another, or reset the password.")
    officer = Officer(login=kept, display_name=display_name, office_id=office_id, language=language)
    made = _renew(officer, console_key, passwords)
    session.add(officer)
    session.flush()
    append_audit(session, "officer_added", str(officer.id), at)
    return made


def reset_officer(
    session: Session, console_key: bytes, passwords: Passwords, login: str, at: datetime
) -> Credentials:
    """A new password and code secret, and enabled again; whoever is signed in is out at once."""
    officer = find_officer(session, login)
    made = _renew(officer, console_key, passwords)
    officer.disabled = False
    _sign_out(session, officer)
    append_audit(session, "officer_reset", str(officer.id), at)
    return made


def disable_officer(session: Session, login: str, at: datetime) -> None:
    """No signing in any more, and out at the next request."""
    officer = find_officer(session, login)
    officer.disabled = True
    _sign_out(session, officer)
    append_audit(session, "officer_disabled", str(officer.id), at)


def list_officers(session: Session) -> Sequence[Officer]:
    """Every officer, by office and login."""
    return session.scalars(select(Officer).order_by(Officer.office_id, Officer.login)).all()


def find_officer(session: Session, login: str) -> Officer:
    """The officer with this login, however it was typed; `OfficerError` when there is none."""
    officer = session.scalar(select(Officer).where(Officer.login == same_login(login)))
    if officer is None:
        raise OfficerError("There is no officer with this login. Look at `bot officer list`.")
    return officer


def _renew(officer: Officer, console_key: bytes, passwords: Passwords) -> Credentials:
    made = Credentials(officer.login, secrets.token_urlsafe(PASSWORD_BYTES), pyotp.random_base32())
    officer.password_hash = passwords.hash(made.password)
    officer.totp_secret = seal(console_key, made.totp_secret)
    officer.totp_last = 0
    return made


def _sign_out(session: Session, officer: Officer) -> None:
    session.execute(delete(OfficerSession).where(OfficerSession.officer_id == officer.id))
