"""What an officer waits for as the referrals grow: the list, a narrowed list, a search, and one referral opened.

Every request goes through the whole console, signed in, on SQLite in a file; half of all referrals are at the
office that asks. `python bench/console.py 1000 100000` prints one table; without numbers it is 1,000, 100,000 and
1,000,000.
"""

from __future__ import annotations

import asyncio
import base64
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, insert
from starlette.applications import Starlette

from bot.console.app import create_app
from bot.console.officers import add_officer
from bot.console.passwords import Passwords
from bot.console.sessions import start_session
from bot.referrals.content import seal_content
from bot.referrals.offices import ensure_offices
from bot.referrals.states import NOT_ENDED
from bot.settings import Settings, read_settings
from bot.store.database import migrate, open_database, transaction
from bot.store.models import Consent, Office, Referral

SIZES = (1_000, 100_000, 1_000_000)
TIMES = 60  # requests of each kind
BATCH = 10_000  # rows inserted at once
AT = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- as the tables keep it
MINE, OTHER = "TH-BKK", "TH-MSO"
# Most are over; what is open is what people work on.
STATES = ("closed",) * 16 + ("new", "accepted", "waiting", "contacted")


def main() -> int:
    """Prints one table."""
    sizes = [int(one) for one in sys.argv[1:]] or SIZES
    print("| referrals | " + " | ".join(f"{name}, p50 / p95 ms" for name in ASKED) + " |")
    print("|---|" + "---|" * len(ASKED))
    for size in sizes:
        with tempfile.TemporaryDirectory() as home:
            times = measure(Path(home), size)
        cells = [f"{statistics.median(one):.0f} / {percentile(one, 95):.0f}" for one in times.values()]
        print(f"| {size:,} | " + " | ".join(cells) + " |", flush=True)
    return 0


def measure(home: Path, size: int) -> Mapping[str, list[float]]:
    """Milliseconds of each request, by what was asked."""
    settings = make_settings(home)
    engine = open_database(settings.database_url)
    migrate(engine)
    cookie = fill(engine, settings, size)
    app = create_app(settings, engine, clock=lambda: AT)
    times = asyncio.run(ask(app, cookie, size))
    engine.dispose()
    return times


def reference(number: int) -> str:
    """The code of the referral with this number; codes of numbers in order are in no order."""
    mixed = f"{number * 7_919 % 100_000_007:08d}"
    return f"{mixed[:4]}-{mixed[4:]}"


# What is asked, by name, with the number of a referral of this office.
ASKED: Mapping[str, Callable[[int], str]] = {
    "list, new": lambda _: "/",
    "list, closed, a page on": lambda number: f"/?tab=closed&after=0_{moment(number).isoformat()}_{number}",
    "list, overdue": lambda _: "/?tab=overdue&sort=due",
    "narrowed to a flag": lambda _: "/?tab=closed&flag=trained_worker",
    "search by code": lambda number: f"/search?reference={reference(number)}",
    "open one": lambda number: f"/referrals/{reference(number)}",
}


async def ask(app: Starlette, cookie: str, size: int) -> Mapping[str, list[float]]:
    """Each kind of request `TIMES` times, the kinds by turns."""
    chance = random.Random(1)
    times: dict[str, list[float]] = {name: [] for name in ASKED}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
        for _ in range(TIMES):
            for name, path in ASKED.items():
                number = chance.randrange(size // 2) * 2 + 2  # those of even numbers are this office's
                start = time.perf_counter()
                answer = await client.get(path(number), headers={"cookie": f"console={cookie}"})
                times[name].append((time.perf_counter() - start) * 1000)
                if answer.status_code not in {200, 303}:
                    raise RuntimeError(f"{name} answered {answer.status_code}.")
    return times


def fill(engine: Engine, settings: Settings, size: int) -> str:
    """`size` referrals at two offices; the cookie of an officer of one of them."""
    key = settings.console_key or b""
    with transaction(engine) as session:
        ensure_offices(session, [MINE, OTHER], key)
        add_officer(
            session, key, Passwords(), login="bench", display_name="Bench", office_id=MINE, language="en", at=AT
        )
        session.flush()
        cookie = start_session(session, 1, AT, None)
        session.add(Consent(id=1, conversation="bench", language="en", wording="", given_at=AT))
        publics = {one: session.get_one(Office, one).public_key for one in (MINE, OTHER)}
    # Sealing a million would take most of the time: a few are sealed, and many rows hold the same.
    sealed = {
        office: [seal_content(public, content(kind)) for kind in range(8)] for office, public in publics.items()
    }
    rows: list[dict[str, Any]] = []
    for row in make_rows(size, sealed):
        rows.append(row)
        if len(rows) == BATCH or row["id"] == size:
            with engine.begin() as connection:
                connection.execute(insert(Referral), rows)
            rows = []
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    return cookie


def make_rows(size: int, sealed: Mapping[str, list[tuple[bytes, bytes | None]]]) -> Iterator[dict[str, Any]]:
    """The rows of `size` referrals, one a minute, the latest last."""
    for number in range(1, size + 1):
        office, state, kind = (OTHER, MINE)[number % 2 == 0], STATES[number // 2 % len(STATES)], number // 2 % 8
        whole, contact = sealed[office][kind]
        created = moment(number)
        yield {
            "id": number,
            "reference": reference(number),
            "programme": "avrr",
            "office_id": office,
            "consent_id": 1,
            "language": ("fa", "ar", "bn", "en")[number // 2 % 4],
            "status": state,
            "open": state in NOT_ENDED,
            "priority": kind == 0,
            "taken_by": None if state == "new" else 1,
            "sealed": whole,
            "contact": contact,
            "created_at": created,
            "changed_at": created,
            "due_at": created + timedelta(days=3) if state == "new" else None,
        }


def moment(number: int) -> datetime:
    """When the referral with this number came."""
    return AT - timedelta(days=720) + timedelta(minutes=number)


def content(kind: int) -> dict[str, Any]:
    """A referral's content; one kind of eight is a child's, another wants a trained worker."""
    flags = {0: ["child", "priority"], 1: ["trained_worker"]}.get(kind, ["unhcr"])
    return {
        "outcome": "COUNSELLOR",
        "reasons": [],
        "flags": flags,
        "answers": {"age": "adult", "country_now": "TH", "fear_of_return": "unsure"},
        "criteria_version": "bench",
        "contact": {"way": "call", "number": f"+6623439{kind:03d}", "time": "any", "style": []},
    }


def make_settings(home: Path) -> Settings:
    """Settings of a console alone."""
    keys = ("BOT_FIELD_KEY", "BOT_LOOKUP_KEY", "BOT_CONSOLE_KEY")
    return read_settings(
        {
            "BOT_HOME": str(home),
            "BOT_TURN_SECRET": "bench",
            "BOT_ACTION_SECRET": "bench",
            "BOT_OPERATOR": "bench",
            **{name: base64.b64encode(name.encode().ljust(32)[:32]).decode() for name in keys},
        },
        console=True,
    )


def percentile(values: list[float], percent: int) -> float:
    """The value that `percent` of them do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


if __name__ == "__main__":
    raise SystemExit(main())
