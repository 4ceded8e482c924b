"""The other side of the console's database: people, whose messages go the gateway's way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from console_world import World
from gateway_rig import Gateway
from turns import FakeEngine, Recorder, says

from bot import speech
from bot.channels.channel import Pressed, Text
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.conversation.outbox import Outbox
from bot.language.catalogue import Catalogue
from bot.referrals import intake

T = TypeVar("T")
LANGUAGES = ("en", "fa", "ar", "bn")


@dataclass(frozen=True)
class People:
    """A gateway over the console's database, whose engine does what each call here needs."""

    gateway: Gateway

    def send(self, address: str, effect: Mapping[str, Any], language: str = "en") -> None:
        """A person chooses a language, reads what would be sent, and says yes to it."""
        where = speech.office(effect["office"])
        asked = speech.Say("ask_consent", {"office": where, "lines": speech.lines([])})
        code = speech.code(effect["reference"])
        done = speech.Say("referral_sent", {"reference": code, "office": where, "days": 3, "phone": "1"})

        async def talk() -> None:
            self.gateway.engine.answer = _turn(asked, {"effect": "language", "language": language})
            await self.gateway.talk("hello", address=address)
            self.gateway.engine.answer = _turn(done, effect)
            shown = self.gateway.screen(address).choices
            yes = next(key for key, button in shown.items() if button.tap["intent"] == "affirm")
            await self.gateway.talk(Pressed(yes), address=address)

        _apart(talk())

    def write(self, address: str, *texts: str) -> None:
        """Words to the office, one message each."""
        self.gateway.engine.answer = _to_the_office

        async def talk() -> None:
            for text in texts:
                await self.gateway.bring(Text(text), address=address)
                await self.gateway.dialogue.take_one()

        _apart(talk())

    def answer(self, address: str, entity: str, value: str) -> None:
        """A press on the button of a message whose tap has this entity."""
        self.gateway.engine.answer = _about_the_border

        async def talk() -> None:
            await self.gateway.send_all()
            shown = self.gateway.screen(address).choices
            tapped = (key for key, one in shown.items() if one.tap.get("entities", {}).get(entity) == value)
            await self.gateway.talk(Pressed(next(tapped)), address=address)

        _apart(talk())

    def work(self, said: speech.Say) -> None:
        """Whatever waits is taken, and the bot says this to it."""
        self.gateway.engine.answer = {**says(), "say": [said.as_json()]}
        _apart(self.gateway.take_all())

    def read(self, address: str) -> list[str]:
        """All that has come to this person's telephone by now."""
        _apart(self.gateway.send_all())
        return [bubble.text for to, bubble in self.gateway.channel.sent if to == address]


def people_of(world: World, words: Catalogue) -> People:
    """People who write to the offices of this world, in `words`."""
    channel, engine = Recorder(), FakeEngine()
    means = Means(
        database=world.engine,
        settings=world.settings,
        catalogue=words,
        languages=LANGUAGES,
        exits=frozenset(),
        limits={channel.name: channel.limits},
        referrals=intake,
        clock=world.clock,
    )
    inbox, dialogue = Inbox(means), Dialogue(means, engine)
    outbox = Outbox(means, {channel.name: channel})
    return People(Gateway(means, inbox, dialogue, outbox, engine, channel, world.clock))  # type: ignore[arg-type]


def _turn(said: speech.Say, effect: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**says(), "say": [said.as_json()], "do": [dict(effect)]}


def _about_the_border(request: Mapping[str, Any]) -> Mapping[str, Any]:
    answer, office = request["message"]["tap"]["entities"]["border"], request["facts"]["referral"]["border"]
    return says("border_no", do=[{"effect": "border", "office": office, "answer": answer}])


def _to_the_office(request: Mapping[str, Any]) -> Mapping[str, Any]:
    words = request["message"].get("text")
    return says(do=[{"effect": "write_to_office", "text": words}] if words else [])


def _apart(work: Coroutine[Any, Any, T]) -> T:
    # In a thread of its own: the browser's driver keeps the test's own loop for itself.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, work).result()
