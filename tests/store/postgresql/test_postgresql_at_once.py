"""On PostgreSQL, what happens at once: officers, persons, deliveries, and two gateways of which one is killed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier, Event
from typing import Any

import pytest
from gateway_rig import START, Gateway
from postgresql_world import OFFICE, count, send
from sqlalchemy import select
from sqlalchemy.orm import Session
from turns import Answer, FakeEngine, Recorder, count_turns

from bot.channels.channel import Arrival, Text
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox
from bot.referrals import lifecycle
from bot.referrals.audit import append_audit, verify
from bot.referrals.intake import apply_referral
from bot.store.database import open_database, transaction
from bot.store.models import Consent, Incoming, Officer, Outgoing, Person, Referral
from bot.store.sealing import unseal
from bot.store.tally import Tally

pytestmark = pytest.mark.network  # it listens on a socket file alone


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


def dies_at(turn: int, died: Event) -> Callable[[Mapping[str, Any]], Answer]:
    """An engine's answer; the process it is for is killed in the turn of that number, and `died` then."""
    turns = iter(range(1, turn + 1))

    def answer(request: Mapping[str, Any]) -> Answer:
        if next(turns) == turn:
            died.set()
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
    died = Event()
    gateway.engine.answer, other.engine.answer = count_turns, dies_at(6, died)
    gateway.engine.before_answer = lambda: died.wait(0.2)  # so that it does not take them all
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
    assert min(len(one.engine.asked) for one in (gateway, other)) > 0
