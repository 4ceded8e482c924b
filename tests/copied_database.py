"""A database that is made once and copied for every test: to bring it up to date costs more than most tests do."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from bot.store.database import migrate, open_database

T = TypeVar("T")


def made_once(fill: Callable[[Engine], T]) -> tuple[bytes, T]:
    """A new SQLite database at its newest, as a file's bytes, and what `fill` gave that filled it."""
    with tempfile.TemporaryDirectory(prefix="database") as folder:
        path = Path(folder) / "made.sqlite3"
        engine = open_database(f"sqlite:///{path}")
        migrate(engine)
        given = fill(engine)
        engine.dispose()  # the last to close it writes all of it into the one file
        assert list(Path(folder).iterdir()) == [path]
        return path.read_bytes(), given


def copied(database: bytes, url: str) -> Engine:
    """That database again, at `url`."""
    path = make_url(url).database
    assert path is not None
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(database)
    return open_database(url)
