"""One process that bears gateways: all is imported and read once, so that a new life takes a moment, not seconds.

A line of JSON on its standard input is one `Life` and its environment; it answers with the process id, and with how that life ended.
A gateway born here is the product's own `main` in a process of its own; only the points of `chaos_points` differ.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from chaos_points import die_at

import bot.channels.telegram.pace as telegram_pace
import bot.conversation.apology as apologies
from bot import gateway
from bot.channels import offered
from bot.conversation import claims, outbox
from bot.keeping import backup
from bot.processes.tied import PR_SET_PDEATHSIG
from bot.settings import Settings, read_settings
from bot.store import database

HELD = 4.0  # seconds


@dataclass(frozen=True)
class Life:
    """What one process is to do, and where it dies by itself.

    `days`: its clock goes wrong by so many; `pages`: its database can be no larger (of 4096 bytes); `patience`: the
    seconds after which people hear that they have to wait.
    """

    program: str = "gateway"
    die_at: str | None = None
    times: int = 1
    days: float = 0
    pages: int | None = None
    patience: float | None = None


def main() -> None:
    """Bear one life for each line, until there is none."""
    # What is read from files at a start is read once, for all lives.
    for name in ("load_catalogue", "load_exit_words", "load_choice_words"):
        setattr(gateway, name, cache(getattr(gateway, name)))
    offered.load_templates = cache(offered.load_templates)
    for line in sys.stdin:
        asked = json.loads(line)
        warm(read_settings(asked["environ"]))
        child = os.fork()
        if child == 0:
            os.environ.update(asked["environ"])
            live(Life(**asked["life"]))
        tell(child)
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def warm(settings: Settings) -> None:
    """Have everything read that a gateway with these settings reads."""
    unused = database.open_database("sqlite://")
    offered.load_templates(gateway.make_means(settings, unused).catalogue.locales / offered.TEMPLATES)


def tell(number: int) -> None:
    print(number, flush=True)  # noqa: T201 - it is read by `chaos_world`


def live(life: Life) -> None:
    """Never returns."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(os.environ["CHAOS_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND), 1)
    os.dup2(1, 2)
    ended = 1
    try:
        prepare(life)
        PROGRAMS[life.program]()
        ended = 0
    except BaseException:  # noqa: BLE001 - it is told in the log, and the life is over
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended)


def prepare(life: Life) -> None:
    prepared = database._prepare_sqlite
    # A killed process loses nothing that the kernel has; what only a power cut loses is not looked at here.
    pragmas = ["synchronous=OFF", *([f"max_page_count={life.pages}"] if life.pages else [])]

    def prepare_sqlite(connection: Any, record: object) -> None:
        prepared(connection, record)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    database._prepare_sqlite = prepare_sqlite
    # People here write and read as fast as they can, which Telegram would not let us answer.
    telegram_pace.PER_CHAT = telegram_pace.IN_ALL = 0.0
    # What a dead process held is taken up by the next; a test waits for that less long.
    claims.LEASE = outbox.CLAIMED = timedelta(seconds=HELD)
    if life.patience is not None:
        apologies.PATIENCE = timedelta(seconds=life.patience)
    if life.days:
        gateway.now = lambda: database.now() + timedelta(days=life.days)
    if life.die_at is not None:
        die_at(life.die_at, life.times)


def run_migration() -> None:
    database.migrate(database.open_database(read_settings().database_url))


def run_backup() -> None:
    home = read_settings().home
    backup.make_backup(home / "bot.sqlite3", Path(os.environ["CHAOS_BACKUP"]), b"p" * 32, datetime(2026, 11, 22))  # noqa: DTZ001


PROGRAMS: Mapping[str, Callable[[], None]] = {
    "gateway": gateway.main,
    "migration": run_migration,
    "backup": run_backup,
}

if __name__ == "__main__":
    main()
