"""The tables of the console's door: officers, how they sign in, who is signed in. Part of `bot.store.models`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.table import Table


class Officer(Table):
    """Someone at an office who answers. No public process reads this table."""

    __tablename__ = "officer"

    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[str] = mapped_column(ForeignKey("office.id"))
    login: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(80))
    # officer | lead | programme | auditor | admin: see `bot.console.rights`
    role: Mapped[str] = mapped_column(String(16), default="officer", server_default="officer")
    password_hash: Mapped[str] = mapped_column(String(256))  # argon2id; empty until an invitation is taken up
    totp_secret: Mapped[bytes] = mapped_column(LargeBinary)  # sealed with the console's key
    totp_last: Mapped[int] = mapped_column(default=0)  # last 30-second step used: a code works once
    language: Mapped[str] = mapped_column(String(16), default="en")
    disabled: Mapped[bool] = mapped_column(default=False)


class OfficerSession(Table):
    """A signed-in browser. Only the hash of its cookie is kept."""

    __tablename__ = "officer_session"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the cookie
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Invitation(Table):
    """A link by which one officer chooses a password and joins a telephone, once. Only its hash is kept."""

    __tablename__ = "invitation"

    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the link's last part
    expires_at: Mapped[datetime]


class RecoveryCode(Table):
    """A code that stands in for the telephone's, once. Only its keyed hash is kept; a used one is deleted."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("officer_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))


class Passkey(Table):
    """A key pair that an officer's device holds, to sign in with; here is the public half."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    officer_id: Mapped[int] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary, unique=True)  # by what the device knows it
    public_key: Mapped[bytes] = mapped_column(LargeBinary)  # COSE
    # How often it was used, as the device counts, to tell a copy; 0 for ever where it does not count.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))  # as the officer calls it
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Table):
    """Random bytes that a passkey signs, once and soon. Only their hash is kept."""

    __tablename__ = "passkey_challenge"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the challenge
    # Who adds a passkey with it; None: someone at the door, who is not known yet.
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officer.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


class LoginAttempt(Table):
    """A failed login, kept to slow the next one down. `key` is a keyed hash of the login."""

    __tablename__ = "login_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
