"""Beside the message's way: `bot officer` says who may sign in to the console."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import segno
from sqlalchemy.orm import Session

from bot.console.invitations import invite, link_of
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
from bot.console.rights import Role
from bot.settings import Settings, SettingsError
from bot.store.database import migrate, now, open_database, transaction
from bot.store.sealing import unseal


def add_parser(subparsers: Any) -> None:
    """Adds `officer` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "officer",
        help="who may sign in to the console",
        description="Who may sign in to the console. `invite` prints a link, good once and for seven days, by "
        "which the officer chooses a password and joins a telephone; hand it over by a way you trust. "
        "`add` and `reset` make a password here and show it once, with a picture for the telephone's codes.",
    )
    what = parser.add_subparsers(dest="what", required=True)
    for name, told in (
        ("invite", "a new officer, and the link by which they sign in for the first time"),
        ("add", "a new officer, with a password made here"),
    ):
        new = what.add_parser(name, help=told)
        new.add_argument("login", help="up to 254 characters, such as a mail address")
        new.add_argument("--office", required=True, help="such as TH-BKK")
        new.add_argument("--name", required=True, help="how colleagues see them, up to 80 characters")
        new.add_argument("--language", default="en", help="the language in which answers are shown to them")
        new.add_argument("--role", type=Role, choices=list(Role), default=Role.OFFICER, help="default: officer")
    what.add_parser("list", help="every officer: office, login, name, language, role, disabled or not")
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
    if args.what in {"add", "invite"}:
        _new(session, settings.console_key, settings.console_url, args)
    elif args.what == "reset":
        _show(reset_officer(session, settings.console_key, Passwords(), args.login, now()))
    elif args.what == "disable":
        disable_officer(session, args.login, now())
    elif args.what == "code":
        print(_code(session, settings.console_key, args.login))
    else:
        for officer in list_officers(session):
            state = "disabled" if officer.disabled else "on"
            print(
                f"{officer.office_id}\t{officer.login}\t{officer.display_name}\t{officer.language}\t{officer.role}\t{state}"
            )


def _new(session: Session, console_key: bytes, console_url: str, args: argparse.Namespace) -> None:
    about = {
        "login": args.login,
        "display_name": args.name,
        "office_id": args.office,
        "language": args.language,
        "role": args.role,
        "at": now(),
    }
    if args.what == "add":
        _show(add_officer(session, console_key, Passwords(), **about))
    else:
        print(link_of(console_url, invite(session, **about)))


def _code(session: Session, console_key: bytes, login: str) -> str:
    if login != DEMO_LOGIN:
        raise OfficerError(f"Codes are on the officer's telephone; only that of «{DEMO_LOGIN}» is shown here.")
    return code_at(unseal(console_key, find_officer(session, login).totp_secret), now())


def _show(made: Credentials) -> None:
    print(f"login     {made.login}\npassword  {made.password}\ncodes     {made.otpauth}\n")
    segno.make(made.otpauth).terminal(compact=True)
