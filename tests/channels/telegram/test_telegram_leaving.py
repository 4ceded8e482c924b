"""Leaving on Telegram: both sides of the talk are taken off the screen."""

from __future__ import annotations

import asyncio

import pytest
from telegram_rig import CHAT, Rig
from turns import says

from bot.channels.channel import Bubble, Delivered
from bot.store.models import Incoming, Person


@pytest.mark.parametrize("way", ["✕", "exit word", "command"])
def test_leaving_takes_both_sides_off_the_screen_and_says_one_harmless_line(rig: Rig, way: str) -> None:
    async def scene() -> None:
        await rig.write(text="I want to go home")
        await rig.write(text="yes")
        if way == "✕":
            await rig.tap("✕")
        else:
            await rig.write(text="/quit" if way == "command" else "quit")

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["OK. Have a good day."]
    person = rig.gateway.find(str(CHAT), "telegram")
    assert person is None or (person.state, person.screen, person.language) == (None, None, None)


def test_the_screen_is_empty_before_the_last_line_is_sent(rig: Rig) -> None:
    async def scene() -> list[str]:
        await rig.write(text="hi")
        before = len(rig.fake.calls)
        await rig.write(text="quit")
        return [name for name, _ in rig.fake.calls[before:] if name in {"deleteMessages", "sendMessage"}]

    assert asyncio.run(scene()) == ["deleteMessages", "sendMessage"]


def test_erasing_takes_it_off_too(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        rig.gateway.engine.answer = says("erased", do=[{"effect": "erase"}])
        await rig.write(text="/delete")

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["Everything is erased."]
    assert rig.gateway.engine.messages[-1]["tap"]["intent"] == "erase_data"


def test_what_telegram_no_longer_deletes_does_not_keep_the_rest(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="old")
        rig.forward(47.4 * 3600)
        await rig.write(text="new")
        rig.fake.messages(CHAT)[0]["date"] -= 7200  # by Telegram's clock it is too old
        await rig.write(text="quit")

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["old", "OK. Have a good day."]
    assert rig.fake.called("deleteMessage")


def test_after_two_days_nothing_is_asked_to_be_deleted(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        rig.forward(48 * 3600)
        await rig.write(text="quit")

    asyncio.run(scene())
    (call,) = rig.fake.called("deleteMessages")
    assert len(call["message_ids"]) == 1  # the word by which they left


def test_a_message_sent_while_the_person_left_is_taken_off_again(rig: Rig) -> None:
    async def scene() -> None:
        await rig.post(rig.fake.write(CHAT, text="hi"))
        await rig.gateway.take_all()
        sending = rig.channel.deliver

        async def slow(address: str, bubble: Bubble) -> Delivered:
            delivered = await sending(address, bubble)
            rig.channel.deliver = sending  # type: ignore[method-assign]
            await rig.post(rig.fake.write(CHAT, text="quit"))
            return delivered

        rig.channel.deliver = slow  # type: ignore[method-assign]
        await rig.settle()

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["OK. Have a good day."]


def test_coming_back_starts_clean(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.write(text="quit")
        rig.forward(5)
        await rig.write(text="hi again")

    asyncio.run(scene())
    assert rig.gateway.engine.asked[-1]["turn"] == 1
    assert len(rig.gateway.rows(Person)) == 1


def test_the_ids_of_a_person_s_messages_go_with_them(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.write(text="quit")

    asyncio.run(scene())
    assert {row.provider_id for row in rig.gateway.rows(Incoming)} == {None}
