"""Beside the message's way: `bot officer` says who may sign in to the console."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import segno
from sqlalchemy.orm import Session

from bot.console.kept_settings import kept_settings
from bot.console.officers import (
    DEMO_LOGIN,
    Credentials,
    OfficerError,
    add_officer,
    disable_officer,
    find_officer,
    list_officers,
    reset_officer,
)
from bot.console.passwords import Passwords, code_at
from bot.settings import Settings, SettingsError
from bot.store.database import migrate, now, open_database, transaction
from bot.store.sealing import unseal


def add_parser(subparsers: Any) -> None:
    """Adds `officer` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "officer",
        help="who may sign in to the console",
        description="Who may sign in to the console. A password is made here and shown once, with a picture that "
        "the officer's telephone reads for the 6-digit codes. Hand both over in person.",
    )
    what = parser.add_subparsers(dest="what", required=True)
    add = what.add_parser("add", help="a new officer of an office")
    add.add_argument("login", help="up to 254 characters, such as a mail address")
    add.add_argument("--office", required=True, help="such as TH-BKK")
    add.add_argument("--name", required=True, help="how colleagues see them, up to 80 characters")
    add.add_argument("--language", default="en", help="the language in which answers are shown to them")
    what.add_parser("list", help="every officer: office, login, name, language, disabled or not")
    for name, told in (
        ("disable", "no signing in any more, and out at once"),
        ("reset", "a new password and code, and enabled again"),
        ("code", "the 6-digit code of this half minute, of the demo officer only"),
    ):
        what.add_parser(name, help=told).add_argument("login")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 with one sentence when it cannot be done."""
    settings = kept_settings(os.environ, console=True)
    engine = open_database(settings.database_url)
    migrate(engine)
    try:
        with transaction(engine) as session:
            _do(session, settings, args)
    except OfficerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _do(session: Session, settings: Settings, args: argparse.Namespace) -> None:
    if settings.console_key is None:
        raise SettingsError("BOT_CONSOLE_KEY is not set. Run `bot secrets` to make one.")
    if args.what == "add":
        _show(
            add_officer(
                session,
                settings.console_key,
                Passwords(),
                login=args.login,
                display_name=args.name,
                office_id=args.office,
                language=args.language,
                at=now(),
            )
        )
    elif args.what == "reset":
        _show(reset_officer(session, settings.console_key, Passwords(), args.login, now()))
    elif args.what == "disable":
        disable_officer(session, args.login, now())
    elif args.what == "code":
        print(_code(session, settings.console_key, args.login))
    else:
        for officer in list_officers(session):
            state = "disabled" if officer.disabled else "on"
            print(f"{officer.office_id}\t{officer.login}\t{officer.display_name}\t{officer.language}\t{state}")


def _code(session: Session, console_key: bytes, login: str) -> str:
    if login != DEMO_LOGIN:
        raise OfficerError(f"Codes are on the officer's telephone; only that of «{DEMO_LOGIN}» is shown here.")
    return code_at(unseal(console_key, find_officer(session, login).totp_secret), now())


def _show(made: Credentials) -> None:
    print(f"login     {made.login}\npassword  {made.password}\ncodes     {made.otpauth}\n")
    segno.make(made.otpauth).terminal(compact=True)
