"""Beside the message's way: `bot workshop`, where translators see every string in its place, on this machine."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import uvicorn

from bot.language.inspection import load_sources
from bot.settings import ROOT
from bot.workshop.app import create_app
from bot.workshop.asides import asides
from bot.workshop.paths import PATHS, PathsError, as_file
from bot.workshop.search import Search
from bot.workshop.seen import noting
from bot.workshop.stage import load_rehearsal, load_stage
from bot.workshop.unseen import load_reasons, unseen

LOOPBACK, PORT = "127.0.0.1", 8011


def add_parser(subparsers: Any) -> None:
    """Adds `workshop` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "workshop",
        help="see every string to translate in its place, as the phone shows it",
        description="Serves the translators' workshop to this machine's browser until Ctrl-C, and shows .po files "
        "as they are saved. More: docs/translating.md. With `paths` it computes anew the shortest talk to every "
        "string (bot/workshop/paths.yml), which takes a minute or two.",
    )
    parser.add_argument("step", nargs="?", choices=["serve", "paths"], default="serve", help="default: serve")
    parser.add_argument("--language", help="the language to open, e.g. bn")
    parser.add_argument("--port", type=int, default=PORT, help="default: %(default)s")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 at the end; 1 when a string has neither talk nor reason; 2 when the language or `paths.yml` is wrong."""
    if args.step == "paths":
        return _paths(args.root)
    try:
        stage = load_stage(args.root)
    except PathsError as error:
        print(f"bot workshop: {error}", file=sys.stderr)
        return 2
    codes = [language.code for language in stage.languages()]
    if args.language and args.language not in codes:
        print(f"«{args.language}» has no messages.po; choose from {', '.join(codes)}.", file=sys.stderr)
        return 2
    path = f"{args.language}/" if args.language else ""
    print(f"The workshop: http://{LOOPBACK}:{args.port}/{path} (Ctrl-C ends it)")
    uvicorn.run(create_app(stage), host=LOOPBACK, port=args.port, access_log=False, log_level="warning")
    return 0


def _paths(root: Path) -> int:
    sources, rehearsal = load_sources(root), load_rehearsal(root)
    catalogue = sources.catalogue
    wanted = {(entry.context, entry.english) for entry in sources.found}
    explained = unseen(catalogue, sources.found, load_reasons()).keys()
    search = Search(rehearsal, catalogue, noting(catalogue), asides(rehearsal.known, catalogue))
    found = search.shortest(wanted - explained)
    PATHS.write_text(as_file(found.values()), encoding="utf-8")
    print(f"{PATHS.name}: talks to {len(found)} of {len(wanted)} strings; {len(explained)} are seen by nobody.")
    missing = sorted(wanted - explained - found.keys())
    for context, english in missing:
        print(f"{context} «{english}»: no talk leads to it; say why in bot/workshop/unseen.yml.")
    return 1 if missing else 0
