"""Beside the message's way: `bot doctor` says what is wrong with this installation, and what to do."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Iterator
from itertools import chain
from typing import Any

from bot.channels.whatsapp.graph import GraphError
from bot.channels.whatsapp.number import NumberError, only
from bot.commands.secrets import home_of
from bot.commands.whatsapp import reached, settings_of, told
from bot.processes.checkup import Finding, look_over
from bot.processes.demo_defaults import with_defaults
from bot.settings import SettingsError


def add_parser(subparsers: Any) -> None:
    """Adds `doctor` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "doctor",
        help="say what is wrong with this installation, if anything",
        description="Looks at both environments, disk, secrets, model, settings, languages, database, keys, "
        "offices and officers, backups, addresses and processes. Where Telegram or WhatsApp is on, it asks "
        "them the time, where they deliver and which number is ours. Changes nothing. "
        "One line each: ok or WRONG, with what to do. Exit code 1 when something is wrong.",
    )
    parser.set_defaults(run=run)


def run(_args: argparse.Namespace) -> int:
    """0 when all is well, else 1."""
    wrong = 0
    for finding in chain(look_over(with_defaults(os.environ), home_of(os.environ)), whatsapp()):
        wrong += bool(finding.wrong)
        print(f"WRONG  {finding.what}: {finding.wrong}" if finding.wrong else f"ok     {finding.what}", flush=True)
    return 1 if wrong else 0


def whatsapp() -> Iterator[Finding]:
    """Whether it is known which number is the bot's; nothing where WhatsApp is off, or its settings are wrong."""
    try:
        settings = settings_of(os.environ)
    except SettingsError:
        return  # off, or told by the finding about settings
    if settings.phone_id is not None:
        yield Finding("WhatsApp's number is set")
        return
    try:
        only(asyncio.run(reached(settings)))
    except (NumberError, GraphError) as error:
        yield Finding("WhatsApp's number", told(error))
        return
    yield Finding("WhatsApp's number")
