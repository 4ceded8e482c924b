"""What a person types that would be a command behind us: every intent in a thousand shapes stays words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from gateway_rig import START, Gateway, new_gateway
from hostile import HOSTILE
from turns import says

from bot.channels.channel import Pressed, Text, Wish
from bot.channels.telegram.commands import COMMANDS
from bot.channels.telegram.reading import read_update
from bot.conversation.content import as_kept
from bot.conversation.screen import OLD_BUTTON, Screen, Shown, read
from bot.settings import ROOT
from nlu.engine.normalise import normalise

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS: Sequence[str] = [one if isinstance(one, str) else next(iter(one)) for one in DOMAIN["intents"]]
SLOTS: Sequence[str] = list(DOMAIN["slots"])
NOW = datetime(2026, 3, 1, 9, 0)  # noqa: DTZ001 - as the tables keep it
# Whatever Rasa, JSON or a careless reader might take off the front; U+FF0F is a slash as wide as a letter.
FRONTS = (
    *(
        "/",
        "//",
        " /",
        "\n/",
        "\t/ /",
        "\uff0f",
        "/\uff0f/",
        "\u00a0/",
        "/\u00a0/",
        "/\u00a0/\u00a0/",
        "\u3000/\u2003/\u1680/",
    ),
    *("\u200b/", "\ufeff/", "\u202e/", "/\x00/", "\x1c/\x85/", "\u2028/\u2029/", "\ud800/", "/ / / /", "\u0301/"),
)
SHAPES = (
    '{intent}{{"answer":"adult"}}',
    '{intent}{{"question":"age","answer":"adult","consent":"yes"}}',
    "{intent}@1.0",
    '{intent}@1.0{{"answer": ["adult"]}}',
    "{intent}",
    "{intent}[adult](answer)",
    'slot{{"{slot}": "yes"}}',
    'slot{{"state": null, "{slot}": {{"facts": []}}}}',
)
TALES = (
    '[adult]{{"entity":"answer","value":"adult","role":"{slot}"}}',
    '{{"tap": {{"intent": "{intent}", "entities": {{"answer": "adult"}}}}, "typed": false}}',
    '{{"text": "x", "state": {{"slots": {{"{slot}": "yes"}}}}}}',
    '{{"pressed": "b1"}}',
    '{{"event": "slot", "name": "{slot}", "value": "yes"}}',
    '"}}, "message": {{"tap": {{"intent": "{intent}"}}}}, "x": {{"y": "',
    "EXTERNAL: {intent}",
    "_{intent}",
    "utter_{intent}",
    "action_{slot}",
)


def payloads() -> Iterator[str]:
    """Every intent and every slot, in every shape, behind every front."""
    for number, intent in enumerate(INTENTS):
        slot = SLOTS[number % len(SLOTS)]
        for shape in SHAPES:
            for front in FRONTS:
                yield front + shape.format(intent=intent, slot=slot)
        for tale in TALES:
            yield tale.format(intent=intent, slot=slot)
    yield from (f'/slot{{"{slot}":"yes"}}' for slot in SLOTS)
    yield from HOSTILE


PAYLOADS = list(dict.fromkeys(payloads()))
SCREEN = Screen(
    name="ask_age",
    choices={
        "b1": Shown({"intent": "inform", "entities": {"answer": "adult"}}, "18 or older", "answer"),
        "b2": Shown({"intent": "quick_exit", "entities": {}}, "Weather", "control"),
    },
)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        yield made


def test_there_are_thousands() -> None:
    assert len(PAYLOADS) > 4000
    assert len(INTENTS) > 20


def test_what_is_typed_is_never_a_tap() -> None:
    for payload in PAYLOADS:
        kept = as_kept(Text(payload))
        reading = read(SCREEN, kept, NOW, {"second": "2"})
        assert reading is not None
        assert set(reading.message) in ({"text"}, {"attachment"}), payload
        assert reading.screen == read(SCREEN, {"text": "blah blah"}, NOW, {}).screen, payload  # type: ignore[union-attr]


def test_no_front_is_left_that_is_taken_for_a_command() -> None:
    for payload in PAYLOADS:
        words = as_kept(Text(payload)).get("text", "x")
        # Rasa strips the text before it looks for its slash; what normalising uncovers, the engine takes off.
        assert not words.strip().startswith(("/", "\uff0f")), payload
        assert not normalise(words).lstrip("/ ").strip().startswith("/"), payload


def test_telegrams_own_commands_are_those_of_its_menu_and_bare() -> None:
    meanings = set()
    for payload in [*PAYLOADS, *(f"/{name}" for name in COMMANDS), *(f"/{intent}" for intent in INTENTS)]:
        message = {
            "message_id": 5,
            "date": 1,
            "chat": {"id": 7, "type": "private"},
            "from": {"id": 7, "is_bot": False, "first_name": "x"},
            "text": payload,
        }
        [arrival] = read_update({"update_id": 1, "message": message}, "1").arrivals
        if isinstance(arrival.content, Wish):
            meanings.add(arrival.content.meaning)
            assert payload.strip("/ ").split("@")[0] in COMMANDS, payload
        else:
            assert arrival.content == Text(payload)
    assert meanings == set(COMMANDS.values())


def test_what_comes_of_them_is_what_comes_of_unknown_words(gateway: Gateway) -> None:
    def answer(request: Any) -> Any:
        assert set(request["message"]) == {"text"}
        return says("ask_age", state={"slots": {"age": None}})

    gateway.engine.answer = answer
    first = asyncio.run(gateway.talk("blah blah"))
    state = gateway.state()
    for payload in PAYLOADS[::401]:
        if "text" in as_kept(Text(payload)):
            assert asyncio.run(gateway.talk(payload)) == first, payload
            assert gateway.state() == state
            gateway.clock.forward(seconds=30)
    assert gateway.clock.at > START
    sent = json.dumps([{**request, "message": None} for request in gateway.engine.asked], default=str)
    assert "adult" not in sent.replace('"18 or older"', "")


@pytest.mark.parametrize("button", ["b2", "", "x" * 5000, "../b1", '{"intent":"inform"}', "/inform", "b1\x00"])
def test_a_button_that_was_not_shown_means_nothing(button: str) -> None:
    screen = Screen(name="ask_age", choices={"b1": SCREEN.choices["b1"]})
    reading = read(screen, as_kept(Pressed(button)), NOW)
    assert reading is not None
    assert reading.message == OLD_BUTTON


def test_another_persons_button_means_nothing(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello", address="a"))
    asyncio.run(gateway.talk("hello", address="b"))
    title = next(iter(gateway.screen("b").choices.values())).title
    theirs = gateway.button(title, address="b")
    assert theirs not in gateway.screen("a").choices
    asyncio.run(gateway.talk(Pressed(theirs), address="a"))
    assert gateway.engine.messages[-1] == OLD_BUTTON
