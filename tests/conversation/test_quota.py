"""However much is written, everybody gets a turn: quotas, and who comes first."""

from __future__ import annotations

import asyncio

import pytest
from gateway_rig import Gateway
from turns import says

from bot.channels.channel import Arrival, Preset, Text
from bot.conversation import quota
from bot.conversation.in_turn import NEWCOMERS_FIRST
from bot.conversation.quota import MOST_OF_ONE, TOLD_EVERY
from bot.store.models import Incoming

TOO_MANY = "Too many. You can call"


def waiting(gateway: Gateway) -> int:
    return sum(row.status == "waiting" for row in gateway.rows(Incoming))


async def bring_many(gateway: Gateway, count: int, address: str = "a") -> None:
    for _ in range(count):
        assert await gateway.bring("again", address=address)


async def take(gateway: Gateway, count: int) -> None:
    for _ in range(count):
        assert await gateway.dialogue.take_one()


async def send(gateway: Gateway, count: int) -> None:
    for _ in range(count):
        assert await gateway.outbox.send_one()


def told(gateway: Gateway) -> int:
    return sum(text.startswith(TOO_MANY) for _, text in gateway.queued())


def test_one_person_s_messages_do_not_pile_up_and_the_person_is_told_once(gateway: Gateway) -> None:
    asyncio.run(bring_many(gateway, MOST_OF_ONE + 10))
    assert waiting(gateway) == MOST_OF_ONE
    assert told(gateway) == 1
    gateway.clock.forward(seconds=TOLD_EVERY.total_seconds() + 1)
    asyncio.run(bring_many(gateway, 2))
    assert told(gateway) == 2


def test_once_some_were_taken_there_is_room_again(gateway: Gateway) -> None:
    async def scene() -> None:
        await bring_many(gateway, MOST_OF_ONE + 1)
        await gateway.take_all()
        await bring_many(gateway, 1)

    asyncio.run(scene())
    assert waiting(gateway) == 1


def test_leaving_is_never_too_much(gateway: Gateway) -> None:
    async def scene() -> None:
        await bring_many(gateway, MOST_OF_ONE + 1)
        await gateway.bring("quit")

    asyncio.run(scene())
    assert waiting(gateway) == 0
    assert gateway.queued()[-1] == ("waiting", "OK. Have a good day.")


def test_newcomers_together_have_a_limit_and_those_we_know_do_not(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MOST_OF_NEWCOMERS", 5)

    async def scene() -> None:
        await gateway.talk("hello", address="old")
        for number in range(8):
            await gateway.bring("spam", address=f"new{number}")
        await gateway.bring("and now?", address="old")

    asyncio.run(scene())
    assert waiting(gateway) == 6
    assert told(gateway) == 3


def test_a_flood_of_newcomers_does_not_delay_who_is_already_talking(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello", address="old")
        for number in range(300):
            await gateway.bring("spam", address=f"new{number}")
        await gateway.bring("and now?", address="old")
        await take(gateway, 2)
        assert {"text": "and now?"} in gateway.engine.messages
        await gateway.take_all()
        await gateway.bring("thanks", address="old")
        await take(gateway, 1)
        gateway.channel.sent.clear()
        await send(gateway, 2)

    asyncio.run(scene())
    assert "old" in [address for address, _ in gateway.channel.sent]


def test_a_rush_of_those_who_talk_does_not_keep_a_newcomer_out(gateway: Gateway) -> None:
    async def scene() -> None:
        for number in range(12):
            await gateway.talk("hello", address=f"old{number}")
        for number in range(12):
            await gateway.bring("and now?", address=f"old{number}")
        await gateway.bring("help", address="new")
        await take(gateway, NEWCOMERS_FIRST)
        assert {"text": "help"} in gateway.engine.messages
        await gateway.take_all()
        gateway.channel.sent.clear()
        await send(gateway, NEWCOMERS_FIRST)

    asyncio.run(scene())
    assert "new" in [address for address, _ in gateway.channel.sent]


def test_who_writes_much_is_taken_in_turn_with_the_others(gateway: Gateway) -> None:
    async def scene() -> None:
        for address in ("much", "little"):
            await gateway.talk("hello", address=address)
        for number in range(6):
            await gateway.bring(f"much {number}", address="much")
            gateway.clock.forward(seconds=1)
        for number in range(2):
            await gateway.bring(f"little {number}", address="little")
            gateway.clock.forward(seconds=1)
        gateway.engine.asked.clear()
        gateway.engine.before_answer = lambda: gateway.clock.forward(seconds=1)
        await gateway.take_all()

    asyncio.run(scene())
    order = [message["text"] for message in gateway.engine.messages]
    assert order.index("little 0") <= 1
    assert order.index("little 1") <= 3
    assert [text for text in order if text.startswith("much")] == [f"much {number}" for number in range(6)]


def test_the_last_line_of_one_who_leaves_does_not_wait_behind_newcomers(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello", address="old")
        for number in range(30):
            await gateway.bring("spam", address=f"new{number}")
        await gateway.take_all()
        await gateway.bring("quit", address="old")
        gateway.channel.sent.clear()
        await gateway.outbox.send_one()

    asyncio.run(scene())
    assert [(address, bubble.text) for address, bubble in gateway.channel.sent] == [
        ("old", "OK. Have a good day.")
    ]


def arrives(gateway: Gateway, preset: Preset) -> None:
    arrival = Arrival("a", str(len(gateway.rows(Incoming))), Text("start"), preset=preset)
    asyncio.run(gateway.inbox.receive("test", arrival))
    asyncio.run(gateway.take_all())


def test_a_link_sets_a_language_only_where_none_was_chosen(gateway: Gateway) -> None:
    arrives(gateway, Preset(language="xx"))
    assert gateway.person().language is None
    arrives(gateway, Preset(language="fa"))
    arrives(gateway, Preset(language="en"))
    assert gateway.person().language == "fa"


def test_a_link_s_office_is_where_a_conversation_begins_and_never_later(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", state={"slots": {"age": "adult"}})
    arrives(gateway, Preset(office="TH-BKK"))
    arrives(gateway, Preset(office="ID-JKT"))
    first, second = gateway.engine.asked
    assert set(first["state"]["slots"]) == {"near"}
    assert second["state"] == {"slots": {"age": "adult"}}
