"""Beside the message's way: `bot restore` puts a backup back, made new, and rid of what was erased since."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from bot.commands.backup import sqlite_file
from bot.commands.secrets import home_of
from bot.console.kept_settings import kept_settings
from bot.keeping.restore import Place, Restored, make_new, restore
from bot.keeping.sealed_file import SealedFileError, read_key
from bot.processes.preflight import is_free
from bot.processes.start_error import StartError
from bot.settings import Settings
from bot.store.database import now, open_database
from bot.store.erased import Ledger, ledger_of


def add_parser(subparsers: Any) -> None:
    """Adds `restore` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "restore",
        help="put a backup back, and erase again what was erased since",
        description="With everything stopped: checks the seal of BACKUP, brings its tables up to date, checks "
        "the keys and the record of acts, erases again what BOT_HOME/erased says is gone, and only then puts it "
        "in the place of the database. Killed at any point, it leaves the database as it was, or as restored. On "
        "another machine: put secrets.env and the folder erased into its BOT_HOME first.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("backup", nargs="?", type=Path, metavar="BACKUP", help="a file that `bot backup` made")
    what.add_argument("--in-place", action="store_true", help="the database is there already, as from pg_restore")
    parser.add_argument("--key", type=Path, help="the file with the private key, from `bot backup --new-key`")
    parser.add_argument("--force", action="store_true", help="replace a database that is there")
    parser.add_argument(
        "--nothing-erased", action="store_true", help="go on without BOT_HOME/erased: whoever erased comes back"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0; `StartError` or `SettingsError` says why nothing was restored."""
    settings = kept_settings(os.environ, console=True)
    _all_stopped(settings)
    ledger = _ledger(settings, go_on=args.nothing_erased)
    done = _in_place(settings, ledger) if args.in_place else _from_backup(args, settings, ledger)
    erased = done.erased
    print(
        f"restored as of {done.made_at:%Y-%m-%d %H:%M:%S} UTC\nrecord of acts: {done.audit_rows} rows, whole\n"
        f"erased again: {erased.people} people, {erased.talks} talks, {erased.referrals} referrals, "
        f"{erased.contacts} contacts\nnow `bot run`"
    )
    return 0


def _from_backup(args: argparse.Namespace, settings: Settings, ledger: Ledger) -> Restored:
    database = sqlite_file(home_of(os.environ))
    if args.key is None:
        raise StartError("--key is missing: the file with the private key that `bot backup --new-key` made.")
    if database.exists() and not args.force:
        raise StartError(f"{database} is there already: --force replaces it, and what it holds is lost.")
    try:
        private_key = read_key(args.key)
    except SealedFileError as error:
        raise StartError(str(error)) from error
    return restore(args.backup, private_key, Place(database, settings, ledger, now()))


def _in_place(settings: Settings, ledger: Ledger) -> Restored:
    engine = open_database(settings.database_url)
    try:
        return make_new(engine, settings, ledger, now(), None)
    finally:
        engine.dispose()


def _ledger(settings: Settings, *, go_on: bool) -> Ledger:
    ledger = ledger_of(settings)
    if not ledger.folder.is_dir() and not go_on:
        raise StartError(
            f"{ledger.folder} is missing: copy it from the machine that served, so that whoever erased everything "
            "since the backup does not come back. If there is none, --nothing-erased goes on without it."
        )
    return ledger


def _all_stopped(settings: Settings) -> None:
    places = ((settings.gateway_host, settings.gateway_port), (settings.console_host, settings.console_port))
    if not all(is_free(host, port) for host, port in places):
        raise StartError("The gateway or the console runs: stop everything first, here and on other machines.")
