"""Beside the message's way: the keys and secrets of one installation, made once and kept in `secrets.env`.

One `NAME=value` a line. Keys are 32 random bytes in base64; secrets between processes are urlsafe tokens.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from bot.processes.start_error import StartError
from bot.settings import KEY_BYTES

KEYS = ("BOT_FIELD_KEY", "BOT_LOOKUP_KEY", "BOT_CONSOLE_KEY")
TOKENS = ("BOT_TURN_SECRET", "BOT_ACTION_SECRET")
FILE_MODE = 0o600


def secrets_path(environ: Mapping[str, str], home: Path) -> Path:
    """Where the secrets are kept: `BOT_SECRETS_FILE`, or `secrets.env` in the home folder."""
    return Path(environ.get("BOT_SECRETS_FILE", home / "secrets.env"))


def read_secrets(path: Path) -> dict[str, str]:
    """What the file holds; empty when there is none. `StartError` names a line that is not `NAME=value`."""
    if not path.exists():
        return {}
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, sign, value = line.partition("=")
        if not sign:
            raise StartError(f"Line {number} of {path} is not NAME=value: correct it, or restore the file.")
        found[name.strip()] = value.strip()
    return found


def ensure_secrets(
    path: Path, environ: Mapping[str, str], database: Path | None
) -> tuple[dict[str, str], list[str]]:
    """The file's secrets after making those that neither it nor `environ` has; and the names that were made.

    Nothing is overwritten. `database`, the SQLite file if there is one: when it exists and a key is missing,
    `StartError`, since a new key could never read it.
    """
    kept = read_secrets(path)
    missing = [name for name in KEYS + TOKENS if name not in kept and not environ.get(name)]
    lost = [name for name in missing if name in KEYS]
    if lost and database is not None and database.exists():
        raise StartError(
            f"{lost[0]} is missing, and without it {database} cannot be read: "
            f"put {path} back from a copy, or remove that database to start empty."
        )
    made = {name: new_key() if name in KEYS else secrets.token_urlsafe(KEY_BYTES) for name in missing}
    if made:
        _write(path, {**kept, **made})
    return {**kept, **made}, missing


def change_secret(path: Path, name: str, value: str) -> None:
    """Write `value` under `name` into the file, whose other lines stay; comments go."""
    _write(path, {**read_secrets(path), name: value})


def new_key() -> str:
    """32 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _write(path: Path, values: Mapping[str, str]) -> None:
    # Written aside and moved into place: a start that is killed never leaves half a file of keys.
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
