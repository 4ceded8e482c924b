"""Beside the message's way: whether the tables are those that this program was written for."""

from __future__ import annotations

from enum import StrEnum

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import MIGRATIONS


class Schema(StrEnum):
    """How the database stands to this program, in words that a health check may show."""

    OK = "ok"
    OLD = "not migrated"
    NEWER = "newer"  # another machine has a later version: an upgrade is under way, and this one goes on
    AWAY = "away"


def schema_of(database: Engine) -> Schema:
    """How `database` stands: `AWAY` when it cannot be asked."""
    try:
        with database.connect() as connection:
            found = MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError:
        return Schema.AWAY
    script = ScriptDirectory(str(MIGRATIONS))
    if found == script.get_current_head():
        return Schema.OK
    known = {revision.revision for revision in script.walk_revisions()}
    return Schema.OLD if found is None or found in known else Schema.NEWER
