"""Beside the message's way: `bot doctor` says what is wrong with this installation, and what to do."""

from __future__ import annotations

import argparse
import os
from typing import Any

from bot.commands.secrets import home_of
from bot.processes.checkup import look_over
from bot.processes.demo_defaults import with_defaults


def add_parser(subparsers: Any) -> None:
    """Adds `doctor` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what is wrong with this installation, if anything",
        description="Looks at both environments, disk, secrets, model, settings, database and processes; changes "
        "nothing. One line each: ok or WRONG, with what to do. Exit code 1 when something is wrong.",
    )
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """0 when all is well, else 1."""
    wrong = 0
    for finding in look_over(with_defaults(os.environ), home_of(os.environ)):
        wrong += bool(finding.wrong)
        print(f"WRONG  {finding.what}: {finding.wrong}" if finding.wrong else f"ok     {finding.what}", flush=True)
    return 1 if wrong else 0
