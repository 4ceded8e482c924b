"""Beside the message's way: `bot train` makes the model that step 3 reads messages with."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from typing import Any

from bot.processes.model import check_model, is_current, train
from bot.processes.preflight import check_disk, check_environments
from bot.processes.roster import log_path
from bot.settings import ROOT


def add_parser(subparsers: Any) -> None:
    """Adds `train` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "train",
        help="train the model, if anything it learns from has changed",
        description="Trains the model from config.yml, domain.yml, nlu/, stories/ and locales/*/words.yml, some "
        "minutes the first time and about one later, unless the one in models/ was already made of these files as "
        "they are. A bot that is running takes the new model at its next start.",
    )
    parser.add_argument("--force", action="store_true", help="train even if nothing has changed")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the model is current; a failure is a `StartError`."""
    home = Path(os.environ.get("BOT_HOME", ROOT / "var")).resolve()
    check_environments()
    check_disk(home)
    train_if_stale(home, force=args.force)
    return 0


def train_if_stale(home: Path, *, force: bool = False) -> None:
    """Trains when the model is missing or stale, or `force`; says what it does and how long it took.

    `StartError` when the model there is current, and not the file that was trained.
    """
    if is_current() and not force:
        check_model()
        say("model     is current")
        return
    log = log_path(home, "train")
    say(f"model     training, some minutes the first time, then about one (log: {log})")
    began = time.monotonic()
    train(os.environ, log, say)
    say(f"model     trained in {time.monotonic() - began:.0f} s")


def say(line: str) -> None:
    """One line for whoever started this, at once, even into a pipe."""
    print(line, flush=True)
