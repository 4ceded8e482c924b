"""Beside the message's way: a backup put back, made new, and rid of what was erased since, before it serves.

All is done on a copy beside the database, which takes its place at the very end, in one renaming. Killed at any
point, this leaves the database as it was, or as restored, whole.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import Engine, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from bot.conversation.erasing_again import ErasedAgain, erase_again
from bot.keeping.backup import sync_folder
from bot.keeping.sealed_file import Opened, SealedFileError, open_sealed
from bot.processes.start_error import StartError
from bot.referrals.audit import verify
from bot.settings import Settings
from bot.store.database import MIGRATIONS, migrate, open_database, transaction
from bot.store.erased import KEPT, Ledger
from bot.store.key_check import check_keys
from bot.store.models import Incoming, Outgoing

RESTORING = ".restoring"


@dataclass(frozen=True)
class Restored:
    """What was put back: when the backup was made, how long its record of acts is, and what was erased again."""

    made_at: datetime
    audit_rows: int
    erased: ErasedAgain


@dataclass(frozen=True)
class Place:
    """Where a backup goes: the SQLite file, the keys it must fit, the ledger of erasures, and the time it is."""

    database: Path
    settings: Settings
    ledger: Ledger
    at: datetime


def restore(
    backup: Path, private_key: bytes, place: Place, step: Callable[[str], None] = lambda _: None
) -> Restored:
    """Put `backup` in the place of the database; everything must be stopped. `step` is told each step's name.

    `StartError` names what is wrong with the backup, and then the database is as it was.
    """
    copy = place.database.with_name(place.database.name + RESTORING)
    place.database.parent.mkdir(parents=True, exist_ok=True)
    _remove(copy)
    try:
        step("unseal")
        made_at, head = _unsealed(backup, private_key, copy, place.at)
        step("renew")
        restored = _renewed(copy, place, made_at, head)
        step("take the place")
        _take_place(copy, place.database)
    except SealedFileError as error:
        raise StartError(str(error)) from error
    except (sqlite3.DatabaseError, DatabaseError) as error:
        raise StartError(f"What the backup holds is no database of ours ({type(error).__name__}).") from error
    finally:
        _remove(copy)
    return restored


def make_new(engine: Engine, settings: Settings, ledger: Ledger, at: datetime, head: str | None) -> Restored:
    """A database that came from elsewhere, made fit to serve. `head`: the last digest that its audit must hold."""
    migrate(engine)
    with transaction(engine) as session:
        check_keys(session, settings)
        chain = verify(session)
        if chain.broken_at is not None:
            raise StartError(f"The record of acts is broken at row {chain.broken_at}: take another backup.")
        if head is not None and chain.rows and chain.head != head:
            raise StartError("The record of acts does not end as when the backup was made: take another backup.")
        erased = erase_again(session, ledger, at)
        forget_waiting(session)
    return Restored(at, chain.rows, erased)


def forget_waiting(session: Session) -> None:
    """What waited to be taken or sent when the backup was made was so soon after: not again, hours later.

    Who holds the telephone then is not known. What is held until the person writes stays.
    """
    taken = update(Incoming).where(Incoming.status == "waiting").values(status="done", content=None)
    sent = update(Outgoing).where(Outgoing.status == "waiting").values(status="dropped", content=None)
    for statement in (taken, sent):
        session.execute(statement.execution_options(synchronize_session=False))


def _unsealed(backup: Path, private_key: bytes, copy: Path, at: datetime) -> tuple[datetime, str]:
    try:
        file = backup.open("rb")
    except OSError as error:
        raise StartError(f"{backup} cannot be read ({error.strerror}).") from error
    with file:
        opened = open_sealed(file, private_key)
        made_at = _fit(opened, at)
        with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.writelines(opened.pieces)
    return made_at, str(opened.about["audit_head"])


def _fit(opened: Opened, at: datetime) -> datetime:
    made_at, schema = datetime.fromisoformat(opened.about["made_at"]), opened.about["schema"]
    if at - made_at >= KEPT:
        raise StartError(
            f"The backup is of {made_at:%Y-%m-%d}, {KEPT.days} days old or more: what was erased since is not "
            "known any more, so it is not put back."
        )
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if schema not in known:
        raise StartError(
            f"The backup has tables of version {schema}, newer than this bot: bring the bot up to date."
        )
    return made_at


def _renewed(copy: Path, place: Place, made_at: datetime, head: str) -> Restored:
    engine = open_database(f"sqlite:///{copy}")
    try:
        made = make_new(engine, place.settings, place.ledger, place.at, head)
    finally:
        engine.dispose()
    return Restored(made_at, made.audit_rows, made.erased)


def _take_place(copy: Path, database: Path) -> None:
    with closing(sqlite3.connect(copy)) as whole:
        whole.execute("PRAGMA journal_mode=DELETE")  # all of it in the one file
        (found,) = whole.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        raise StartError("The database in the backup is damaged: take another backup.")
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    _empty_log(database)
    copy.replace(database)
    sync_folder(database.parent)


def _empty_log(database: Path) -> None:
    # What stands in the old database's log must go into it, or be gone: it would be read into the new one.
    if database.exists():
        with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            old.execute("PRAGMA journal_mode=DELETE")
    for end in ("-wal", "-shm", "-journal"):
        database.with_name(database.name + end).unlink(missing_ok=True)


def _remove(copy: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        copy.with_name(copy.name + end).unlink(missing_ok=True)
