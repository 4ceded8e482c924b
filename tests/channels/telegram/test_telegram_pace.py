"""How fast messages leave for Telegram, and what becomes of each refusal: in order, and none lost."""

from __future__ import annotations

import asyncio

import pytest
from bot_api_calls import RefusalError
from telegram_rig import CHAT, Rig, bubble, refusing
from turns import says

from bot.channels.channel import TryLaterError, UnreachableError
from bot.channels.telegram.pace import PER_CHAT, Pace
from bot.store.models import Outgoing


def test_one_message_a_second_to_a_chat_in_its_order(rig: Rig) -> None:
    rig.gateway.engine.answer = says("plain", "ask_age", "plain")
    asyncio.run(rig.write(text="hi"))
    assert rig.said() == ["All right.", "How old are you?", "All right."]
    assert rig.seconds >= 2 * PER_CHAT


def test_thirty_a_second_in_all(rig: Rig) -> None:
    chats = range(CHAT, CHAT + 100)

    async def scene() -> None:
        for chat in chats:
            rig.fake.write(chat, text="hi")
            await rig.channel.deliver(str(chat), bubble())

    asyncio.run(scene())
    assert len(rig.waits) == 99
    assert 3.3 <= rig.seconds <= 3.6


def test_told_to_wait_it_waits_and_the_order_holds(rig: Rig) -> None:
    refusing(rig, "sendMessage", RefusalError(429, "Too Many Requests: retry after 7", retry_after=7))
    rig.gateway.engine.answer = says("plain", "ask_age")

    async def scene() -> None:
        await rig.post(rig.fake.write(CHAT, text="hi"))
        await rig.post(rig.fake.write(CHAT + 1, text="hi"))
        await rig.settle()

    asyncio.run(scene())
    assert rig.seconds >= 7
    assert rig.said() == rig.said(CHAT + 1) == ["All right.", "How old are you?"]
    assert {row.attempts for row in rig.gateway.rows(Outgoing)} == {1}


def test_a_wait_for_one_chat_does_not_hold_up_another() -> None:
    pace = Pace(lambda: 5.0)
    pace.refused(1, 30)

    async def scene() -> None:
        with pytest.raises(TryLaterError) as later:
            await pace.to_chat(1)
        assert later.value.seconds == 30
        await pace.to_chat(2)

    asyncio.run(scene())


def test_refused_for_two_chats_at_once_all_wait() -> None:
    pace = Pace(lambda: 5.0)
    pace.refused(1, 30)
    pace.refused(2, 20)

    async def scene() -> None:
        for call in (pace.to_chat(3), pace.in_all()):
            with pytest.raises(TryLaterError) as later:
                await call
            assert later.value.seconds == 20

    asyncio.run(scene())


def test_the_pace_does_not_remember_every_chat_for_ever() -> None:
    seconds = [0.0]
    pace = Pace(lambda: seconds[0], lambda _: asyncio.sleep(0))

    async def scene() -> None:
        for chat in range(25_000):
            seconds[0] += 0.05
            await pace.to_chat(chat)

    asyncio.run(scene())
    assert len(pace._free_at) <= 10_001


@pytest.mark.parametrize(
    "error",
    [
        RefusalError(403, "Forbidden: bot was blocked by the user"),
        RefusalError(403, "Forbidden: user is deactivated"),
        RefusalError(400, "Bad Request: chat not found"),
        RefusalError(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009),
    ],
)
def test_who_cannot_be_reached_is_not_tried_again(rig: Rig, error: RefusalError) -> None:
    refusing(rig, "sendMessage", error)
    asyncio.run(rig.write(text="hi"))
    assert [status for status, _ in rig.gateway.queued()] == ["failed"]
    assert len(rig.fake.called("sendMessage")) == 1


def test_a_person_who_blocks_us_is_not_written_to(rig: Rig) -> None:
    async def scene() -> None:
        await rig.post(rig.fake.write(CHAT, text="hi"))
        assert await rig.post(rig.fake.block(CHAT)) == 200
        await rig.settle()
        rig.forward(2)
        with pytest.raises(UnreachableError):
            await rig.channel.deliver(str(CHAT), bubble("again"))

    asyncio.run(scene())
    assert rig.fake.ours(CHAT) == []


def test_when_telegram_is_away_the_message_is_sent_later(rig: Rig) -> None:
    refusing(rig, "sendMessage", RefusalError(502, "Bad Gateway"), RefusalError(500, "Internal Server Error"))
    asyncio.run(rig.write(text="hi"))
    assert rig.said() == ["How old are you?"]
