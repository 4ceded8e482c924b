from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from gateway_rig import Gateway
from turns import REFER, says

from bot.channels.channel import Attachment, Content, Location, Pressed, Text, Wish
from bot.conversation.purge import KEPT, LAST_LINE, Purge
from bot.conversation.turn_engine import EngineAwayError
from bot.store.models import Incoming, Outgoing, Person, Referral


async def refer(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_consent", state={"slots": {"age": "adult"}})
    await gateway.talk("hello")
    gateway.engine.answer = says("ask_age", do=[REFER], state={"slots": {"age": "adult"}})
    await gateway.press("Yes, send it")


@pytest.mark.parametrize("word", ["quit", "QUIT", "/quit", "Leave now!", "خروج"])
def test_an_exit_word_leaves_at_once_though_the_engine_is_away(gateway: Gateway, word: str) -> None:
    async def scene() -> list[str]:
        await gateway.talk("hello")
        gateway.engine.answer = EngineAwayError("ConnectError")
        await gateway.bring("a message that waits")
        return await gateway.talk(word)

    assert asyncio.run(scene()) == ["OK. Have a good day."]
    (person,) = gateway.rows(Person)
    assert (person.state, person.screen, person.language, person.turn) == (None, None, None, 0)
    assert len(gateway.rows(Outgoing)) == 1
    assert {(row.status, row.content, row.person_id) for row in gateway.rows(Incoming)} == {("done", None, None)}


@pytest.mark.parametrize("way", ["pressed", "typed"])
def test_the_button_leaves_too(gateway: Gateway, way: str) -> None:
    async def scene() -> list[str]:
        await gateway.talk("hello")
        return await (gateway.press("✕") if way == "pressed" else gateway.talk("✕"))

    assert asyncio.run(scene()) == ["OK. Have a good day."]
    assert len(gateway.engine.asked) == 1


def test_the_platforms_own_menu_leaves_before_anything_and_at_a_question(gateway: Gateway) -> None:
    async def scene() -> list[str]:
        first = await gateway.talk(Wish("quick_exit"))
        await gateway.talk("hello")
        return first + await gateway.talk(Wish("quick_exit"))

    assert asyncio.run(scene()) == ["OK. Have a good day."] * 2
    assert len(gateway.engine.asked) == 1


@pytest.mark.parametrize(
    "content",
    [Wish("stop"), Attachment("photo"), Location(13.7, 100.5), Pressed("of another screen"), Text("18 or older")],
)
def test_nothing_else_leaves(gateway: Gateway, content: Content) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk(content)

    asyncio.run(scene())
    assert len(gateway.engine.asked) == 2
    assert gateway.person().turn == 2


def test_an_exit_word_inside_a_sentence_is_a_sentence(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("I want to quit my job"))
    assert gateway.engine.messages == [{"text": "I want to quit my job"}]


def test_the_last_line_is_in_the_persons_language(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain", do=[{"effect": "language", "language": "fa"}])

    async def scene() -> list[str]:
        await gateway.talk("hello")
        return await gateway.talk("quit")

    assert asyncio.run(scene()) == ["باشه. روز خوش."]


def test_coming_back_starts_clean(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", state={"slots": {"age": "adult"}})

    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk("quit")
        await gateway.talk("hello")

    asyncio.run(scene())
    first, second = gateway.engine.asked
    assert second["state"] is None
    assert second["conversation"] != first["conversation"]


def test_leaving_keeps_an_open_referral_and_nothing_of_the_talk(gateway: Gateway) -> None:
    async def scene() -> None:
        await refer(gateway)
        gateway.engine.answer = says("plain")
        await gateway.bring("hello")
        await gateway.take_all()  # what comes of it is not sent yet
        await gateway.talk("quit")

    asyncio.run(scene())
    (person,) = gateway.rows(Person)
    assert gateway.rows(Referral)[0].person_id == person.id
    assert (person.state, person.screen) == (None, None)
    *before, last = gateway.queued()
    assert {text for _, text in before} == {""}
    assert before[-1][0] == "dropped"
    assert last == ("sent", "OK. Have a good day.")


def test_a_day_of_silence_and_nothing_is_left(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello"))
    purge = Purge(gateway.means)
    purge.forget(gateway.clock.at + KEPT - timedelta(seconds=1))
    assert len(gateway.rows(Person)) == 1
    assert purge.forget(gateway.clock.at + KEPT) == 1
    assert gateway.rows(Person) == gateway.rows(Outgoing) == []
    assert [(row.content, row.person_id) for row in gateway.rows(Incoming)] == [(None, None)]


def test_a_day_of_silence_with_an_open_referral_keeps_only_the_way_back(gateway: Gateway) -> None:
    asyncio.run(refer(gateway))
    assert Purge(gateway.means).forget(gateway.clock.at + KEPT) == 1
    (person,) = gateway.rows(Person)
    assert (person.state, person.screen) == (None, None)
    assert {text for _, text in gateway.queued()} == {""}
    assert len(gateway.rows(Referral)) == 1
    assert Purge(gateway.means).forget(gateway.clock.at + KEPT) == 0


def test_the_row_of_a_last_line_goes_when_it_was_sent_and_not_before(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.bring("quit")

    asyncio.run(scene())
    purge = Purge(gateway.means)
    later = gateway.clock.at + LAST_LINE
    assert purge.forget(later) == 0
    asyncio.run(gateway.send_all())
    assert purge.forget(later - timedelta(seconds=1)) == 0
    assert purge.forget(later) == 1
    assert gateway.rows(Person) == []
