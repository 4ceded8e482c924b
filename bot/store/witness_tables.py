"""Beside the message's way: what proves later that all is right. Part of `bot.store.models`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.table import Table


class Audit(Table):
    """Every act on a referral and every login, written in the same transaction as the act, hash-chained."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    officer_id: Mapped[int | None]
    act: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(32))  # a reference code or an id, never words
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class KeyCheck(Table):
    """What a process sealed, or hashed, with the key of one setting when it last started: it tells a wrong key."""

    __tablename__ = "key_check"

    setting: Mapped[str] = mapped_column(String(32), primary_key=True)  # such as BOT_FIELD_KEY
    process: Mapped[str] = mapped_column(String(16), primary_key=True)  # gateway | console
    value: Mapped[bytes] = mapped_column(LargeBinary)
