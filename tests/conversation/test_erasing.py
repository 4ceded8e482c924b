"""Whichever way a person is erased, a backup from before does not bring them back."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from gateway_rig import Gateway
from test_leaving import refer
from turns import says

from bot.conversation.erasing_again import ErasedAgain, erase_again
from bot.conversation.means import Means
from bot.conversation.purge import Purge
from bot.referrals.audit import verify
from bot.store.database import open_database, transaction
from bot.store.erased import Ledger, ledger_of
from bot.store.models import Consent, Incoming, Outgoing, Person, Referral, ReferralEvent

Way = Callable[[Gateway], Awaitable[None]]


async def erased_by_the_word(gateway: Gateway) -> None:
    gateway.engine.answer = says("erased", do=[{"effect": "erase"}])
    await gateway.talk("erase everything")


async def left(gateway: Gateway) -> None:
    await gateway.talk("quit")


async def page_left(gateway: Gateway) -> None:
    await gateway.inbox.leave("test", "a")


async def silent_for_a_day(gateway: Gateway) -> None:
    gateway.clock.forward(days=1)
    Purge(gateway.means).forget(gateway.clock())


async def withdrawn(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain", do=[{"effect": "withdraw"}])
    await gateway.talk("take it back")


def backed_up(gateway: Gateway, folder: Path) -> Means:
    """Means over a copy of the database as it stands, which is what a restored backup is."""
    with closing(sqlite3.connect(gateway.means.settings.home / "test.sqlite3")) as source:
        source.execute("VACUUM INTO ?", [str(folder / "old.sqlite3")])
    return replace(gateway.means, database=open_database(f"sqlite:///{folder / 'old.sqlite3'}"))


def restored(gateway: Gateway, old: Means) -> tuple[Gateway, ErasedAgain]:
    with transaction(old.database) as session:
        done = erase_again(session, ledger_of(old.settings), gateway.clock())
    with transaction(old.database) as session:
        assert erase_again(session, ledger_of(old.settings), gateway.clock()) == ErasedAgain(0, 0, 0, 0)
        assert verify(session).broken_at is None
    return replace(gateway, means=old), done


@pytest.mark.parametrize(
    ("way", "people"), [(erased_by_the_word, 1), (left, 1), (page_left, 1), (silent_for_a_day, 2)]
)
def test_a_talk_that_was_erased_does_not_come_back(
    gateway: Gateway, tmp_path: Path, way: Way, people: int
) -> None:
    async def scene() -> Means:
        await gateway.talk("hello")
        await gateway.talk("somebody else", address="b")
        await gateway.bring("a message that waits")
        old = backed_up(gateway, tmp_path)
        await way(gateway)
        return old

    again, done = restored(gateway, asyncio.run(scene()))
    assert done == ErasedAgain(people, talks=0, referrals=0, contacts=0)
    assert {row.content for row in again.rows(Incoming) if row.person_id is None} == {None}
    assert len(again.rows(Person)) == len(again.rows(Outgoing)) == 2 - people
    again.means.database.dispose()


@pytest.mark.parametrize(("way", "expected"), [(erased_by_the_word, (1, 0, 1, 0)), (withdrawn, (0, 0, 0, 1))])
def test_a_referral_taken_back_does_not_come_back(
    gateway: Gateway,
    tmp_path: Path,
    way: Way,
    expected: tuple[int, int, int, int],
) -> None:
    async def scene() -> Means:
        await refer(gateway)
        old = backed_up(gateway, tmp_path)
        await way(gateway)
        return old

    again, done = restored(gateway, asyncio.run(scene()))
    assert done == ErasedAgain(*expected)
    if way is withdrawn:
        (referral,) = again.rows(Referral)
        assert (referral.status, referral.open, referral.contact) == ("withdrawn", False, None)
    else:
        assert [again.rows(table) for table in (Person, Referral, ReferralEvent, Consent)] == [[], [], [], []]
    again.means.database.dispose()


def test_left_and_then_erased_everything_goes(gateway: Gateway, tmp_path: Path) -> None:
    async def scene() -> Means:
        await refer(gateway)
        old = backed_up(gateway, tmp_path)
        await left(gateway)
        await erased_by_the_word(gateway)
        return old

    again, done = restored(gateway, asyncio.run(scene()))
    assert (done.people, done.talks, done.referrals) == (1, 0, 1)
    again.means.database.dispose()


def test_a_talk_that_was_left_is_gone_and_the_referral_stays(gateway: Gateway, tmp_path: Path) -> None:
    async def scene() -> Means:
        await refer(gateway)
        old = backed_up(gateway, tmp_path)
        await left(gateway)
        return old

    again, done = restored(gateway, asyncio.run(scene()))
    assert done == ErasedAgain(people=0, talks=1, referrals=0, contacts=0)
    (person,) = again.rows(Person)
    assert (person.state, person.screen) == (None, None)
    assert {row.content for row in again.rows(Outgoing)} == {None}
    assert len(again.rows(Referral)) == 1
    again.means.database.dispose()


def test_who_comes_back_after_an_erasure_is_somebody_new(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        await erased_by_the_word(gateway)
        gateway.engine.answer = says("ask_age", state={"slots": {"age": "adult"}})
        await gateway.talk("hello again")

    asyncio.run(scene())
    with transaction(gateway.means.database) as session:
        assert erase_again(session, ledger_of(gateway.means.settings), gateway.clock()).people == 0
    assert gateway.state() == {"slots": {"age": "adult"}}


def test_the_ledger_names_nobody(gateway: Gateway) -> None:
    asyncio.run(left_after_hello(gateway))
    (file,) = (gateway.means.settings.home / "erased").iterdir()
    (line,) = file.read_text().split()
    keys = {gateway.inbox.address_key("test", "a"), *(row.delivery_key for row in gateway.rows(Incoming))}
    assert len(line) == 64
    assert line not in keys
    assert file.stat().st_mode & 0o077 == 0


async def left_after_hello(gateway: Gateway) -> None:
    await gateway.talk("hello")
    await gateway.talk("quit")


def test_a_ledger_that_cannot_be_written_stops_no_erasure(gateway: Gateway) -> None:
    (gateway.means.settings.home / "erased").write_text("a file where the folder should be")
    asyncio.run(left_after_hello(gateway))
    assert gateway.person().state is None


def test_a_line_cut_short_costs_no_other(gateway: Gateway, tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "cut", b"k" * 32)
    at = gateway.clock()
    ledger.add("person", ["first"], at)
    file = tmp_path / "cut" / "2026-03.log"
    file.write_text(file.read_text() + "0123abc")
    ledger.add("person", ["second"], at)
    ledger.add("talk", ["second"], at)
    known = ledger.known()
    assert len(known) == 3
    assert [ledger.holds(known, "person", mark) for mark in ("first", "second", "third")] == [True, True, False]


def test_the_ledger_forgets_what_no_backup_can_hold_any_more(tmp_path: Path, gateway: Gateway) -> None:
    ledger, at = Ledger(tmp_path / "old", b"k" * 32), gateway.clock()
    ledger.add("person", ["one"], at)
    assert ledger.forget(at + timedelta(days=92)) == 0
    assert ledger.forget(at + timedelta(days=92 + 31)) == 1
    assert ledger.known() == frozenset()
