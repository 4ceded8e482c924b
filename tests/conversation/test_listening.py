"""A text that somebody has read aloud can be heard: offered by a control, sent by the gateway itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from gateway_rig import Gateway, new_gateway
from sounds import recorded, synthetic
from turns import says

from bot.channels.channel import Bubble, Limits, Pressed
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox
from bot.conversation.screen import Screen

AGE = ["18 or older", "Under 18", "Back", "✕"]
WITH_LISTEN = ["18 or older", "Under 18", "Listen", "Back", "✕"]


@contextmanager
def hearing(
    home: Path, sound: Literal["none", "bare", "with_text"], *, demo: bool = True, one: bool = False
) -> Iterator[Gateway]:
    """A gateway whose channel can send recordings as `sound` says; `one`: one message a turn."""
    with new_gateway(home) as gateway:
        settings = replace(gateway.means.settings, demo=demo)
        limits = Limits(text=4096, title=64, choices=30, one_message_per_turn=one, sound=sound)
        means = replace(gateway.means, settings=settings, limits={"test": limits})
        gateway.means, gateway.inbox = means, Inbox(means)
        gateway.dialogue = Dialogue(means, gateway.engine)
        gateway.outbox = Outbox(means, {"test": gateway.channel})
        yield gateway


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with hearing(tmp_path, "with_text", demo=False) as made:
        yield made


def titles(bubble: Bubble) -> list[str]:
    return [choice.title for choice in bubble.choices]


def last(gateway: Gateway) -> Bubble:
    return gateway.channel.sent[-1][1]


def test_without_a_recording_nothing_is_offered(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello"))
    assert titles(last(gateway)) == AGE


def test_the_control_stands_before_the_other_controls_and_is_no_part_of_the_wording(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello"))
    without = gateway.screen().wording
    recorded(gateway.means)
    asyncio.run(gateway.talk("hello"))
    assert titles(last(gateway)) == WITH_LISTEN
    assert last(gateway).choices[2].group == "control"
    assert gateway.screen().wording == without


def test_a_tap_sends_the_recording_and_changes_nothing_else(gateway: Gateway) -> None:
    path = recorded(gateway.means)
    gateway.engine.answer = says("ask_age", state={"slots": {"a": 1}})

    async def scene() -> Screen:
        await gateway.talk("hello")
        before = gateway.screen()
        assert await gateway.press("Listen") == [""]
        return before

    before = asyncio.run(scene())
    assert last(gateway) == Bubble("", "en", "ltr", audio=f"en/{path.name}")
    assert len(gateway.engine.messages) == 1
    assert gateway.state() == {"slots": {"a": 1}}
    assert replace(gateway.screen(), heard="", heard_at=None) == before
    asyncio.run(gateway.press("18 or older"))
    assert gateway.engine.messages[-1]["tap"]["entities"] == {"answer": "adult"}


def test_the_words_of_the_control_can_be_typed(gateway: Gateway) -> None:
    recorded(gateway.means)
    asyncio.run(gateway.talk("hello"))
    asyncio.run(gateway.talk("listen"))
    assert last(gateway).audio
    assert len(gateway.engine.messages) == 1


def test_a_nervous_finger_hears_it_once_and_later_again(gateway: Gateway) -> None:
    recorded(gateway.means)

    async def scene() -> None:
        await gateway.talk("hello")
        listen = gateway.button("Listen")
        for _ in range(5):
            await gateway.bring(Pressed(listen))
            gateway.clock.forward(seconds=1)
        await gateway.take_all()
        await gateway.send_all()
        assert sum(bubble.audio is not None for _, bubble in gateway.channel.sent) == 1
        gateway.clock.forward(seconds=10)
        await gateway.talk(Pressed(listen))

    asyncio.run(scene())
    assert sum(bubble.audio is not None for _, bubble in gateway.channel.sent) == 2


def test_when_the_recording_is_gone_the_words_are_there_again(gateway: Gateway) -> None:
    path = recorded(gateway.means)
    asyncio.run(gateway.talk("hello"))
    path.unlink()
    assert asyncio.run(gateway.press("Listen")) == ["How old are you?"]
    assert titles(last(gateway)) == AGE
    asyncio.run(gateway.press("Under 18"))
    assert gateway.engine.messages[-1]["tap"]["entities"] == {"answer": "minor_without_parent"}


def test_a_changed_text_offers_no_old_recording(gateway: Gateway) -> None:
    recorded(gateway.means)
    domain = gateway.means.catalogue.domain
    domain.write_text(domain.read_text().replace("How old are you?", "What is your age?"))
    asyncio.run(gateway.talk("hello"))
    assert last(gateway).text == "What is your age?"
    assert titles(last(gateway)) == AGE


def test_another_language_is_not_read_aloud_in_english(gateway: Gateway) -> None:
    recorded(gateway.means)
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "fa"}])
    asyncio.run(gateway.talk("farsi"))
    assert len(last(gateway).choices) == len(AGE)


def test_a_text_without_buttons_gets_none(gateway: Gateway) -> None:
    recorded(gateway.means, "plain", "All right.")
    gateway.engine.answer = says("plain")
    asyncio.run(gateway.talk("hello"))
    assert last(gateway).choices == ()


def test_in_service_no_computers_voice_is_ever_sent(tmp_path: Path) -> None:
    with hearing(tmp_path, "with_text", demo=False) as gateway:
        synthetic(gateway.means)
        asyncio.run(gateway.talk("hello"))
        assert titles(last(gateway)) == AGE


def test_one_that_a_demo_offered_is_not_sent_once_it_is_in_service(tmp_path: Path) -> None:
    with hearing(tmp_path, "with_text") as gateway:
        synthetic(gateway.means)
        asyncio.run(gateway.talk("hello"))
        assert titles(last(gateway)) == WITH_LISTEN
        means = replace(gateway.means, settings=replace(gateway.means.settings, demo=False))
        gateway.dialogue = Dialogue(means, gateway.engine)
        assert asyncio.run(gateway.press("Listen")) == ["How old are you?"]
        assert last(gateway).audio is None


@pytest.mark.parametrize(("sound", "texts"), [("with_text", ["Test voice."]), ("bare", ["Test voice.", ""])])
def test_a_demo_marks_a_computers_voice(
    tmp_path: Path, sound: Literal["bare", "with_text"], texts: list[str]
) -> None:
    with hearing(tmp_path, sound) as gateway:
        path = synthetic(gateway.means)
        asyncio.run(gateway.talk("hello"))
        assert asyncio.run(gateway.press("Listen")) == texts
        assert last(gateway).audio == f"en/{path.name}"


def test_a_channel_without_sound_offers_nothing(tmp_path: Path) -> None:
    with hearing(tmp_path, "none") as gateway:
        recorded(gateway.means)
        asyncio.run(gateway.talk("hello"))
        assert titles(last(gateway)) == AGE


def test_texts_made_one_message_are_heard_in_their_order_by_one_control(tmp_path: Path) -> None:
    with hearing(tmp_path, "bare", one=True) as gateway:
        first, second = recorded(gateway.means, "plain", "All right."), recorded(gateway.means)
        gateway.engine.answer = says("plain", "ask_age")
        asyncio.run(gateway.talk("hello"))
        assert titles(last(gateway)) == WITH_LISTEN
        asyncio.run(gateway.press("Listen"))
        heard = [bubble.audio for _, bubble in gateway.channel.sent if bubble.audio]
        assert heard == [f"en/{first.name}", f"en/{second.name}"]


def test_leaving_forgets_what_was_heard(gateway: Gateway) -> None:
    recorded(gateway.means)

    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.press("Listen")
        await gateway.press("✕")

    asyncio.run(scene())
    assert gateway.find() is None or gateway.person().screen is None
    assert [text for _, text in gateway.queued()] in ([], ["OK. Have a good day."])
