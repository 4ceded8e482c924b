"""Beside the message's way: a key takes another's place while everything runs.

1. The new key goes in front of the old one in the secrets; processes that are started with both seal with the
   new one and open with either. 2. Whatever is still sealed with the old one is sealed anew, a few rows at a time.
3. When nothing is left under the old key, it is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.store.database import transaction
from bot.store.models import (
    Incoming,
    KeyCheck,
    Office,
    Officer,
    Outgoing,
    Person,
    RecoveryCode,
    UnclearMessage,
)
from bot.store.sealing import KEY_BYTES, fits, seal, seal_anew

AT_ONCE = 100  # rows in one transaction, so that nobody's message waits for it
Column = InstrumentedAttribute[Any]

# Every column that is sealed under a key of ours. What is sealed to an office's public key is not of these.
SEALED: Mapping[str, Sequence[Column]] = {
    "BOT_FIELD_KEY": (
        *(Person.address, Person.state, Person.screen),
        *(Incoming.content, Outgoing.content, UnclearMessage.text),
    ),
    "BOT_CONSOLE_KEY": (Office.private_key, Officer.totp_secret),
}


def seal_all_anew(engine: Engine, setting: str, key: bytes, told: Callable[[int], None] = lambda _: None) -> int:
    """Seal with the first of the two keys in `key` what is sealed with the second; how many fields.

    Others may write meanwhile: what they changed is left to them, and looked at once more. `told` hears, now and
    then, how many rows were looked at. Killed, it goes on when it is called again. `SealError`: neither key fits.
    """
    return sum(_column_anew(engine, column, key, told) for column in SEALED[setting])


def left_under_old(session: Session, setting: str, key: bytes) -> int:
    """How many fields, and checks of processes, do not open with the first key alone."""
    newest = key[:KEY_BYTES]
    left = sum(
        not fits(newest, sealed)
        for column in SEALED[setting]
        for sealed in session.scalars(select(column).where(_full(column))).yield_per(AT_ONCE)
    )
    checks = session.scalars(select(KeyCheck.value).where(KeyCheck.setting == setting))
    return left + sum(not fits(newest, value) for value in checks)


def note_stopped(session: Session, setting: str, key: bytes, processes: Sequence[str]) -> None:
    """Renew the checks of `processes`, which are known not to run: they will start with what they are given."""
    for row in session.scalars(
        select(KeyCheck).where(KeyCheck.setting == setting, KeyCheck.process.in_(processes))
    ):
        row.value = seal(key, setting)


def drop_recovery_codes(session: Session) -> int:
    """Delete the officers' recovery codes, whose hashes the old console key made; how many officers had any."""
    had = session.scalar(select(func.count(RecoveryCode.officer_id.distinct()))) or 0
    session.execute(delete(RecoveryCode))
    return had


def _column_anew(engine: Engine, column: Column, key: bytes, told: Callable[[int], None]) -> int:
    table, changed, after, seen = column.class_, 0, None, 0
    while True:
        with transaction(engine) as session:
            wanted = select(table.id, column).where(_full(column)).order_by(table.id).limit(AT_ONCE)
            rows = session.execute(wanted if after is None else wanted.where(table.id > after)).all()
            changed += sum(_row_anew(session, column, row[0], row[1], key) for row in rows)
        if not rows:
            return changed
        after, seen = rows[-1][0], seen + len(rows)
        told(seen)


def _row_anew(session: Session, column: Column, row_id: Any, sealed: bytes, key: bytes) -> int:
    anew = seal_anew(key, sealed)
    if anew is None:
        return 0
    table = column.class_
    done = session.execute(
        update(table)
        .where(table.id == row_id, column == sealed)
        .values({column: anew})
        .execution_options(synchronize_session=False)
    )
    return cast("CursorResult[Any]", done).rowcount


def _full(column: Column) -> Any:
    return column.is_not(None) & (func.length(column) > 0)
