"""Beside the message's way: a backup of the database while it is used, sealed before it gets its name.

The copy is made beside the database, by SQLite, in one reading transaction: writers go on. Killed at any point,
this leaves no file under the name of a backup that is not a whole one; what it left else the next backup removes.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.keeping.sealed_file import seal_file
from bot.processes.start_error import StartError

WAIT_SECONDS = 60.0  # how long the copy waits for a writer
SNAPSHOT = ".snapshot"  # how the names of unsealed copies begin
UNFINISHED = ".unfinished"  # how the names of half sealed ones end


def backup_name(at: datetime) -> str:
    """The name of a backup made at `at` (UTC)."""
    return f"{at:%Y%m%dT%H%M%SZ}.sealed"


def make_backup(
    database: Path, target: Path, public_key: bytes, at: datetime, step: Callable[[str], None] = lambda _: None
) -> Mapping[str, Any]:
    """Copy the SQLite file `database` into `target`, sealed to `public_key`; what the backup says of itself.

    `step` is told the name of each step before it is taken. `StartError`: `target` is there already, another
    backup is being made, or the database cannot be read.
    """
    if target.exists():
        raise StartError(f"{target} is there already: give another name, or remove it.")
    if not database.exists():
        raise StartError(f"There is no database {database}: look at BOT_HOME and BOT_DATABASE_URL.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + UNFINISHED)
    with _alone(database.parent):
        _tidy(database.parent, target.parent)
        snapshot = database.parent / f"{SNAPSHOT}.{os.getpid()}"
        try:
            step("copy")
            about = _copy(database, snapshot, at)
            step("seal")
            with snapshot.open("rb") as source, _new_file(unfinished) as sealed:
                seal_file(source, about, public_key, sealed)
                sealed.flush()
                os.fsync(sealed.fileno())
            step("name")
            unfinished.replace(target)
            sync_folder(target.parent)
        finally:
            _tidy(database.parent, target.parent)
    return about


def sync_folder(folder: Path) -> None:
    """What was renamed in `folder` is on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _copy(database: Path, snapshot: Path, at: datetime) -> Mapping[str, Any]:
    _new_file(snapshot).close()  # empty, and its owner's alone: SQLite keeps that
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=rw", uri=True, timeout=WAIT_SECONDS)) as source:
            source.execute("VACUUM INTO ?", [str(snapshot)])
        with closing(sqlite3.connect(snapshot)) as copy:
            (schema,) = copy.execute("SELECT version_num FROM alembic_version").fetchone()
            head = copy.execute("SELECT id, digest FROM audit ORDER BY id DESC LIMIT 1").fetchone()
    except sqlite3.Error as error:
        raise StartError(f"{database} cannot be copied ({type(error).__name__}): run `bot doctor`.") from error
    rows, digest = head or (0, "")
    return {"made_at": at.isoformat(), "schema": schema, "audit_rows": rows, "audit_head": digest}


def _new_file(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    # On the folder itself: a lock that ends with its process, and no file of its own.
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise StartError(f"Another backup of {folder} is being made: wait until it has ended.") from error
    finally:
        os.close(opened)


def _tidy(home: Path, folder: Path) -> None:
    for left in (*home.glob(f"{SNAPSHOT}.*"), *folder.glob(f"*{UNFINISHED}")):
        left.unlink(missing_ok=True)
