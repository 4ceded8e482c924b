"""One process that bears gateways: all is imported and read once, so that a new life takes a moment, not seconds.

A line of JSON on its standard input is one `Life` and its environment; it answers with the process id, and with
how that life ended. A gateway born here is the product's own `main` in a process of its own; what differs is in
`prepare`.
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

from chaos_points import die_at

import bot.channels.telegram.pace as telegram_pace
import bot.conversation.apology as apologies
from bot import gateway
from bot.channels import offered
from bot.conversation import claims, outbox
from bot.conversation.inbox import Inbox
from bot.http import Http
from bot.keeping import backup
from bot.processes.tied import PR_SET_PDEATHSIG
from bot.settings import Settings, read_settings
from bot.store import database

HELD = 4.0  # seconds


@dataclass(frozen=True)
class Life:
    """What one process is to do, and where it dies by itself.

    `days`: its clock goes wrong by so many; `pages`: its database can be no larger (of 4096 bytes); `patience`:
    the seconds after which people hear that they have to wait. `hurried`: nothing waits for the disk, and
    what a dead process held is free soon.
    """

    program: str = "gateway"
    die_at: str | None = None
    times: int = 1
    days: float = 0
    pages: int | None = None
    patience: float | None = None
    hurried: bool = True


READ_AT_START = (
    (gateway, ("load_catalogue", "load_exit_words", "load_choice_words")),
    (offered, ("load_templates",)),
)


def main() -> None:
    """Bear one life for each line, until there is none."""
    # What is read from files at a start is read once, for all lives.
    for module, names in READ_AT_START:
        for name in names:
            setattr(module, name, cache(getattr(module, name)))
    warmed = False
    for line in sys.stdin:
        asked = json.loads(line)
        if not warmed:
            warm(read_settings(asked["environ"]))
            warmed = True
        child = os.fork()
        if child == 0:
            os.environ.update(asked["environ"])
            live(Life(**asked["life"]))
        tell(child)
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def warm(settings: Settings) -> None:
    """Have everything read that a gateway with these settings reads."""
    means = gateway.make_means(settings, database.open_database("sqlite://"))
    offered.messengers(Inbox(means), means, Http())


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
    pragmas = [f"max_page_count={life.pages}"] * bool(life.pages) + ["synchronous=OFF"] * life.hurried

    def prepare_sqlite(connection: object, _record: object) -> None:
        prepared(connection, _record)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]

    database._prepare_sqlite = prepare_sqlite
    # People here write and read as fast as they can, which Telegram would not let us answer.
    telegram_pace.PER_CHAT = telegram_pace.IN_ALL = 0.0
    if life.hurried:
        claims.LEASE = outbox.CLAIMED = timedelta(seconds=HELD)
    if life.patience is not None:
        apologies.PATIENCE = timedelta(seconds=life.patience)
    if life.days:
        setattr(gateway, "now", lambda: database.now() + timedelta(days=life.days))  # noqa: B010 - not exported
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
