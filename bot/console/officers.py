"""Step 8 of the message's way, prepared: who may sign in, with which role, and who may say so."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.console.passwords import Passwords
from bot.console.rights import Role
from bot.referrals.audit import append_audit
from bot.store.models import Invitation, Office, Officer, OfficerSession, Passkey, PasskeyChallenge, RecoveryCode
from bot.store.sealing import seal

PASSWORD_BYTES = 15  # 120 random bits, 20 characters
LONGEST_LOGIN = 254  # characters, as the column holds
LONGEST_NAME = 80
DEMO_LOGIN = "demo"
# They exist in a demo only, so that a newcomer can see what each role sees.
DEMO_ROLES: Mapping[str, Role] = {
    DEMO_LOGIN: Role.LEAD,
    "demo-officer": Role.OFFICER,
    "demo-programme": Role.PROGRAMME,
    "demo-auditor": Role.AUDITOR,
    "demo-admin": Role.ADMIN,
}
ISSUER = "Office console"


class OfficerError(Exception):
    """An officer cannot be added or found; the message says why and what to do, `code` the same for a page."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


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
    role: Role = Role.OFFICER,
) -> Credentials:
    """A new officer with a random password and code secret; `OfficerError` as of `new_officer`."""
    officer = new_officer(
        session, login=login, display_name=display_name, office_id=office_id, language=language, role=role
    )
    made = _renew(officer, console_key, passwords)
    session.flush()
    append_audit(session, "officer_added", str(officer.id), at)
    return made


def new_officer(
    session: Session, *, login: str, display_name: str, office_id: str, language: str, role: Role
) -> Officer:
    """A new officer who cannot sign in yet; `OfficerError` for a login, name or office amiss."""
    kept, name = same_login(login), " ".join(display_name.split())
    if not kept or len(kept) > LONGEST_LOGIN or not kept.isprintable():
        raise OfficerError(f"A login has from 1 to {LONGEST_LOGIN} characters.", "login")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise OfficerError(f"A name has from 1 to {LONGEST_NAME} characters.", "name")
    if session.get(Office, office_id) is None:
        raise OfficerError(
            f"Office {office_id} has no keys yet. Run `bot office init`, or look at `bot office list`.", "office"
        )
    if session.scalar(select(Officer.id).where(Officer.login == kept)) is not None:
        raise OfficerError(
            "There is an officer with this login already. Choose another, or reset the password.", "taken"
        )
    officer = Officer(
        login=kept,
        display_name=name,
        office_id=office_id,
        language=language,
        role=role.value,
        password_hash="",
        totp_secret=b"",
    )
    session.add(officer)
    session.flush()
    return officer


def reset_officer(
    session: Session, console_key: bytes, passwords: Passwords, login: str, at: datetime
) -> Credentials:
    """A new password and code secret, and enabled again; whoever is signed in is out at once."""
    officer = find_officer(session, login)
    shut_out(session, officer)
    made = _renew(officer, console_key, passwords)
    officer.disabled = False
    append_audit(session, "officer_reset", str(officer.id), at)
    return made


def disable_officer(session: Session, login: str, at: datetime, by: int | None = None) -> None:
    """No signing in any more, and out at the next request. `by`: the officer who did it, None: the operator."""
    officer = find_officer(session, login)
    shut_out(session, officer)
    officer.disabled = True
    append_audit(session, "officer_disabled", str(officer.id), at, by)


def change_role(session: Session, officer: Officer, role: Role, at: datetime, by: int | None = None) -> None:
    """Another role from the next request on; what it is now is on record."""
    officer.role = role.value
    append_audit(session, f"role_{role}", str(officer.id), at, by)


def may_change(actor: Officer, officer: Officer) -> bool:
    """Whether `actor` may disable or reset this officer: nobody themselves, a lead the officers of the office."""
    if actor.id == officer.id:
        return False
    if actor.role == Role.ADMIN:
        return True
    return actor.role == Role.LEAD and officer.office_id == actor.office_id and officer.role == Role.OFFICER.value


def officers_seen_by(session: Session, actor: Officer) -> Sequence[Officer]:
    """All officers for an admin, those of the own office for a lead, by office and login; else none."""
    if actor.role == Role.ADMIN:
        return list_officers(session)
    if actor.role != Role.LEAD:
        return []
    return [officer for officer in list_officers(session) if officer.office_id == actor.office_id]


def list_officers(session: Session) -> Sequence[Officer]:
    """Every officer, by office and login."""
    return session.scalars(select(Officer).order_by(Officer.office_id, Officer.login)).all()


def find_officer(session: Session, login: str) -> Officer:
    """The officer with this login, however it was typed; `OfficerError` when there is none."""
    officer = session.scalar(select(Officer).where(Officer.login == same_login(login)))
    if officer is None:
        raise OfficerError("There is no officer with this login. Look at `bot officer list`.")
    return officer


def shut_out(session: Session, officer: Officer) -> None:
    """Every way in is shut: password, telephone, codes, passkeys, an open invitation; who is in is out."""
    officer.password_hash, officer.totp_secret, officer.totp_last = "", b"", 0
    for table in (OfficerSession, RecoveryCode, Passkey, PasskeyChallenge, Invitation):
        session.execute(delete(table).where(table.officer_id == officer.id))


def _renew(officer: Officer, console_key: bytes, passwords: Passwords) -> Credentials:
    made = Credentials(officer.login, secrets.token_urlsafe(PASSWORD_BYTES), pyotp.random_base32())
    officer.password_hash = passwords.hash(made.password)
    officer.totp_secret = seal(console_key, made.totp_secret)
    officer.totp_last = 0
    return made
