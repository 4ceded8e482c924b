"""The console's process lives, and is ready once its database is migrated; both are asked without a login."""

from __future__ import annotations

from pathlib import Path

from console_world import make_world
from sqlalchemy import text


def test_the_console_is_ready_once_its_database_is_migrated_and_lives_before(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    browser = world.browser()
    assert (browser.get("/readyz").status_code, browser.get("/readyz").json()) == (200, {"database": "ok"})
    with world.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0007'"))
    behind = browser.get("/readyz")
    assert (behind.status_code, behind.json()) == (503, {"database": "not migrated"})
    assert browser.get("/healthz").status_code == 200
