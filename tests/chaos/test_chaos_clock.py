"""Clocks that jump, and many submits in one moment, on a gateway without a network."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from chaos_engine import CONTENT, OFFICE
from gateway_rig import START, Gateway, new_gateway
from sqlalchemy import func, select
from turns import says

from bot.channels.channel import Pressed
from bot.conversation.purge import Purge
from bot.referrals.audit import verify
from bot.referrals.intake import apply_referral
from bot.store.database import open_database, transaction
from bot.store.models import Consent, Incoming, Outgoing, Person, Referral

TRIALS, AT_ONCE, PROCESSES = 60, 50, 5
REFER = {"effect": "refer", "office": OFFICE, "reference": "K7PM-2QXD", "content": CONTENT}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        yield made


@pytest.mark.parametrize("days", [3, -3])
def test_a_clock_that_jumps_neither_loses_nor_doubles(gateway: Gateway, days: int) -> None:
    """It jumps while one message waits to be taken and another's answer waits to be sent, and jumps back."""
    asyncio.run(_jump(gateway, days))
    assert [row.status for row in gateway.rows(Incoming)] == ["done"] * 4
    assert [row.status for row in gateway.rows(Outgoing)] == ["sent"] * 4
    assert len(gateway.channel.sent) == 4
    assert gateway.person().turn == 3
    assert gateway.person("b").turn == 1


async def _jump(gateway: Gateway, days: int) -> None:
    await gateway.bring("one")
    await gateway.dialogue.take_one()
    await gateway.bring("two", address="b")
    gateway.clock.forward(days=days)
    await gateway.take_all()
    await gateway.send_all()
    await gateway.bring("three")
    assert not await gateway.bring("three", delivery=f"{gateway.deliveries}")
    gateway.clock.forward(days=-days)
    await gateway.take_all()
    await gateway.send_all()
    await gateway.bring("four")
    await gateway.take_all()
    await gateway.send_all()


def test_a_lease_and_a_claim_of_a_clock_that_was_wrong_hold_nobody_up(gateway: Gateway) -> None:
    """Their process was killed three days ahead of the true time."""
    asyncio.run(gateway.talk("one"))
    gateway.clock.forward(days=3)
    asyncio.run(gateway.bring("two"))
    assert len(asyncio.run(gateway.dialogue._claim(1))) == 1
    gateway.clock.forward(days=-3)
    asyncio.run(gateway.take_all())
    assert gateway.person().turn == 2
    gateway.clock.forward(days=3)
    assert len(asyncio.run(gateway.outbox._claim(1))) == 1
    gateway.clock.forward(days=-3)
    asyncio.run(gateway.send_all())
    assert len(gateway.channel.sent) == 2


def test_a_clock_set_back_purges_nothing_and_set_right_only_what_is_due(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("one"))
    purge = Purge(gateway.means)
    assert purge.forget(START.replace(year=START.year - 1)) == 0
    gateway.clock.forward(days=-3)
    asyncio.run(gateway.talk("two", address="b"))
    gateway.clock.forward(days=3)
    assert purge.forget(gateway.clock.at) == 1
    assert gateway.find("a") is not None
    assert gateway.find("b") is None


def test_fifty_submits_in_one_moment_are_one_referral(gateway: Gateway) -> None:
    settings = gateway.means.settings
    engines = [open_database(settings.database_url) for _ in range(PROCESSES)]
    gate = threading.Barrier(AT_ONCE)

    def submit(place: int) -> int:
        won = 0
        for trial in range(TRIALS):
            gate.wait(timeout=60)
            with transaction(engines[place % PROCESSES]) as session:
                person = session.scalars(select(Person).where(Person.conversation == f"{trial}")).one()
                effect = {**REFER, "reference": f"{trial:04}-{place:04}"}
                won += apply_referral(session, settings, person, effect, "ab" * 32, START) is not None
        return won

    with transaction(gateway.means.database) as session:
        for trial in range(TRIALS):
            name = f"{trial}"
            session.add(
                Person(
                    channel="test", address_key=name, address=b"", conversation=name,
                    created_at=START, last_seen_at=START,
                )
            )  # fmt: skip
    with ThreadPoolExecutor(AT_ONCE) as threads:
        assert sum(threads.map(submit, range(AT_ONCE))) == TRIALS
    with transaction(engines[0]) as session:
        of_each = session.execute(select(Referral.person_id, func.count()).group_by(Referral.person_id)).all()
        assert [count for _, count in of_each] == [1] * TRIALS
        assert session.scalar(select(func.count(Consent.id))) == TRIALS
        assert verify(session).broken_at is None
    for engine in engines:
        engine.dispose()


def test_a_yes_pressed_fifty_times_is_taken_by_four_workers_as_one_referral(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_consent")
    asyncio.run(gateway.talk("hello"))
    gateway.engine.answer = says("ask_age", do=[REFER])
    button = gateway.button("Yes, send it")

    async def press_and_take() -> None:
        await asyncio.gather(*(gateway.bring(Pressed(button)) for _ in range(AT_ONCE)))
        dialogues = [replace(gateway.dialogue) for _ in range(4)]
        for _ in range(AT_ONCE):
            await asyncio.gather(*(one.take_one() for one in dialogues))

    asyncio.run(press_and_take())
    assert len(gateway.rows(Referral)) == len(gateway.rows(Consent)) == 1
    assert {row.status for row in gateway.rows(Incoming)} == {"done"}
