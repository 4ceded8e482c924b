from __future__ import annotations

import asyncio
from datetime import timedelta
from unittest.mock import patch

from gateway_rig import START, Gateway
from turns import says

from bot.channels.channel import Bubble, Delivered, TryLaterError, UnreachableError
from bot.conversation.outbox import backoff
from bot.referrals.reply import queue_reply
from bot.store.database import transaction
from bot.store.models import Outgoing, Person


async def queue_three(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain", "ask_age", "old")
    await gateway.bring("hello")
    await gateway.take_all()


ALL = ["All right.", "How old are you?", "That button is from before."]


def texts(gateway: Gateway) -> list[str]:
    return [bubble.text for _, bubble in gateway.channel.sent]


def test_messages_go_in_order(gateway: Gateway) -> None:
    async def scene() -> None:
        await queue_three(gateway)
        while await asyncio.gather(*(gateway.outbox.send_one() for _ in range(3))) != [False] * 3:
            pass

    asyncio.run(scene())
    assert texts(gateway) == ALL
    assert [row.provider_id for row in gateway.rows(Outgoing)] == ["p1", "p2", "p3"]


def test_what_the_platform_takes_while_the_process_stops_is_not_sent_again(gateway: Gateway) -> None:
    async def scene() -> None:
        taken, deliver = asyncio.Event(), gateway.channel.deliver

        async def slowly(address: str, bubble: Bubble) -> Delivered:
            given = await deliver(address, bubble)
            taken.set()
            await asyncio.sleep(0.05)  # the answer is on its way
            return given

        await queue_three(gateway)
        with patch.object(gateway.channel, "deliver", slowly):
            worker = asyncio.create_task(gateway.outbox.run())
            await taken.wait()
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
        await gateway.send_all()

    asyncio.run(scene())
    assert texts(gateway) == ALL


def test_a_fault_is_tried_again_and_later_ones_wait(gateway: Gateway) -> None:
    gateway.channel.errors = [RuntimeError("a body with words")]

    async def scene() -> None:
        await queue_three(gateway)
        await gateway.send_all()
        assert texts(gateway) == []
        gateway.clock.forward(seconds=1)
        await gateway.send_all()

    asyncio.run(scene())
    assert texts(gateway) == ALL


def test_a_platform_that_asks_to_wait_is_obeyed_and_that_costs_no_attempt(gateway: Gateway) -> None:
    gateway.channel.errors = [TryLaterError(30)]

    async def scene() -> None:
        await queue_three(gateway)
        await gateway.send_all()
        gateway.clock.forward(seconds=29)
        await gateway.send_all()
        assert texts(gateway) == []
        assert gateway.rows(Outgoing)[0].attempts == 0
        gateway.clock.forward(seconds=1)
        await gateway.send_all()

    asyncio.run(scene())
    assert texts(gateway) == ALL


def test_a_person_who_cannot_be_reached_fails_and_others_do_not_wait(gateway: Gateway) -> None:
    gateway.channel.errors = [UnreachableError()]

    async def scene() -> None:
        await gateway.bring("hello", address="a")
        await gateway.bring("hello", address="b")
        await gateway.take_all()
        await gateway.send_all()

    asyncio.run(scene())
    assert [row.status for row in gateway.rows(Outgoing)] == ["failed", "sent"]


def test_it_gives_up_in_the_end(gateway: Gateway) -> None:
    gateway.channel.errors = [RuntimeError()] * 300

    async def scene() -> None:
        await gateway.bring("hello")
        await gateway.take_all()
        while gateway.rows(Outgoing)[0].status == "waiting":
            await gateway.send_all()
            gateway.clock.forward(seconds=backoff(300 - len(gateway.channel.errors)))

    asyncio.run(scene())
    assert gateway.rows(Outgoing)[0].status == "failed"
    assert timedelta(minutes=80) < gateway.clock.at - START < timedelta(minutes=100)


def test_a_platform_that_is_back_is_found_within_half_a_minute() -> None:
    assert [backoff(attempts) for attempts in range(1, 9)] == [1, 2, 4, 8, 16, 30, 30, 30]


def test_an_officers_reply_is_worded_when_it_is_sent_and_shows_hostile_words_as_they_are(gateway: Gateway) -> None:
    async def scene() -> None:
        gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "fa"}])
        await gateway.talk("hello")
        with transaction(gateway.means.database) as session:
            person = session.get_one(Person, 1)
            words = "{office} <b>\u202ehi\x00"
            key, at = gateway.means.settings.field_key, gateway.clock.at
            queue_reply(session, key, person, "TH-BKK", words, at, neutral=False)
        await gateway.send_all()
        await gateway.press("۱۸ سال یا بیشتر")  # the question before it is still asked

    asyncio.run(scene())
    assert gateway.channel.sent[1][1] == Bubble(
        "دفتر \u2066IOM\u2069 در بانکوک writes: \u2068{office} <b>hi\u2069".replace(
            "writes:", "\u2066writes\u2069:"
        ),
        "fa",
        "rtl",
    )
    assert gateway.engine.messages[-1]["tap"]["entities"] == {"answer": "adult"}
