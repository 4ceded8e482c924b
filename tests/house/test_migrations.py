"""The migrations, run from nothing, make the very tables of the models."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.store.database import migrate, open_database
from bot.store.models import Table


def test_migrations_make_the_models_tables(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()
    assert differences == []
