"""Step 8 of the message's way, at the door: a signed-in browser, known by the hash of its cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.store.models import Officer, OfficerSession

IDLE = timedelta(minutes=30)
WHOLE = timedelta(hours=8)
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Signed:
    """Who is asking, and the token that their forms must carry."""

    officer: Officer
    csrf: str


def cookie_name(*, secure: bool) -> str:
    """`__Host-` binds the cookie to this host over TLS; browsers refuse that name without TLS."""
    return "__Host-console" if secure else "console"


def start_session(session: Session, officer_id: int, at: datetime, old_cookie: str | None) -> str:
    """A new cookie for this officer; the one the browser had before is worth nothing from now on."""
    if old_cookie:
        end_session(session, old_cookie)
    cookie = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        OfficerSession(
            key=_key(cookie),
            officer_id=officer_id,
            csrf=secrets.token_urlsafe(TOKEN_BYTES),
            started_at=at,
            last_seen_at=at,
        )
    )
    session.execute(delete(OfficerSession).where(OfficerSession.started_at <= at - WHOLE))
    return cookie


def find_session(session: Session, cookie: str, at: datetime) -> Signed | None:
    """Who this cookie stands for, seen now; None when it is unknown, too old, idle, or its officer disabled."""
    found = session.get(OfficerSession, _key(cookie))
    if found is None:
        return None
    officer = session.get_one(Officer, found.officer_id)
    if at - found.last_seen_at >= IDLE or at - found.started_at >= WHOLE or officer.disabled:
        session.delete(found)
        return None
    found.last_seen_at = at
    return Signed(officer, found.csrf)


def end_session(session: Session, cookie: str) -> None:
    """The cookie is worth nothing any more."""
    session.execute(delete(OfficerSession).where(OfficerSession.key == _key(cookie)))


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
