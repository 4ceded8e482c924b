"""A PostgreSQL of a module's own, and for every test a new database and a gateway on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from gateway_rig import Gateway, new_gateway
from postgresql_server import everywhere, of, postgresql
from postgresql_world import CONSOLE_KEY, OFFICE
from sqlalchemy import text

from bot.store.database import migrate, open_database, transaction
from bot.store.models import Office, Officer
from bot.store.sealing import new_office_keys


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def migrated(server: str) -> str:
    """The name of a database that the migrations made, to be copied."""
    with everywhere(server) as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))  # nothing here outlives the machine
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE migrated"))
    engine = open_database(of(server, "migrated"))
    migrate(engine)
    engine.dispose()
    return "migrated"


@pytest.fixture
def url(server: str, migrated: str) -> Iterator[str]:
    """A database of the newest version in which nothing is."""
    name = f"t{uuid4().hex}"
    with everywhere(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {migrated}"))
        yield of(server, name)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def gateway(url: str, tmp_path: Path) -> Iterator[Gateway]:
    """Two officers are at the office whose key the console can open."""
    with new_gateway(tmp_path, url) as made:
        with transaction(made.means.database) as session:
            office = session.get_one(Office, OFFICE)
            office.public_key, office.private_key = new_office_keys(CONSOLE_KEY)
            for number in (1, 2):
                login = f"officer{number}"
                officer = Officer(
                    office_id=OFFICE, login=login, display_name=login, password_hash="", totp_secret=b""
                )
                session.add(officer)
                session.flush()
        yield made
