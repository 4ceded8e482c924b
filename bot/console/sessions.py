"""Step 8 of the message's way, at the door: a signed-in browser, known by the hash of its cookie."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from bot.console.rights import home_of, rights_of, role_of
from bot.store.models import Officer, OfficerSession

IDLE = timedelta(minutes=30)
WHOLE = timedelta(hours=8)
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Signed:
    """Who is asking, the token that their forms must carry, and the key of this one session."""

    officer: Officer
    csrf: str
    key: str

    @property
    def rights(self) -> frozenset[str]:
        """The names of the routes they may ask for: none at all for a role that is none of ours."""
        return rights_of(role_of(self.officer.role))

    @property
    def home(self) -> str:
        """The page they start from."""
        return home_of(self.officer.role)


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


def find_session(session: Session, cookie: str, at: datetime, *, seen: bool = True) -> Signed | None:
    """Who this cookie stands for; None when it is unknown, too old, idle, or its officer disabled.

    `seen`: whether it tells that somebody is there, so that the time of idleness starts anew.
    """
    found = session.get(OfficerSession, _key(cookie))
    if found is None:
        return None
    officer = session.get_one(Officer, found.officer_id)
    if at - found.last_seen_at >= IDLE or at - found.started_at >= WHOLE or officer.disabled:
        session.delete(found)
        return None
    if seen:
        found.last_seen_at = at
    return Signed(officer, found.csrf, found.key)


def end_session(session: Session, cookie: str) -> None:
    """The cookie is worth nothing any more."""
    session.execute(delete(OfficerSession).where(OfficerSession.key == _key(cookie)))


def live_sessions(session: Session, officer_id: int, at: datetime) -> Sequence[OfficerSession]:
    """Where this officer is signed in now, the one used last first."""
    mine = select(OfficerSession).where(
        OfficerSession.officer_id == officer_id,
        OfficerSession.last_seen_at > at - IDLE,
        OfficerSession.started_at > at - WHOLE,
    )
    return session.scalars(mine.order_by(OfficerSession.last_seen_at.desc(), OfficerSession.key)).all()


def end_sessions(session: Session, officer_id: int, key: str | None) -> bool:
    """End the officer's session of this key, None: all of them; whether there was any."""
    ending = delete(OfficerSession).where(OfficerSession.officer_id == officer_id)
    if key is not None:
        ending = ending.where(OfficerSession.key == key)
    ended = session.execute(ending)
    return isinstance(ended, CursorResult) and ended.rowcount > 0


def _key(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()
