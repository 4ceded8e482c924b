"""An engine that is away, hangs or refuses: tried again, one apology, and nobody is held up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from gateway_rig import Gateway
from turns import Answer, count_turns, says

from bot.conversation import dialogue
from bot.conversation.apology import EVERY, PATIENCE, Apologies
from bot.conversation.turn_engine import EngineAwayError, EngineRefusedError, read_answer
from bot.store.models import Incoming

AWAY = EngineAwayError("ConnectError")


def test_a_later_message_waits_for_an_earlier_one_that_is_tried_again(gateway: Gateway) -> None:
    gateway.engine.answer = AWAY

    async def scene() -> None:
        await gateway.bring("one")
        await gateway.bring("two")
        await gateway.take_all()
        gateway.engine.answer = count_turns
        await gateway.take_all()
        assert gateway.state() is None
        gateway.clock.forward(seconds=1)
        await gateway.take_all()

    asyncio.run(scene())
    assert gateway.state() == {"seen": ["one", "two"]}


def test_backoff_doubles_up_to_half_a_minute() -> None:
    seconds = [dialogue.backoff(attempts).total_seconds() for attempts in range(1, 10)]
    assert seconds == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]


def test_however_long_the_engine_was_away_nobody_waits_longer_once_it_is_back(gateway: Gateway) -> None:
    gateway.engine.answer = AWAY

    async def scene() -> None:
        await gateway.bring("one")
        for _ in range(20):
            await gateway.take_all()
            gateway.clock.forward(seconds=30)
        await gateway.take_all()
        gateway.engine.answer = count_turns
        gateway.clock.forward(seconds=0.5)
        await gateway.take_all()

    asyncio.run(scene())
    assert gateway.state() == {"seen": ["one"]}


def test_within_ten_seconds_without_an_engine_one_apology_and_then_the_turn(gateway: Gateway) -> None:
    gateway.engine.answer = AWAY
    apologies = Apologies(gateway.means)

    async def scene() -> None:
        await gateway.bring("hello")
        await gateway.take_all()
        gateway.clock.forward(seconds=7)
        assert apologies.apologise() == 0
        gateway.clock.forward(seconds=1)
        assert [apologies.apologise() for _ in range(3)] == [1, 0, 0]
        await gateway.take_all()
        gateway.clock.forward(minutes=5)
        gateway.engine.answer = says("ask_age")
        await gateway.take_all()
        await gateway.send_all()

    asyncio.run(scene())
    assert [text for _, text in gateway.queued()] == ["Sorry. You can call +66 2 343 9300", "How old are you?"]


def test_a_person_waiting_for_a_hanging_engine_gets_the_apology_too(gateway: Gateway) -> None:
    apologies = Apologies(gateway.means)
    counted: list[int] = []

    def hang() -> None:
        gateway.clock.forward(seconds=12)
        counted.append(apologies.apologise())

    gateway.engine.before_answer = hang
    asyncio.run(gateway.talk("hello"))
    assert counted == [1]


def test_who_was_never_tried_is_told_too_and_once_for_all_that_they_wrote(gateway: Gateway) -> None:
    """More people write than can be tried in the time: the engine is away, or every worker waits for it."""
    apologies = Apologies(gateway.means)

    async def scene() -> None:
        for address in ("a", "b"):
            await gateway.bring("one", address=address)
            await gateway.bring("two", address=address)
        gateway.clock.forward(seconds=8)
        assert [apologies.apologise(), apologies.apologise()] == [4, 0]
        await gateway.take_all()
        await gateway.bring("three")
        gateway.clock.forward(seconds=8)
        assert apologies.apologise() == 1
        await gateway.send_all()

    gateway.engine.answer = says("ask_age")
    asyncio.run(scene())
    texts = [text for _, text in gateway.queued()]
    assert texts.count("Sorry. You can call +66 2 343 9300") == 3
    assert texts.count("How old are you?") == 4


def test_the_longest_silence_is_ten_seconds_from_the_message(gateway: Gateway) -> None:
    """The worker looks once a second, sends what it finds, and looks again at once while there is more."""
    assert PATIENCE.total_seconds() + EVERY <= 9  # one is left for the sending
    apologies = Apologies(gateway.means)
    asyncio.run(gateway.bring("hello"))
    gateway.clock.forward(seconds=PATIENCE.total_seconds())
    assert [asyncio.run(apologies._once()), asyncio.run(apologies._once())] == [True, False]


def test_a_message_of_a_clock_that_was_ahead_does_not_wait_in_silence(gateway: Gateway) -> None:
    gateway.engine.answer = AWAY
    gateway.clock.forward(days=3)
    asyncio.run(gateway.bring("hello"))
    gateway.clock.forward(days=-3)
    assert Apologies(gateway.means).apologise() == 1


def test_a_message_that_the_engine_refuses_five_times_is_given_up_and_the_person_goes_on(gateway: Gateway) -> None:
    def answer(request: Mapping[str, Any]) -> Answer | Exception:
        return (
            EngineRefusedError("status 422")
            if request["message"].get("text") == "poison"
            else count_turns(request)
        )

    gateway.engine.answer = answer

    async def scene() -> None:
        await gateway.bring("poison")
        await gateway.bring("hello")
        for _ in range(20):
            await gateway.take_all()
            gateway.clock.forward(seconds=30)

    asyncio.run(scene())
    assert gateway.engine.messages.count({"text": "poison"}) == 5
    assert [row.status for row in gateway.rows(Incoming)] == ["failed", "done"]
    assert all(row.content is None for row in gateway.rows(Incoming))
    texts = [text for _, text in gateway.queued()]
    assert texts == ["I could not read that. You can call +66 2 343 9300", "All right."]


def test_an_answer_that_is_no_turn_is_refused() -> None:
    broken: Any
    for broken in ([], {}, {"say": [], "do": [7], "state": None}, {"say": [{}], "do": [], "state": None}):
        with pytest.raises((KeyError, TypeError, AttributeError)):
            read_answer(broken)


def test_an_unknown_response_does_not_hold_up_the_person(gateway: Gateway) -> None:
    gateway.engine.answer = says("not_there", state={"half": True})

    async def scene() -> None:
        await gateway.bring("hello")
        for _ in range(10):
            await gateway.take_all()
            gateway.clock.forward(seconds=30)

    asyncio.run(scene())
    assert gateway.rows(Incoming)[0].status == "failed"
    assert gateway.state() is None
