"""Beside the message's way: `bot audit verify` walks the chain of acts and logins."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from sqlalchemy import select

from bot.console.kept_settings import kept_settings
from bot.referrals.audit import verify
from bot.store.database import open_database, transaction
from bot.store.models import Audit


def add_parser(subparsers: Any) -> None:
    """Adds `audit` to the sub-commands of `bot`."""
    parser = subparsers.add_parser("audit", help="check that the record of acts and logins is whole")
    what = parser.add_subparsers(dest="what", required=True)
    check = what.add_parser(
        "verify",
        help="walk the whole chain",
        description="Walks the whole chain and prints its length and head. Note the head down elsewhere: given "
        "with --head next time, rows that were taken off the end since are found too.",
    )
    check.add_argument("--head", help="a head printed before; it must still be in the chain")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the chain is whole, 1 when it is not."""
    with transaction(open_database(kept_settings(os.environ).database_url)) as session:
        found = verify(session)
        known = args.head is None or session.scalar(select(Audit.id).where(Audit.digest == args.head)) is not None
    if found.broken_at is not None:
        print(f"broken at row {found.broken_at}: {found.rows} rows before it hold together", file=sys.stderr)
        return 1
    if not known:
        print("the chain holds together, but the head given is not in it: rows were taken off", file=sys.stderr)
        return 1
    print(f"{found.rows} rows\nhead {found.head}")
    return 0
