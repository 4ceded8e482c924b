from __future__ import annotations

import asyncio

from gateway_rig import Gateway
from sqlalchemy import update
from turns import says

from bot.conversation.purge import KEPT, Purge
from bot.store.database import transaction
from bot.store.models import Person
from bot.store.tally import NO_OFFICE, Tally


def counters(gateway: Gateway) -> dict[tuple[str, str], int]:
    rows = gateway.rows(Tally)
    assert {(row.month, row.office) for row in rows} <= {("2026-03", NO_OFFICE)}
    return {(row.kind, row.value): row.count for row in rows}


def test_a_question_that_stands_when_somebody_leaves_is_counted_once(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age")

    async def scene() -> None:
        for address in ("a", "b"):
            await gateway.talk("hello", address=address)
            await gateway.talk("quit", address=address)
        await gateway.talk("quit", address="a")

    asyncio.run(scene())
    gateway.clock.at += KEPT * 2
    Purge(gateway.means).forget(gateway.clock())
    assert counters(gateway) == {("stopped", "age"): 2}


def test_a_question_left_in_silence_is_counted_when_the_talk_is_forgotten(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age")
    asyncio.run(gateway.talk("hello"))
    gateway.clock.at += KEPT
    Purge(gateway.means).forget(gateway.clock())
    Purge(gateway.means).forget(gateway.clock())
    assert counters(gateway) == {("stopped", "age"): 1}


def test_a_question_left_by_erasing_is_counted_and_another_screen_is_not(gateway: Gateway) -> None:
    async def scene() -> None:
        for screen in ("ask_age", "ask_consent"):
            gateway.engine.answer = says(screen)
            await gateway.talk("hello")
            gateway.engine.answer = says("plain", do=[{"effect": "erase"}])
            await gateway.talk("delete")

    asyncio.run(scene())
    assert counters(gateway) == {("stopped", "age"): 1}


def test_a_screen_that_does_not_open_is_forgotten_all_the_same(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello"))
    with transaction(gateway.means.database) as session:
        session.execute(update(Person).values(screen=b"spoilt" * 20))
    gateway.clock.at += KEPT
    Purge(gateway.means).forget(gateway.clock())
    assert gateway.find() is None
    assert counters(gateway) == {}


def test_each_answer_to_a_question_is_counted_and_nothing_else_that_is_said(gateway: Gateway) -> None:
    domain = gateway.means.catalogue.domain
    domain.write_text(domain.read_text() + '  utter_faq/cost: [{text: "It is free."}]\n')

    async def scene() -> None:
        for said in ("utter_faq/cost", "plain", "utter_faq/cost"):
            gateway.engine.answer = says(said)
            await gateway.talk("hello")

    asyncio.run(scene())
    assert counters(gateway) == {("asked", "cost"): 2}
