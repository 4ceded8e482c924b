"""What leaves something behind it to be taken or sent rings for it: no worker has to look by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from gateway_rig import Gateway
from turns import says

from bot.channels.channel import Pressed, UnreachableError
from bot.conversation import dialogue, outbox
from bot.conversation.turn_engine import EngineRefusedError

SECONDS = 10.0  # in which all is done, on a busy machine
NEVER = 3600.0


@pytest.fixture(autouse=True)
def _nobody_looks_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (dialogue, outbox):
        monkeypatch.setattr(module, "IDLE", NEVER)


def sent_within(gateway: Gateway, act: Callable[[], Awaitable[object]], bubbles: int) -> list[str]:
    """What the workers send once `act` was done, as soon as it is so many bubbles."""

    async def scene() -> None:
        workers = [asyncio.create_task(one.run()) for one in (gateway.dialogue, gateway.outbox)]
        await asyncio.sleep(0.1)  # they have looked, and found nothing
        try:
            await act()
            async with asyncio.timeout(SECONDS):
                while len(gateway.channel.sent) < bubbles:  # noqa: ASYNC110 - the stand-in has no event
                    await asyncio.sleep(0.01)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    asyncio.run(scene())
    return [bubble.text for _, bubble in gateway.channel.sent]


def test_of_one_person_who_writes_on_while_they_are_answered(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain", "ask_age")

    async def act() -> None:
        for _ in range(5):
            await gateway.bring("hello")

    assert sent_within(gateway, act, 10) == ["All right.", "How old are you?"] * 5


def test_of_more_people_than_there_are_hands(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain", "ask_age")

    async def act() -> None:
        await asyncio.gather(*(gateway.bring("hello", address=f"{number % 9}") for number in range(27)))

    assert len(sent_within(gateway, act, 54)) == 54


def test_behind_a_second_press_of_a_button_which_is_passed_over(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age")
    asyncio.run(gateway.talk("hello"))
    button = gateway.button("18 or older")

    async def act() -> None:
        for content in (Pressed(button), Pressed(button), Pressed(button), "and more"):
            await gateway.bring(content)

    assert len(sent_within(gateway, act, 3)) == 3


def test_behind_what_cannot_be_sent(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain", "ask_age")
    gateway.channel.errors = [UnreachableError()]
    assert sent_within(gateway, lambda: gateway.bring("hello"), 1) == ["How old are you?"]


def test_behind_a_message_that_is_given_up(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialogue, "GIVEN_UP_AT", 1)
    gateway.engine.answer = EngineRefusedError("no turn")

    async def act() -> None:
        await gateway.bring("one")
        await gateway.bring("two")

    assert len(sent_within(gateway, act, 2)) == 2
