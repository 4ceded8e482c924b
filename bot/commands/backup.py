"""Beside the message's way: `bot backup` copies the database while it is used, sealed to a key kept elsewhere."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey
from sqlalchemy.engine import URL, make_url

from bot.commands.secrets import database_file, home_of
from bot.console.kept_settings import kept_settings
from bot.keeping.backup import backup_name, make_backup
from bot.processes.secrets_file import change_secret, read_secrets, secrets_path
from bot.processes.start_error import StartError
from bot.store.database import now
from bot.store.erased import ledger_of

PUBLIC_KEY = "BOT_BACKUP_KEY"


def add_parser(subparsers: Any) -> None:
    """Adds `backup` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "backup",
        help="copy the database, sealed, while everything runs",
        description="Copies the SQLite database while it is used into BOT_HOME/backup, sealed to a public key: "
        "whoever takes this machine cannot read its backups. First, once: `bot backup --new-key FILE` makes the "
        "pair of keys; keep FILE, the private one, away from this machine, with a copy of secrets.env. Copy the "
        "folder BOT_HOME/erased away often too: it says, without naming anybody, what `bot restore` has to erase "
        "again. Killed at any point, it leaves no half backup.",
    )
    parser.add_argument("--to", type=Path, help="the backup's name, instead of one in BOT_HOME/backup")
    parser.add_argument(
        "--new-key", type=Path, metavar="FILE", help="make the keys; the private one goes into FILE"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0; `StartError` says what is to be put right first."""
    home = home_of(os.environ)
    if args.new_key is not None:
        return _new_key(secrets_path(os.environ, home), args.new_key)
    public_key, database = _public_key(home), sqlite_file(home)
    at = now()
    target = args.to or home / "backup" / backup_name(at)
    about = make_backup(database, target, public_key, at)
    # There from now on: a restore asks for the ledger, be it empty.
    ledger_of(kept_settings(os.environ)).folder.mkdir(parents=True, exist_ok=True)
    print(f"{target}\nrecord of acts: {about['audit_rows']} rows, head {about['audit_head']}")
    return 0


def sqlite_file(home: Path) -> Path:
    """The database's file; `StartError` says how PostgreSQL is copied."""
    database = database_file(os.environ, home)
    if database is not None:
        return database
    url = make_url(os.environ["BOT_DATABASE_URL"])
    shown = URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()
    raise StartError(
        "This copies SQLite alone. PostgreSQL has its own commands; nothing need be stopped for "
        f"`pg_dump --format=custom --file=bot.dump '{shown}'` (the password goes into ~/.pgpass). To restore, "
        f"stop everything, `pg_restore --clean --if-exists --single-transaction --dbname='{shown}' bot.dump`, and "
        "then `bot restore --in-place`, which erases again what was erased since. A dump is not sealed: seal it."
    )


def _public_key(home: Path) -> bytes:
    value = os.environ.get(PUBLIC_KEY) or read_secrets(secrets_path(os.environ, home)).get(PUBLIC_KEY, "")
    if not value:
        raise StartError(f"{PUBLIC_KEY} is not set: make one, once, with `bot backup --new-key FILE`.")
    try:
        key = bytes.fromhex(value)
    except ValueError:
        key = b""
    if len(key) != PrivateKey.SIZE:
        raise StartError(
            f"{PUBLIC_KEY} is not {PrivateKey.SIZE} bytes in hex, as `bot backup --new-key` writes it."
        )
    return key


def _new_key(secrets: Path, file: Path) -> int:
    if PUBLIC_KEY in read_secrets(secrets):
        raise StartError(
            f"{secrets} has a {PUBLIC_KEY} already. To have a new one, remove that line first, and keep the old "
            "private key as long as backups made with it."
        )
    private = PrivateKey.generate()
    try:
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise StartError(f"{file} cannot be made ({error.strerror}): give the name of a new file.") from error
    with os.fdopen(opened, "w") as written:
        written.write(bytes(private).hex() + "\n")
        written.flush()
        os.fsync(written.fileno())
    change_secret(secrets, PUBLIC_KEY, bytes(private.public_key).hex())
    print(f"{file}: the private key. Take it away from this machine: `bot restore` needs it, nothing else does.")
    return 0
