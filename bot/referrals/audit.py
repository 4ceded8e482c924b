"""Step 6 and 8 of the message's way, witnessed: every act on a referral and every login, hash-chained.

A row is written in the transaction of the act it records. Its digest covers the row before it, so that a row
changed, removed or put in later is found by `verify`. Rows taken off the end are found by comparing with a head
that was noted down elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.store.models import Audit

FIRST = "0" * 64  # what the first row names as the digest before it
CHAIN_LOCK = 20_120_701  # any number, the same in every process: PostgreSQL's advisory lock for the chain


@dataclass(frozen=True)
class ChainCheck:
    """How many rows hold together from the first on, the last digest of those, and the id that does not fit."""

    rows: int
    head: str
    broken_at: int | None


def append_audit(session: Session, act: str, subject: str, at: datetime, officer_id: int | None = None) -> None:
    """One row at the end of the chain. `subject` is a reference code or an id, never words."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
    last = session.execute(select(Audit.id, Audit.digest).order_by(Audit.id.desc()).limit(1)).first()
    number, previous = (last.id + 1, last.digest) if last else (1, FIRST)
    row = Audit(id=number, at=at, officer_id=officer_id, act=act, subject=subject, previous=previous)
    row.digest = digest_of(row)
    session.add(row)
    session.flush()


def digest_of(row: Audit) -> str:
    """The SHA-256 (64 hex digits) of a row and, through `previous`, of all rows before it."""
    parts = [row.previous, row.id, row.at.isoformat(), row.officer_id, row.act, row.subject]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def verify(session: Session) -> ChainCheck:
    """Walk the whole chain; `broken_at` is the id of the first row that does not fit, None when all do."""
    rows, head = 0, FIRST
    for row in session.scalars(select(Audit).order_by(Audit.id)).yield_per(1000):
        if row.id != rows + 1 or row.previous != head or row.digest != digest_of(row):
            return ChainCheck(rows, head, row.id)
        rows, head = rows + 1, row.digest
    return ChainCheck(rows, head, None)
