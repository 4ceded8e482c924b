"""Every word of every language for leaving at once works at every step, and the last line tells nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from gateway_rig import Gateway, new_gateway
from turns import REFER, says

from bot.conversation.purge import LAST_LINE, Purge
from bot.conversation.turn_engine import EngineAwayError
from bot.language.catalogue import load_catalogue
from bot.language.folding import fold
from bot.language.wording import Wording
from bot.settings import ROOT
from bot.store.models import Incoming, Outgoing, Person, Referral

CATALOGUE = load_catalogue(ROOT)
# Languages with words of their own, be they offered or not yet.
WORDS: dict[str, list[str]] = {
    path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")).get("exit", [])
    for path in sorted((ROOT / "locales").glob("*/words.yml"))
}
LANGUAGES = [language for language, words in WORDS.items() if words]
EXITS = frozenset(fold(word) for words in WORDS.values() for word in words)
# What must not be read over somebody's shoulder, in the letters that every language writes it with.
TELLING = re.compile(r"\b(IOM|AVRR|UNHCR|return|migra|referral|office|asylum)", re.IGNORECASE)
Step = Callable[[Gateway, str], Awaitable[None]]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        means = replace(made.means, exits=EXITS)
        yield replace(
            made,
            means=means,
            inbox=replace(made.inbox, means=means),
            dialogue=replace(made.dialogue, means=means),
            outbox=replace(made.outbox, means=means),
        )


async def before_anything(gateway: Gateway, address: str) -> None:
    """The very first message is the word."""


async def asked(gateway: Gateway, address: str) -> None:
    gateway.engine.answer = says("ask_age", state={"slots": {"age": "adult"}})
    await gateway.talk("hello", address=address)


async def about_to_agree(gateway: Gateway, address: str) -> None:
    gateway.engine.answer = says("ask_consent", state={"slots": {"age": "adult"}})
    await gateway.talk("hello", address=address)


async def waiting(gateway: Gateway, address: str) -> None:
    await asked(gateway, address)
    gateway.engine.answer = EngineAwayError("ConnectError")
    await gateway.bring("a message that waits", address=address)
    await gateway.take_all()


async def referred(gateway: Gateway, address: str) -> None:
    await about_to_agree(gateway, address)
    reference = f"K7PM-{2000 + int(address)}"
    gateway.engine.answer = says("ask_age", do=[{**REFER, "reference": reference}], state={"slots": {}})
    await gateway.press("Yes, send it", address=address)


async def gone(gateway: Gateway, step: Step, word: str, address: str, *, kept: bool = False) -> None:
    """After `step`, the word leaves: at once, before any clock has moved."""
    await step(gateway, address)
    said_before, turns = len(gateway.channel.sent), len(gateway.engine.asked)
    await gateway.bring(word, address=address)
    person = gateway.person(address)
    assert (person.state, person.screen) == (None, None), word
    assert len(gateway.engine.asked) == turns, word
    await gateway.send_all()
    assert [bubble.text for _, bubble in gateway.channel.sent[said_before:]] == ["OK. Have a good day."], word
    assert bool(gateway.rows(Referral)) == kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_of_a_language_leaves_in_the_middle_of_a_talk(gateway: Gateway, language: str) -> None:
    async def scene() -> None:
        for number, word in enumerate(WORDS[language]):
            await gone(gateway, asked, word, str(number))

    asyncio.run(scene())
    assert {(row.status, row.content, row.person_id) for row in gateway.rows(Incoming)} == {("done", None, None)}
    gateway.clock.forward(seconds=LAST_LINE.total_seconds())
    Purge(gateway.means).forget(gateway.clock())
    assert gateway.rows(Person) == gateway.rows(Outgoing) == []


@pytest.mark.parametrize("step", [before_anything, asked, about_to_agree, waiting, referred])
def test_a_word_of_each_language_leaves_at_every_step(gateway: Gateway, step: Step) -> None:
    async def scene() -> None:
        for number, language in enumerate(LANGUAGES):
            await gone(gateway, step, WORDS[language][0], str(number), kept=step is referred)

    asyncio.run(scene())
    assert {row.content for row in gateway.rows(Incoming)} == {None}
    if step is referred:
        assert len(gateway.rows(Referral)) == len(LANGUAGES)


@pytest.mark.parametrize("language", sorted(CATALOGUE.languages))
@pytest.mark.parametrize("response", [name for name in CATALOGUE.responses() if name.split("_")[0] == "exit"])
def test_the_last_line_tells_nothing(language: str, response: str) -> None:
    said = Wording(CATALOGUE, language).text(response)
    assert said
    assert not TELLING.search(said)
