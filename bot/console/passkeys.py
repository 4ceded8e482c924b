"""Step 8 of the message's way, at the door: officers' passkeys as they are kept, and the challenges they sign."""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Session

from bot.store.models import Passkey, PasskeyChallenge
from bot.store.sealing import lookup_hash

LASTS = timedelta(minutes=3)  # how long a device may take to sign a challenge
CHALLENGE_BYTES = 32
MOST_ASKED = 1000  # challenges at the door that wait at the same time
MOST_KEPT = 10  # passkeys of one officer
LONGEST_NAME = 60  # characters, as the column holds
LOCAL = "localhost"  # the one place where browsers have passkeys without TLS
USUAL_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Site:
    """What a passkey is bound to: the console's address as browsers write it (`origin`), and its host."""

    origin: str
    host: str


def site_of(console_url: str) -> Site | None:
    """The site of `BOT_CONSOLE_URL`; None where browsers have no passkeys: without TLS, or at a bare number."""
    parts = urlsplit(console_url)
    host = parts.hostname or ""
    if not host or _is_number(host) or (parts.scheme != "https" and host != LOCAL):
        return None
    port = "" if parts.port in {None, USUAL_PORTS[parts.scheme]} else f":{parts.port}"
    return Site(f"{parts.scheme}://{host}{port}", host)


def new_challenge(session: Session, officer_id: int | None, at: datetime) -> bytes | None:
    """Random bytes to sign within `LASTS`, for this officer to add a passkey, or for the door (None).

    None when so many wait at the door that one more would only fill the table.
    """
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= at))
    if officer_id is None:
        waiting = select(func.count()).select_from(PasskeyChallenge).where(PasskeyChallenge.officer_id.is_(None))
        if (session.scalar(waiting) or 0) >= MOST_ASKED:
            return None
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    session.add(PasskeyChallenge(key=_key(challenge), officer_id=officer_id, expires_at=at + LASTS))
    session.flush()
    return challenge


def use_challenge(session: Session, challenge: bytes, officer_id: int | None, at: datetime) -> bool:
    """Whether we gave this challenge to this officer (None: at the door) and it still waits; it is used now."""
    theirs = PasskeyChallenge.officer_id
    used = session.execute(
        delete(PasskeyChallenge).where(
            PasskeyChallenge.key == _key(challenge),
            PasskeyChallenge.expires_at > at,
            theirs.is_(None) if officer_id is None else theirs == officer_id,
        )
    )
    return isinstance(used, CursorResult) and used.rowcount == 1


def passkeys_of(session: Session, officer_id: int) -> Sequence[Passkey]:
    """The officer's passkeys, the oldest first."""
    mine = select(Passkey).where(Passkey.officer_id == officer_id)
    return session.scalars(mine.order_by(Passkey.id)).all()


def remove_passkey(session: Session, officer_id: int, passkey_id: str) -> bool:
    """Take one away, by its number as a form gives it; whether the officer had it."""
    if not (passkey_id.isascii() and passkey_id.isdecimal() and len(passkey_id) < 10):
        return False
    gone = session.execute(delete(Passkey).where(Passkey.id == int(passkey_id), Passkey.officer_id == officer_id))
    return isinstance(gone, CursorResult) and gone.rowcount == 1


def handle_of(console_key: bytes, officer_id: int) -> bytes:
    """By what a device knows whose passkey it is (32 bytes): it tells nobody else who that is."""
    return bytes.fromhex(lookup_hash(console_key, "passkey", str(officer_id)))


def _key(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
