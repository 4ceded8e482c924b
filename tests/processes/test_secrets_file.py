from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from bot.processes.secrets_file import KEYS, TOKENS, ensure_secrets, read_secrets
from bot.processes.start_error import StartError
from bot.settings import read_settings


def test_makes_every_secret_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secrets.env"
    first, made = ensure_secrets(path, {}, None)
    assert made == [*KEYS, *TOKENS]
    assert {len(base64.b64decode(first[name])) for name in KEYS} == {32}
    assert len(set(first.values())) == len(first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ensure_secrets(path, {}, None) == (first, [])
    assert read_settings({"BOT_DEMO": "1", **first}, console=True).console_key


def test_adds_only_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("# kept by hand\nBOT_TURN_SECRET=mine\n\nBOT_TELEGRAM_TOKEN=t=t\n")
    values, made = ensure_secrets(path, {"BOT_ACTION_SECRET": "from the environment"}, None)
    assert made == list(KEYS)
    assert values["BOT_TURN_SECRET"] == "mine"
    assert read_secrets(path)["BOT_TELEGRAM_TOKEN"] == "t=t"
    assert "BOT_ACTION_SECRET" not in read_secrets(path)


def test_never_makes_a_new_key_for_a_database_that_has_one(tmp_path: Path) -> None:
    path, database = tmp_path / "secrets.env", tmp_path / "bot.sqlite3"
    ensure_secrets(path, {}, database)
    database.write_bytes(b"something")
    path.unlink()
    with pytest.raises(StartError, match="BOT_FIELD_KEY is missing"):
        ensure_secrets(path, {}, database)
    assert not path.exists()


def test_a_line_that_is_no_setting_is_named_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    path.write_text("BOT_TURN_SECRET=x\nspilt-secret\n")
    with pytest.raises(StartError, match="Line 2") as caught:
        read_secrets(path)
    assert "spilt" not in str(caught.value)
