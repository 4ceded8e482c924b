"""Beside the message's way: `bot secrets` makes the keys and secrets that every process needs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from bot.keeping.key_change import drop_old_key, rotate_key
from bot.keeping.rotation import SEALED
from bot.processes.secrets_file import ensure_secrets, secrets_path
from bot.settings import ROOT

CHANGES = {
    "rotate": (
        rotate_key,
        "put a new key in front of the old one; start all that runs with both (`bot run` does); seal all anew",
    ),
    "drop": (drop_old_key, "drop the old key when nothing is sealed with it any more"),
}


def add_parser(subparsers: Any) -> None:
    """Adds `secrets` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "secrets",
        help="make the keys and secrets that are missing",
        description="Makes the keys and secrets that neither the environment nor the file has, and keeps them in "
        "var/secrets.env (BOT_HOME or BOT_SECRETS_FILE moves it), readable by its owner alone. What is there is "
        "never overwritten. Keep a copy of that file apart from the database: without it nothing stored can be "
        "read, and with both everything can. `bot run` does this by itself.",
    )
    what = parser.add_subparsers(dest="what", metavar="WHAT")
    for name, (_, words) in CHANGES.items():
        what.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.").add_argument(
            "setting", choices=SEALED, help="which key"
        )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0; names what was made, never a value."""
    home = home_of(os.environ)
    if args.what is not None:
        change, _ = CHANGES[args.what]
        change(os.environ, secrets_path(os.environ, home), args.setting, print)
        return 0
    _, made = ensure_secrets(secrets_path(os.environ, home), os.environ, database_file(os.environ, home))
    print(f"{secrets_path(os.environ, home)}: {'made ' + ', '.join(made) if made else 'nothing was missing'}")
    return 0


def home_of(environ: Mapping[str, str]) -> Path:
    """The folder of everything that this installation keeps."""
    return Path(environ.get("BOT_HOME", ROOT / "var")).resolve()


def database_file(environ: Mapping[str, str], home: Path) -> Path | None:
    """The SQLite file that the keys belong to; None when the database is elsewhere."""
    url = make_url(environ.get("BOT_DATABASE_URL", f"sqlite:///{home / 'bot.sqlite3'}"))
    in_file = url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
    return Path(url.database or "") if in_file else None
