"""What `console.py` measures: a database with as many referrals as it is asked for, made in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, cast

from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy import Table as SqlTable

from bot.console.officers import add_officer
from bot.console.passwords import Passwords
from bot.console.sessions import start_session
from bot.referrals.content import seal_content
from bot.referrals.offices import ensure_offices
from bot.referrals.states import NOT_ENDED
from bot.settings import Settings
from bot.store.database import transaction
from bot.store.models import Consent, Office, Person, Referral, Table
from bot.store.sealing import seal

AT = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- as the tables keep it
MINE, OTHER = "TH-BKK", "TH-MSO"
RARE = 2  # the number of the one referral in a language that no other is in
BATCH = 10_000  # rows inserted at once
# Most are over; what is open is what people work on.
STATES = ("closed",) * 16 + ("new", "accepted", "waiting", "contacted")

Row = dict[str, Any]


def reference(number: int) -> str:
    """The code of the referral with this number; codes of numbers in order are in no order."""
    mixed = f"{number * 7_919 % 100_000_007:08d}"
    return f"{mixed[:4]}-{mixed[4:]}"


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
    address = seal(settings.field_key, "66812345678")
    indexes = cast(SqlTable, Referral.__table__).indexes  # made once all is there, which is quicker by far
    with engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
        for numbers in batched(range(1, size + 1), BATCH):
            add(connection, Person, [person(one, address) for one in numbers if state(one) in NOT_ENDED])
            add(connection, Referral, [referral(one, sealed) for one in numbers])
        for index in indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    return cookie


def add(connection: Connection, table: type[Table], rows: Sequence[Row]) -> None:
    """The rows added, by the quickest way that the database has; all are of the same columns."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.__tablename__} ({', '.join(rows[0])}) FROM STDIN") as copy:  # type: ignore[attr-defined]
        for row in rows:
            copy.write_row(tuple(row.values()))


def state(number: int) -> str:
    """The state of the referral with this number."""
    return STATES[number // 2 % len(STATES)]


def person(number: int, address: bytes) -> Row:
    """Whoever sent the referral with this number: half of them write under a telephone number."""
    return {
        "id": number,
        "channel": ("whatsapp", "telegram")[number // 4 % 2],
        "address_key": f"{number}",
        "address": address,
        "conversation": f"{number}",
        "turn": 1,
        "created_at": moment(number),
        "last_seen_at": moment(number),
    }


def referral(number: int, sealed: Mapping[str, Sequence[tuple[bytes, bytes | None]]]) -> Row:
    """The row of one referral: they came one a minute, the latest last."""
    office, status, kind = (OTHER, MINE)[number % 2 == 0], state(number), number // 2 % 8
    whole, contact = sealed[office][kind]
    created, is_open = moment(number), status in NOT_ENDED
    return {
        "id": number,
        "reference": reference(number),
        "programme": "avrr",
        "person_id": number if is_open else None,
        "office_id": office,
        "consent_id": 1,
        "language": "my" if number == RARE else ("fa", "ar", "bn", "en")[number // 2 % 4],
        "status": status,
        "open": is_open,
        "priority": kind == 0,
        "taken_by": None if status == "new" else 1,
        "sealed": whole,
        "contact": contact,
        "created_at": created,
        "changed_at": created,
        "due_at": created + timedelta(days=3) if status == "new" else None,
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
