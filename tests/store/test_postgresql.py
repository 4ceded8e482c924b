"""The core of the store on a PostgreSQL of its own, where several write at once; other tests have SQLite."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import uuid4

import httpx
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from gateway_rig import START, Gateway, new_gateway
from postgresql_server import everywhere, of, postgresql
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session
from turns import Answer, FakeEngine, Recorder, count_turns

from bot.channels.channel import Arrival, Text
from bot.console.app import create_app
from bot.console.sessions import start_session
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox
from bot.conversation.purge import KEPT, Purge
from bot.referrals import lifecycle
from bot.referrals.audit import append_audit, verify
from bot.referrals.intake import apply_referral
from bot.referrals.queue import SORTS, TABS, Wish, list_referrals
from bot.store.database import MIGRATIONS, migrate, open_database, transaction
from bot.store.models import (
    Consent,
    Incoming,
    Office,
    Officer,
    Outgoing,
    Person,
    Referral,
    ReferralEvent,
    Table,
)
from bot.store.sealing import new_office_keys, unseal
from bot.store.tally import Tally

pytestmark = pytest.mark.network  # it listens on a socket file alone
CONSOLE_KEY = b"c" * 32
OFFICE = "TH-BKK"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def migrated(server: str) -> str:
    """The name of a database that the migrations made, to be copied."""
    with everywhere(server) as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))  # nothing here outlives the machine
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE migrated"))
    engine = open_database(of(server, "migrated"))
    migrate(engine)
    engine.dispose()
    return "migrated"


@pytest.fixture
def url(server: str, migrated: str) -> Iterator[str]:
    """A database of the newest version in which nothing is."""
    name = f"t{uuid4().hex}"
    with everywhere(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {migrated}"))
        yield of(server, name)
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def gateway(url: str, tmp_path: Path) -> Iterator[Gateway]:
    """Two officers are at the office whose key the console can open."""
    with new_gateway(tmp_path, url) as made:
        with transaction(made.means.database) as session:
            office = session.get_one(Office, OFFICE)
            office.public_key, office.private_key = new_office_keys(CONSOLE_KEY)
            for number in (1, 2):
                login = f"officer{number}"
                officer = Officer(
                    office_id=OFFICE, login=login, display_name=login, password_hash="", totp_secret=b""
                )
                session.add(officer)
                session.flush()
        yield made


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gives or raises when all start in one moment."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        together.wait(timeout=10)
        try:
            return act()
        except Exception as error:  # noqa: BLE001 -- it is the test's to judge
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def send(gateway: Gateway, references: Sequence[str], **content: Any) -> None:
    whole = {
        "outcome": "COUNSELLOR",
        "answers": {"age": "adult"},
        "flags": [],
        "criteria_version": "2026-11-22",
        "contact": {"way": "call", "number": "+66 2 343 9300", "time": "any", "style": []},
    }
    for reference in references:
        with transaction(gateway.means.database) as session:
            person = Person(
                channel="test",
                address_key=reference,
                address=b"sealed",
                conversation=reference,
                created_at=START,
                last_seen_at=START,
            )
            session.add(person)
            session.flush()
            effect = {"effect": "refer", "office": OFFICE, "reference": reference, "content": whole | content}
            assert apply_referral(session, gateway.means.settings, person, effect, "ab" * 32, START)


def count(gateway: Gateway, table: type[Table]) -> int:
    with Session(gateway.means.database) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_migrations_go_up_down_and_up_and_make_the_models_tables(url: str) -> None:
    engine = open_database(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    for go, version in ((command.downgrade, "base"), (command.upgrade, "head")):
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            go(config, version)
            if version == "base":
                assert inspect(connection).get_table_names() == ["alembic_version"]
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()
    assert differences == []


def test_of_two_officers_who_take_a_referral_at_once_one_has_it(gateway: Gateway) -> None:
    send(gateway, ["K7PM-2QXD"])

    def take(number: int) -> Callable[[], None]:
        def act() -> None:
            with transaction(gateway.means.database) as session:
                lifecycle.accept(session, 1, session.get_one(Officer, number), f"key{number}", START)
                append_audit(session, "accepted", "K7PM-2QXD", START, number)

        return act

    told = at_once(take(1), take(2))
    assert sorted(type(one).__name__ for one in told) == ["NoneType", "TakenError"]
    with Session(gateway.means.database) as session:
        assert session.get_one(Referral, 1).taken_by == told.index(None) + 1


def test_acts_at_once_are_one_chain_and_one_count(gateway: Gateway) -> None:
    def work(name: str) -> Callable[[], None]:
        def act() -> None:
            send(gateway, [f"{name}-{number}" for number in range(5)])
            for number in range(10):
                with transaction(gateway.means.database) as session:
                    append_audit(session, "read", f"{name}-{number}", START)

        return act

    assert at_once(work("A"), work("B")) == [None, None]
    with Session(gateway.means.database) as session:
        checked = verify(session)
        sent = session.scalars(select(Tally.count).where(Tally.kind == "sent")).all()
    assert (checked.rows, checked.broken_at) == (30, None)  # 10 of them sent
    assert sent == [10]


def test_a_person_sends_one_open_referral_however_quick(gateway: Gateway) -> None:
    send(gateway, ["AAAA-2222"])
    effect = {"effect": "refer", "office": OFFICE, "reference": "", "content": {}}
    effect["content"] = {"outcome": None, "answers": {}, "criteria_version": "1"}
    with transaction(gateway.means.database) as session:
        session.get_one(Referral, 1).open = False

    def again(reference: str) -> Callable[[], bool]:
        def act() -> bool:
            with transaction(gateway.means.database) as session:
                person = session.get_one(Person, 1)
                asked = {**effect, "reference": reference}
                return apply_referral(session, gateway.means.settings, person, asked, "", START) is not None

        return act

    assert sorted(map(str, at_once(again("BBBB-2222"), again("CCCC-2222")))) == ["False", "True"]
    assert count(gateway, Consent) == 2  # of the closed one, and of the one that was quicker


def test_a_delivery_that_comes_twice_at_once_is_stored_and_answered_once(gateway: Gateway) -> None:
    arrival = Arrival("a", "one", Text("hello"))
    stored = at_once(*[lambda: asyncio.run(gateway.inbox.receive("test", arrival))] * 4)
    assert sorted(map(str, stored)) == ["False", "False", "False", "True"]
    asyncio.run(gateway.take_all())
    asyncio.run(gateway.send_all())
    assert [row.status for row in gateway.rows(Incoming)] == ["done"]
    assert [status for status, _ in gateway.queued()] == ["sent"] * len(gateway.channel.sent) != []
    assert count(gateway, Person) == 1


class Killed(BaseException):
    """As a process ends that is killed: nothing hears of it."""


def beside(gateway: Gateway) -> Gateway:
    """A second one on the same database, with an engine and a channel of its own."""
    means = replace(gateway.means, database=open_database(gateway.means.settings.database_url))
    engine, channel = FakeEngine(), Recorder()
    outbox = Outbox(means, {"test": channel})
    return Gateway(means, Inbox(means), Dialogue(means, engine), outbox, engine, channel, gateway.clock)


def dies_at(turn: int) -> Callable[[Mapping[str, Any]], Answer]:
    """An engine's answer; the process it is for is killed in the turn of that number."""
    turns = iter(range(1, turn + 1))

    def answer(request: Mapping[str, Any]) -> Answer:
        if next(turns) == turn:
            raise Killed
        return count_turns(request)

    return answer


async def work(gateway: Gateway, hands: int = 4) -> None:
    """Take and send beside one another until nothing is free to be taken or sent."""

    async def one() -> None:
        while await gateway.dialogue.take_one() or await gateway.outbox.send_one():
            pass

    await asyncio.gather(*(one() for _ in range(hands)))


def test_of_two_gateways_one_is_killed_and_each_message_is_answered_once_in_order(gateway: Gateway) -> None:
    other, people, written = beside(gateway), [f"p{number}" for number in range(8)], [*"abcde"]
    gateway.engine.answer, other.engine.answer = count_turns, dies_at(6)
    for words in written:
        for person in people:
            asyncio.run(gateway.bring(words, address=person))

    def both() -> list[object]:
        return at_once(*[partial(asyncio.run, work(one)) for one in (gateway, other)])

    with pytest.raises(Killed):
        both()
    gateway.clock.forward(seconds=61)  # what it had in its hands is free now
    other.engine.answer = count_turns
    while any(row.status == "waiting" for table in (Incoming, Outgoing) for row in gateway.rows(table)):
        assert both() == [None, None]
    other.means.database.dispose()
    states = [unseal(gateway.means.settings.field_key, person.state) for person in gateway.rows(Person)]
    assert states == [{"seen": written}] * len(people)
    assert [person.turn for person in gateway.rows(Person)] == [len(written)] * len(people)
    sent = Counter(address for address, _ in (*gateway.channel.sent, *other.channel.sent))
    assert sent == dict.fromkeys(people, len(written))
    assert min(len(one.channel.sent) for one in (gateway, other)) > 0


def test_every_page_of_the_queue_is_shown(gateway: Gateway) -> None:
    send(gateway, [f"AAAA-{number}" for number in range(60)], flags=["unhcr"])
    send(gateway, ["BBBB-1"], flags=["child"])
    later = START + timedelta(days=30)
    with transaction(gateway.means.database) as session:
        cookie = start_session(session, 1, later, None)
    settings = replace(gateway.means.settings, console_key=CONSOLE_KEY)
    app = create_app(settings, gateway.means.database, clock=lambda: later)

    async def ask(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
            return await client.get(path, headers={"cookie": f"console={cookie}"})

    paths = [f"/?tab={tab}&sort={sort}" for tab in TABS for sort in SORTS]
    paths += ["/?tab=new&flag=child&language=en", "/queue/changes?since=1", "/referrals/BBBB-1", "/healthz"]
    assert {path: asyncio.run(ask(path)).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert asyncio.run(ask("/search?reference=bbbb-1")).status_code == 303
    page = asyncio.run(ask("/?tab=overdue")).text
    assert page.index("BBBB-1") < page.index("AAAA-59")
    with Session(gateway.means.database) as session:
        officer, wish, after, seen = session.get_one(Officer, 1), Wish("overdue", "due"), None, set()
        while True:
            found = list_referrals(session, officer, wish, later, after)
            seen |= {one.id for one in found.referrals}
            if (after := found.after) is None:
                break
    assert len(seen) == 61


def test_what_is_over_goes(gateway: Gateway) -> None:
    send(gateway, ["AAAA-2222", "BBBB-2222"])
    with transaction(gateway.means.database) as session:
        officer = session.get_one(Officer, 1)
        lifecycle.accept(session, 1, officer, "1", START)
        lifecycle.close(session, 1, officer, "helped", "2", START)
    asyncio.run(gateway.talk("hello"))
    purge = Purge(gateway.means)
    assert purge.forget(START + KEPT) > 0
    assert [person.id for person in gateway.rows(Person)] == [2]  # who waits for an office
    with Session(gateway.means.database) as session:
        kept = timedelta(days=session.get_one(Office, OFFICE).kept_days)
    assert purge.forget_referrals(START + kept - timedelta(seconds=1)) == 0
    assert purge.forget_referrals(START + kept) == 1
    assert [count(gateway, table) for table in (Referral, Consent)] == [1, 1]
    assert {row.referral_id for row in gateway.rows(ReferralEvent)} == {2}
