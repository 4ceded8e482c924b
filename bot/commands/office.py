"""Beside the message's way: `bot office` gives offices their keys, and says which are active."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from sqlalchemy.orm import Session

from bot.console.kept_settings import kept_settings
from bot.eligibility import load_offices
from bot.referrals.offices import change_office, ensure_offices, list_offices
from bot.settings import ROOT
from bot.store.database import migrate, open_database, transaction

ON_OFF = {"on": True, "off": False}


def add_parser(subparsers: Any) -> None:
    """Adds `office` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "office",
        help="keys and state of the offices",
        description="Keys and state of the offices. Their addresses and cities are in criteria/offices.csv.",
    )
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("init", help="make a key pair for every active office that has none; safe to repeat")
    what.add_parser("list", help="every office with keys: id, active or not, working days to answer")
    change = what.add_parser("set", help="open or close an office for new referrals, or set its promise")
    change.add_argument("office", help="such as TH-BKK")
    change.add_argument("--active", choices=ON_OFF, help="whether new referrals go there")
    change.add_argument("--answer-days", type=_days, help="working days in which it means to answer, 1 to 60")
    change.add_argument("--kept-days", type=_days, help="days for which a closed referral is kept, 1 to 60")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0, or 1 when the office is not known."""
    settings = kept_settings(os.environ, console=args.what == "init")
    engine = open_database(settings.database_url)
    migrate(engine)
    with transaction(engine) as session:
        if args.what == "init" and settings.console_key is not None:
            return _init(session, settings.console_key)
        if args.what == "list":
            return _list(session)
        try:
            active = None if args.active is None else ON_OFF[args.active]
            change_office(
                session, args.office, active=active, answer_days=args.answer_days, kept_days=args.kept_days
            )
        except LookupError as error:
            print(error.args[0], file=sys.stderr)
            return 1
    return 0


def _init(session: Session, console_key: bytes) -> int:
    offices = load_offices(ROOT / "criteria")
    made = ensure_offices(
        session, [office.id for office in offices.by_id.values() if office.active], console_key, offices
    )
    print(f"{len(made)} new, {len(list_offices(session))} in all")
    return 0


def _list(session: Session) -> int:
    for office in list_offices(session):
        print(
            f"{office.id}\t{'on' if office.active else 'off'}\t{office.answer_days} days\tkept {office.kept_days}"
        )
    return 0


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 60:
        raise argparse.ArgumentTypeError("give whole days, from 1 to 60")
    return int(text)
