"""Beside the message's way: `bot whatsapp` writes out what an operator gives to Meta, and what Meta says of us."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

from bot.channels.whatsapp.chat import PATH
from bot.channels.whatsapp.graph import GraphError
from bot.channels.whatsapp.number import Number, NumberError, numbers, only
from bot.commands.secrets import home_of
from bot.http import Http
from bot.language.catalogue import load_catalogue
from bot.language.languages import LanguagesError, served
from bot.language.templates import TEMPLATES, TemplatesError, for_approval, load_templates
from bot.processes.demo_defaults import with_defaults
from bot.processes.secrets_file import read_secrets, secrets_path
from bot.settings import ROOT, SettingsError, WhatsAppSettings, read_whatsapp


def add_parser(subparsers: Any) -> None:
    """Adds `whatsapp` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "whatsapp",
        help="what an operator gives to Meta",
        description="What an operator gives to Meta before the bot goes live: see docs/operating/whatsapp.md.",
    )
    what = parser.add_subparsers(dest="what", required=True)
    listed = what.add_parser(
        "templates",
        help="the set messages to submit for approval, one JSON object a line",
        description=(
            "Writes each set message in each language as one line of JSON: the body of a POST to "
            "/<business account id>/message_templates of Meta's Graph API."
        ),
    )
    listed.add_argument(
        "--languages", nargs="*", metavar="CODE", help="such as en fa; else BOT_LANGUAGES, else every draft too"
    )
    what.add_parser(
        "info",
        help="the callback and the verify token for Meta's page, and the numbers that the token reaches",
        description="Asks Meta, with BOT_WHATSAPP_TOKEN from the environment or var/secrets.env; changes nothing. "
        "Exit code 1 when it cannot be told which number is the bot's.",
    )


def run(args: argparse.Namespace) -> int:
    """Runs `bot whatsapp`."""
    return info() if args.what == "info" else templates(args)


def info() -> int:
    """0 when the bot knows which number is its own; else 1, and what to do."""
    settings = settings_of(os.environ)
    print(f"callback      https://<the gateway's public address>{PATH}")
    print(f"verify token  {settings.verify_token}")
    try:
        found = asyncio.run(reached(settings))
        for number in found:
            print(f"number        {number.shown}  id {number.id}")
        print(f"the bot's     {settings.phone_id or only(found).id}")
    except (NumberError, GraphError) as error:
        print(f"bot whatsapp: {told(error)}", file=sys.stderr)
        return int(settings.phone_id is None)
    return 0


def settings_of(environ: Mapping[str, str]) -> WhatsAppSettings:
    """WhatsApp's settings, as the gateway would read them; `SettingsError` when it is off."""
    environ = with_defaults(environ)
    settings = read_whatsapp({**read_secrets(secrets_path(environ, home_of(environ))), **environ})
    if settings is None:
        raise SettingsError("BOT_WHATSAPP_TOKEN is not set: Meta gives one, see docs/operating/whatsapp.md.")
    return settings


async def reached(settings: WhatsAppSettings) -> list[Number]:
    """The numbers that the token reaches; errors as `numbers`."""
    async with aclosing(Http()) as client:
        return await numbers(settings, client)


def told(error: NumberError | GraphError) -> str:
    """`error` in words for an operator."""
    return (
        str(error) if isinstance(error, NumberError) else f"Meta gives no answer now ({error}): try again later."
    )


def templates(args: argparse.Namespace) -> int:
    """0 when every set message is written out, else 2."""
    catalogue = load_catalogue(ROOT)
    wanted = args.languages or os.environ.get("BOT_LANGUAGES", "").split()
    try:
        languages = served(catalogue.languages, wanted, demo=not wanted)
        found = for_approval(catalogue, load_templates(ROOT / "locales" / TEMPLATES), languages)
    except (LanguagesError, TemplatesError) as error:
        print(f"bot whatsapp: {error}", file=sys.stderr)
        return 2
    for one in found:
        print(json.dumps(one, ensure_ascii=False))
    return 0
