"""One talk, twice: by long polling with a Bot API that nobody here wrote, then with our fake; both must agree.

The outsider is npm's `telegram-test-api`, over real HTTP.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import pytest
from fake_bot_api import FakeBotApi
from npm_peer import Peer, npm_peer
from telegram_rig import CHAT, SETTINGS, Rig, telegram
from turns import Answer, says

from bot.channels.telegram.polling import Polling
from bot.speech import Button, Say, Tap, country, language

pytestmark = pytest.mark.network
POLLED = replace(SETTINGS, polling=True, secret="")
ASK_LANGUAGE = Say(
    "choose_language",
    buttons=[Button(language(code), Tap("choose", {"language": code})) for code in ("en", "fa")],
)
IN_THAILAND = Say("country", {"country": country("TH"), "phone": "1", "count": 2})
THEIR_OWN = {"botToken"}  # what no update of Telegram's has


class Person(Protocol):
    """Who writes, and what they see of ours."""

    def write(self, words: str) -> None: ...

    def tap(self, title: str) -> None: ...

    def ours(self) -> list[dict[str, Any]]: ...

    def count(self) -> int: ...


@dataclass(frozen=True)
class AtOurFake:
    """The same person, at our fake."""

    fake: FakeBotApi

    def write(self, words: str) -> None:
        self.fake.write(CHAT, text=words)

    def tap(self, title: str) -> None:
        self.fake.tap(CHAT, title)

    def ours(self) -> list[dict[str, Any]]:
        return self.fake.ours(CHAT)

    def count(self) -> int:
        return len(self.fake.messages(CHAT))


@dataclass
class Talk:
    """What was seen after each step, and every update as it came."""

    rig: Rig
    person: Person
    seen: list[list[str]] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)

    async def bring(self, raw: Any) -> None:
        self.updates.append(raw)
        await self.rig.channel.bring(raw)

    async def until(self, last: str, *, edited: str = "") -> None:
        """Wait for `last` to be our newest message, and for `edited` to stand above it."""
        texts: list[str] = []
        for _ in range(500):
            await self.rig.settle()
            texts = [message["text"] for message in self.person.ours()]
            if texts and texts[-1] == last and (not edited or edited in texts):
                self.seen.append(texts)
                return
            await asyncio.sleep(0.02)
        raise AssertionError(texts)

    def keys(self) -> list[list[str]]:
        """The titles under our newest message, row by row."""
        rows = self.person.ours()[-1]["reply_markup"]["inline_keyboard"]
        return [[key["text"] for key in row] for row in rows]


def engine(request: Mapping[str, Any]) -> Answer:
    """Asks for a language, a country, an age and one thing more, as each is answered."""
    match request["message"]:
        case {"text": "im in tailand"}:
            return {**says("ask_age"), "say": [IN_THAILAND.as_json(), Say("ask_age").as_json()]}
        case {"tap": {"intent": "choose", "entities": {"language": code}}}:
            return says("ask_place", do=[{"effect": "language", "language": code}])
        case {"tap": {"intent": "inform", "entities": {"answer": "adult"}}}:
            return says("ask_adults")
    return {**says("plain"), "say": [ASK_LANGUAGE.as_json()]}


async def whole_talk(talk: Talk) -> None:
    await step(talk, partial(talk.person.write, "/start"), "Hello. Choose your language.")
    assert talk.keys() == [["English", "فارسی"]]
    await step(talk, partial(talk.person.tap, "English"), "Where is it?")
    await step(talk, partial(talk.person.write, "im in tailand"), "How old are you?")
    assert talk.keys() == [["18 or older", "Under 18"], ["Back", "✕"]]
    tapped = partial(talk.person.tap, "18 or older")
    await step(talk, tapped, "How many adults are you?", edited="How old are you?\n\n✓ 18 or older")
    await step(talk, partial(talk.person.tap, "✕"), "OK. Have a good day.")
    assert talk.seen[-1] == ["OK. Have a good day."]
    assert talk.person.count() == 1


async def step(talk: Talk, act: Callable[[], None], last: str, *, edited: str = "") -> None:
    act()
    await talk.until(last, edited=edited)


async def polled(rig: Rig, person: Person) -> Talk:
    """The whole talk, while the channel polls as it does in service."""
    rig.gateway.engine.answer = engine
    talk = Talk(rig, person)
    polling = asyncio.create_task(Polling(rig.channel.api, talk.bring).run())
    try:
        await whole_talk(talk)
    finally:
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
        await rig.channel.api.close()
    return talk


def with_the_outsider(home: Path) -> Talk:
    home.mkdir()
    with npm_peer(home, CHAT) as peer:
        settings = replace(POLLED, api=peer.url)
        with telegram(home, settings, over_http=True) as rig:
            return asyncio.run(polled(rig, peer))


def with_our_fake(home: Path) -> Talk:
    home.mkdir()
    with telegram(home, POLLED) as rig:
        return asyncio.run(polled(rig, AtOurFake(rig.fake)))


def kind_of(update: Mapping[str, Any]) -> str:
    (kind,) = update.keys() - {"update_id"}
    return kind


def test_a_whole_talk_goes_the_same_way_with_the_outsider_and_with_our_fake(tmp_path: Path) -> None:
    theirs, ours = with_the_outsider(tmp_path / "theirs"), with_our_fake(tmp_path / "ours")
    assert len(theirs.seen) == 5
    assert theirs.seen == ours.seen
    assert theirs.rig.gateway.engine.messages == ours.rig.gateway.engine.messages
    kinds = [kind_of(update) for update in theirs.updates]
    assert kinds == ["message", "callback_query", "message", "callback_query", "callback_query"]
    assert kinds == [kind_of(update) for update in ours.updates]
    for kind, their, our in zip(kinds, theirs.updates, ours.updates, strict=True):
        # Whatever they think that Telegram tells, our fake tells too.
        assert their[kind].keys() - THEIR_OWN <= our[kind].keys()
        if kind == "callback_query":
            assert their[kind]["message"].keys() <= our[kind]["message"].keys()


def test_a_peer_that_cannot_start_is_a_failure(tmp_path: Path) -> None:
    peer_home = tmp_path / "peer"
    peer_home.mkdir()

    def start(monkeypatch: pytest.MonkeyPatch) -> Peer:
        monkeypatch.setattr("npm_peer.SCRIPT", tmp_path / "missing.js")
        with npm_peer(peer_home, CHAT) as peer:
            return peer

    with pytest.MonkeyPatch.context() as monkeypatch, pytest.raises(AssertionError, match=r"missing\.js"):
        start(monkeypatch)
