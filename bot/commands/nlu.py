"""Beside the message's way: `bot nlu` shows how well messages are understood (step 3), for who writes `nlu/`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.console.kept_settings import kept_settings
from bot.language.languages import LanguagesError, load_languages
from bot.processes.model import is_current, model_path
from bot.settings import ROOT
from bot.store.database import migrate, open_database, transaction
from bot.store.sealing import SealError
from bot.store.unclear import forget_unclear, kept_unclear
from bot.understanding.lately import added_lately
from bot.understanding.messages import Message, MessagesError, held_out, training
from bot.understanding.page import Made, Part, page, part
from bot.understanding.readings import read_all
from bot.understanding.unclear import as_lines

_READER = "nlu.engine.components.ContextReader"


def add_parser(subparsers: Any) -> None:
    """Adds `nlu` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "nlu",
        help="show what messages are taken for, and what was not understood",
        description="Shows how well the trained model understands messages whose intent is known, and "
        "messages that were not understood. More: CONTRIBUTING.md",
    )
    parser.set_defaults(run=run)
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    _add_confusion(steps)
    unclear = steps.add_parser(
        "unclear",
        help="print kept messages that were not understood, as YAML",
        description="Prints the messages that were not understood and that people let us keep, by language, "
        "without names, numbers and places. There are some only where BOT_KEEP_UNCLEAR is 1 (docs/operators.md).",
    )
    unclear.add_argument("--forget", action="store_true", help="delete them all instead")


def _add_confusion(steps: Any) -> None:
    confusion = steps.add_parser(
        "confusion",
        help="write a page with shares, heat maps and the worst pairs",
        description="Reads the held-out messages (tests/understanding) with the trained model and writes one "
        "HTML page: shares by language and script, what is taken for what, the worst pairs with their messages, "
        "and what was added to nlu/ lately. It trains nothing. About three minutes for all languages, with "
        "--training a quarter of an hour.",
    )
    confusion.add_argument(
        "--out", type=Path, default=ROOT / "var" / "confusion.html", metavar="FILE", help="default: %(default)s"
    )
    confusion.add_argument(
        "--language",
        action="append",
        default=[],
        metavar="CODE",
        help="only this language, e.g. bn (repeat for several; default: all that have held-out messages)",
    )
    confusion.add_argument(
        "--training", action="store_true", help="read the training messages too, and show them apart"
    )
    confusion.add_argument(
        "--models",
        type=Path,
        default=model_path(),
        metavar="FILE",
        help="the trained model (default: %(default)s)",
    )
    confusion.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """0 when it is done, 2 when messages or model are not there; `StartError` when the model cannot be read."""
    try:
        return _unclear(forget=args.forget) if args.step == "unclear" else _confusion(args)
    except (MessagesError, SealError, LanguagesError, yaml.YAMLError, OSError) as error:
        print(f"bot nlu {args.step}: {error}", file=sys.stderr)
        return 2


def unclear_limit(root: Path) -> float:
    """The probability below which readings are offered instead of answered, from `root`/config.yml."""
    steps = yaml.safe_load((root / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(float(step["unclear"]) for step in steps if step["name"] == _READER)


def _unclear(*, forget: bool) -> int:
    settings = kept_settings(os.environ)
    engine = open_database(settings.database_url)
    migrate(engine)
    with transaction(engine) as session:
        if forget:
            print(f"{forget_unclear(session)} deleted")
        else:
            print(as_lines(kept_unclear(session, settings.field_key)), end="")
    engine.dispose()
    return 0


def _confusion(args: argparse.Namespace) -> int:
    learned = training(args.root, args.language)
    sets = {"held_out": held_out(args.root, args.language)} | ({"training": learned} if args.training else {})
    if not args.models.is_file():
        raise MessagesError(f"there is no trained model at {args.models}; train one with `make train`.")
    trained_at = datetime.fromtimestamp(args.models.stat().st_mtime, UTC)
    now, unclear = datetime.now(UTC), unclear_limit(args.root)
    languages = load_languages(args.root / "locales" / "languages.yml")
    lately = added_lately(args.root, learned, now)
    parts = _parts(sets, args.models, unclear, languages)
    stale = args.models == model_path(args.root) and not is_current(args.root)
    made = Made(args.models.name, trained_at, now, unclear, stale)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(page(parts, lately, languages, made), encoding="utf-8")
    print(f"The page: {args.out}")
    return 0


def _parts(
    sets: Mapping[str, list[Message]], models: Path, unclear: float, languages: Mapping[str, Any]
) -> list[Part]:
    together = [message for messages in sets.values() for message in messages]
    print(f"Reading {len(together)} messages …", flush=True)
    readings = iter(read_all(together, models))  # all at once: to load the model takes longer than to read
    return [
        part(name, [next(readings) for _ in messages], languages, unclear) for name, messages in sets.items()
    ]  # fmt: skip
