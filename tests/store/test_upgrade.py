"""An upgrade while people write: version 0007 becomes the newest, and no message is lost or doubled."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from gateway_rig import START, Gateway, new_gateway
from sqlalchemy import Engine, delete, event, select, text
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.channel import Arrival, Text
from bot.conversation.content import as_kept
from bot.conversation.dialogue import Dialogue
from bot.conversation.erasing import erase_people
from bot.conversation.erasing_again import erase_again
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox
from bot.store.database import migrate, open_database, transaction
from bot.store.erased import ledger_of
from bot.store.models import Incoming, Person
from bot.store.schema import Schema, schema_of
from bot.store.sealing import lookup_hash, seal

OLD = "0007"
A_STATEMENT = 0.02  # seconds that each statement of the migration takes here, so that many write meanwhile


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    """A gateway of today over a database of version 0007."""
    url = f"sqlite:///{tmp_path / 'old.sqlite3'}"
    old = open_database(url)
    migrate(old, OLD)
    old.dispose()
    with new_gateway(tmp_path) as rig:
        database = open_database(url)
        means = replace(rig.means, database=database, settings=replace(rig.means.settings, database_url=url))
        yield replace(
            rig,
            means=means,
            inbox=Inbox(means),
            dialogue=Dialogue(means, rig.engine),
            outbox=Outbox(means, {"test": rig.channel}),
        )
        database.dispose()


def write_as_0007(gateway: Gateway, database: Engine, name: str) -> None:
    """What a gateway of version 0007 commits for the first message of someone, in its own columns."""
    settings = gateway.means.settings
    kept = {"content": as_kept(Text("hello")), "silent_minutes": None, "refused": 0}
    with database.begin() as connection:
        person = connection.execute(
            text(
                "INSERT INTO person (channel, address_key, address, conversation, turn, created_at, last_seen_at)"
                " VALUES ('test', :key, :address, :name, 0, :at, :at) RETURNING id"
            ),
            {
                "key": gateway.inbox.address_key("test", name),
                "address": seal(settings.field_key, name),
                "name": name,
                "at": str(START),
            },
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO incoming (channel, delivery_key, person_id, content, status, attempts,"
                " apologised, received_at, next_try_at)"
                " VALUES ('test', :key, :person, :content, 'waiting', 0, false, :at, :at)"
            ),
            {
                "key": lookup_hash(settings.lookup_key, "delivery", "test", name, "1"),
                "person": person,
                "content": seal(settings.field_key, kept),
                "at": str(START),
            },
        )


class Writing:
    """New people write until told to stop; what is refused is delivered again, as platforms do."""

    def __init__(self, gateway: Gateway, who: str) -> None:
        self.gateway, self.who = gateway, who
        self.kept: list[tuple[str, float]] = []  # who was acknowledged, and when
        self.refused = 0
        self.database = open_database(gateway.means.settings.database_url)  # as another process has
        self.inbox = Inbox(replace(gateway.means, database=self.database))

    def until(self, stop: threading.Event) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            self.deliver(f"{self.who}{number}")
            time.sleep(0.005)

    def deliver(self, name: str) -> None:
        while not self.is_taken(name):
            self.refused += 1
            time.sleep(0.01)
        self.kept.append((name, time.monotonic()))

    def is_taken(self, name: str) -> bool:
        try:
            if self.who == "old":
                write_as_0007(self.gateway, self.database, name)
            else:
                asyncio.run(self.inbox.receive("test", Arrival(name, "1", Text("hello"))))
        except SQLAlchemyError:
            return False
        return True


@contextmanager
def meanwhile(writers: list[Writing]) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=one.until, args=(stop,)) for one in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for one, thread in zip(writers, threads, strict=True):
            thread.join(30)
            one.database.dispose()


def test_whoever_writes_during_a_migration_is_answered_once(gateway: Gateway) -> None:
    old, new = Writing(gateway, "old"), Writing(gateway, "new")
    migrating = open_database(gateway.means.settings.database_url)
    event.listen(migrating, "before_cursor_execute", lambda *_: time.sleep(A_STATEMENT))
    with meanwhile([old, new]):
        time.sleep(0.3)  # only the old version can write
        began = time.monotonic()
        migrate(migrating)
        ended = time.monotonic()
        time.sleep(0.3)
    migrating.dispose()
    assert schema_of(gateway.means.database) is Schema.OK
    assert ended - began > 10 * A_STATEMENT
    assert [at for _, at in old.kept if at < began]
    assert [at for _, at in old.kept if at > ended]
    assert new.refused
    assert all(at > began for _, at in new.kept)

    asyncio.run(gateway.take_all())
    asyncio.run(gateway.send_all())
    wrote = {name for writer in (old, new) for name, _ in writer.kept}
    assert sorted(address for address, _ in gateway.channel.sent) == sorted(wrote)
    assert {row.status for row in gateway.rows(Incoming)} == {"done"}
    assert len(gateway.rows(Person)) == len(gateway.rows(Incoming)) == len(wrote)


def test_a_migration_that_is_cut_short_leaves_the_old_version_at_work(gateway: Gateway) -> None:
    old = Writing(gateway, "old")
    migrating = open_database(gateway.means.settings.database_url)

    def cut(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "passkey" in statement:  # in the middle: 0010
            raise KeyboardInterrupt

    event.listen(migrating, "before_cursor_execute", cut)
    old.deliver("old1")
    with pytest.raises(KeyboardInterrupt):
        migrate(migrating)
    migrating.dispose()
    old.deliver("old2")
    old.database.dispose()
    assert old.refused == 0
    with gateway.means.database.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == OLD
        assert connection.execute(text("SELECT count(*) FROM incoming")).scalar_one() == 2
    migrate(gateway.means.database)
    asyncio.run(gateway.take_all())
    assert {row.status for row in gateway.rows(Incoming)} == {"done"}


def test_of_those_whom_the_old_version_wrote_down_only_who_was_erased_is_erased_again(gateway: Gateway) -> None:
    database, ledger = gateway.means.database, ledger_of(gateway.means.settings)
    migrate(database)
    for name in ("erased", "stays"):
        write_as_0007(gateway, database, name)
    with transaction(database) as session:
        erase_people(session, ledger, [session.scalars(select(Person).order_by(Person.id)).all()[0]], START)
    with transaction(database) as session:  # as after a restore
        session.execute(delete(Incoming))
    write_as_0007(gateway, database, "erased")
    with transaction(database) as session:
        assert erase_again(session, ledger, START).people == 1
    assert [person.conversation for person in gateway.rows(Person)] == ["stays"]
