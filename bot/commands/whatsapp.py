"""Beside the message's way: `bot whatsapp` writes out what an operator gives to Meta."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

from bot.language.catalogue import load_catalogue
from bot.language.languages import LanguagesError, served
from bot.language.templates import TEMPLATES, TemplatesError, for_approval, load_templates
from bot.settings import ROOT


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


def run(args: argparse.Namespace) -> int:
    """Runs `bot whatsapp`."""
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
