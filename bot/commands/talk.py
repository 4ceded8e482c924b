"""`bot talk`: a whole conversation in this terminal, over a database that is gone afterwards."""

from __future__ import annotations

import argparse
import asyncio
import base64
import logging
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, aclosing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from bot.channels.terminal import ADDRESS, LIMITS, Terminal
from bot.conversation.apology import Apologies
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.leaving import bare_person
from bot.conversation.means import Means
from bot.conversation.outbox import Outbox
from bot.conversation.turn_engine import HttpTurnEngine
from bot.gateway import make_means, quiet_logs
from bot.http import Http
from bot.processes.engine import Engine, running_engine
from bot.referrals.offices import ensure_offices
from bot.settings import Settings, read_settings
from bot.store.database import migrate, open_database, transaction
from bot.store.models import Incoming
from bot.store.sealing import seal

WAIT = 0.3  # seconds between tries while the engine is away
KEYS = ("BOT_FIELD_KEY", "BOT_LOOKUP_KEY", "BOT_CONSOLE_KEY")


def add_parser(subparsers: Any) -> None:
    """Adds `talk` to the sub-commands of `bot`."""
    parser = subparsers.add_parser(
        "talk",
        help="write to the bot in this terminal",
        description="Starts Rasa and the actions (or uses those at --turn-url, with BOT_TURN_SECRET from the "
        "environment), and talks over a temporary database with throw-away keys. Buttons have numbers: type one "
        "to press it, anything else to write it. Ctrl-D ends, and deletes everything.",
    )
    parser.add_argument("--language", default=None, help="begin in this language, e.g. fa; else the bot asks")
    parser.add_argument("--turn-url", default=None, help="use a running turn engine, e.g. http://127.0.0.1:5005")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 at the end of the talk; 2 when the language is not offered."""
    quiet_logs()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bot-talk-")))
        engine = stack.enter_context(_engine(args.turn_url, home))
        means = stack.enter_context(temporary_means(home, engine))
        if args.language and args.language not in means.languages:
            print(f"«{args.language}» is not offered; choose from {', '.join(means.languages)}.", file=sys.stderr)
            return 2
        asyncio.run(talk(means, args.language))
    return 0


@contextmanager
def _engine(turn_url: str | None, home: Path) -> Iterator[Engine]:
    if turn_url:
        yield Engine(turn_url.rstrip("/"), os.environ.get("BOT_TURN_SECRET", ""))
        return
    with running_engine(home, lambda line: print(line, file=sys.stderr)) as engine:
        yield engine


@contextmanager
def temporary_means(home: Path, engine: Engine) -> Iterator[Means]:
    """A gateway's means over a new database in `home`, with keys made for this once and every office ready."""
    environ = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in KEYS}
    environ |= {"BOT_HOME": str(home), "BOT_DEMO": "1", "BOT_TURN_URL": engine.turn_url}
    environ |= {"BOT_TURN_SECRET": engine.turn_secret or "none", "BOT_ACTION_SECRET": "none"}
    settings: Settings = read_settings(environ, console=True)
    database = open_database(settings.database_url)
    try:
        migrate(database)
        means = make_means(settings, database)
        with transaction(database) as session:
            active = [office.id for office in means.catalogue.offices.by_id.values() if office.active]
            ensure_offices(session, active, settings.console_key or b"")
        yield replace(means, limits={"terminal": LIMITS})
    finally:
        database.dispose()


async def talk(means: Means, language: str | None) -> None:
    """Read lines until there are no more; after each, take the turn and print what comes of it."""
    inbox = Inbox(means)
    terminal = Terminal(inbox, print)
    async with aclosing(Http()) as client:
        dialogue = Dialogue(means, HttpTurnEngine(means.settings, client))
        outbox = Outbox(means, {terminal.name: terminal})
        if language:
            _begin_in(means, inbox, terminal.name, language)
        line: str | None = "start"
        while line is not None:
            await terminal.typed(line)
            await _answer(means, dialogue, outbox)
            line = await asyncio.to_thread(_read_line)


async def _answer(means: Means, dialogue: Dialogue, outbox: Outbox) -> None:
    while True:
        while await dialogue.take_one() or await outbox.send_one():
            pass
        if not await asyncio.to_thread(_waits, means):
            return
        await asyncio.to_thread(Apologies(means).apologise)
        await asyncio.sleep(WAIT)


def _waits(means: Means) -> bool:
    with transaction(means.database) as session:
        return session.scalar(select(Incoming.id).where(Incoming.status == "waiting").limit(1)) is not None


def _begin_in(means: Means, inbox: Inbox, channel: str, language: str) -> None:
    at = means.clock()
    with transaction(means.database) as session:
        address = seal(means.settings.field_key, ADDRESS)
        person = bare_person(session, channel, inbox.address_key(channel, ADDRESS), address, at)
        person.language = language


def _read_line() -> str | None:
    print("\n> ", end="", flush=True)
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None
