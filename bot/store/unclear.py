"""Beside the message's way: messages that were not understood, kept to learn from where the person agreed.

A row has a language, a day and the stripped words, sealed; nothing leads from it to a person. Part of
`bot.store.models`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import CursorResult, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.store.sealing import seal, unseal
from bot.store.table import Table


class UnclearMessage(Table):
    """One such message. Its id is drawn by lot, so that the order of rows says nothing of who wrote when."""

    __tablename__ = "unclear_message"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=lambda: secrets.randbits(31))
    language: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]  # no hour: messages have their hour elsewhere, and two hours could be compared
    text: Mapped[bytes] = mapped_column(LargeBinary)  # sealed with the field key, and stripped before


def keep_unclear(session: Session, key: bytes, language: str, text: str, at: datetime) -> None:
    """Keep the words `text`, which `bot.language.stripping` has stripped. `key`: the field key."""
    session.add(UnclearMessage(language=language, day=at.date(), text=seal(key, text)))


def kept_unclear(session: Session, key: bytes) -> Mapping[str, list[str]]:
    """By language the kept texts, each once, in the order of the alphabet; `SealError` if `key` is another."""
    found: dict[str, set[str]] = {}
    for row in session.scalars(select(UnclearMessage)):
        found.setdefault(row.language, set()).add(unseal(key, row.text))
    return {language: sorted(texts) for language, texts in sorted(found.items())}


def forget_unclear(session: Session, until: date | None = None) -> int:
    """Delete what was kept on the day `until` or before, everything without it; how many there were."""
    old = delete(UnclearMessage)
    if until is not None:
        old = old.where(UnclearMessage.day <= until)
    return cast("CursorResult[Any]", session.execute(old)).rowcount
