"""Step 8 of the message's way, prepared: a link by which an officer signs in for the first time, or again.

The link works once and for seven days; its hash alone is kept. Whoever takes it up chooses a password and joins a
telephone. Until then the officer cannot sign in.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from bot.console.officers import ISSUER, new_officer, shut_out
from bot.console.recovery import new_codes
from bot.console.rights import Role
from bot.referrals.audit import append_audit
from bot.store.models import Invitation, Officer
from bot.store.sealing import seal

LASTS = timedelta(days=7)
TOKEN_BYTES = 32


class InvitationError(Exception):
    """The link was used, replaced or is too old, or never existed. Which of these is never said."""


@dataclass(frozen=True)
class Enrolment:
    """What an officer chose: a password (its hash), a telephone (its secret); and the step of the code typed."""

    password_hash: str
    totp_secret: str
    step: int


def invite(
    session: Session,
    *,
    login: str,
    display_name: str,
    office_id: str,
    role: Role,
    language: str,
    at: datetime,
    by: int | None = None,
) -> str:
    """A new officer, and the link's last part; `OfficerError` as of `new_officer`. `by`: None for the operator."""
    officer = new_officer(
        session, login=login, display_name=display_name, office_id=office_id, language=language, role=role
    )
    append_audit(session, "officer_invited", str(officer.id), at, by)
    append_audit(session, f"role_{role}", str(officer.id), at, by)
    return _new_link(session, officer, at)


def invite_again(session: Session, officer: Officer, at: datetime, by: int | None = None) -> str:
    """A new link for an officer, enabled again; password, telephone, codes and older links are void."""
    shut_out(session, officer)
    officer.disabled = False
    append_audit(session, "officer_reset", str(officer.id), at, by)
    return _new_link(session, officer, at)


def find_invited(session: Session, token: str, at: datetime) -> Officer:
    """Whom this link invites; `InvitationError`."""
    found = session.scalar(select(Invitation).where(Invitation.key == key_of(token), Invitation.expires_at > at))
    officer = None if found is None else session.get_one(Officer, found.officer_id)
    if officer is None or officer.disabled:
        raise InvitationError
    return officer


def take_up(session: Session, console_key: bytes, token: str, chosen: Enrolment, at: datetime) -> list[str]:
    """The officer can sign in; the ten recovery codes. `InvitationError`: of two at once, one gets it."""
    officer = find_invited(session, token, at)
    used = session.execute(delete(Invitation).where(Invitation.key == key_of(token)))
    if not isinstance(used, CursorResult) or used.rowcount != 1:
        raise InvitationError
    officer.password_hash = chosen.password_hash
    officer.totp_secret = seal(console_key, chosen.totp_secret)
    officer.totp_last = chosen.step
    append_audit(session, "officer_enrolled", str(officer.id), at, officer.id)
    return new_codes(session, console_key, officer.id)


def key_of(token: str) -> str:
    """What is kept of a link: the SHA-256 (64 hex digits) of its last part."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(console_url: str, token: str) -> str:
    """The whole link, as the officer opens it."""
    return f"{console_url}/invitation/{token}"


def otpauth(officer: Officer, totp_secret: str) -> str:
    """The address that a telephone's code app reads."""
    return pyotp.TOTP(totp_secret).provisioning_uri(name=officer.login, issuer_name=ISSUER)


def _new_link(session: Session, officer: Officer, at: datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(Invitation(officer_id=officer.id, key=key_of(token), expires_at=at + LASTS))
    session.flush()
    return token
