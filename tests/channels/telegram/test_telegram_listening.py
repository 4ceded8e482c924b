"""A text read aloud, on Telegram: a voice message without a word on it, gone with the rest on leaving."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import Any

import pytest
from bot_api_calls import RefusalError
from sounds import recorded, synthetic
from telegram_rig import CHAT, Rig

from bot.channels.channel import Bubble, TryLaterError, UnreachableError
from bot.store.models import Outgoing


def keys(message: dict[str, Any]) -> list[str]:
    return [key["text"] for row in message.get("reply_markup", {}).get("inline_keyboard", []) for key in row]


def listen(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.tap("Listen")

    asyncio.run(scene())


def test_a_tap_sends_a_voice_message_and_leaves_the_question_as_it_is(rig: Rig) -> None:
    path = recorded(rig.gateway.means)
    listen(rig)
    question, voice = rig.fake.ours(CHAT)
    assert question["text"] == "How old are you?"
    assert keys(question) == ["18 or older", "Under 18", "Listen", "Back", "✕"]
    (sent,) = rig.fake.called("sendVoice")
    assert sent["voice"]["content"] == path.read_bytes()
    assert sent["voice"]["name"] == "audio.ogg"
    assert sent.keys() == {"chat_id", "voice"}
    assert voice["voice"]["file_size"] == path.stat().st_size
    assert rig.fake.queries == set()
    asyncio.run(rig.tap("18 or older"))
    assert rig.gateway.engine.messages[-1]["tap"]["entities"] == {"answer": "adult"}
    assert len(rig.gateway.engine.messages) == 2


def test_a_computers_voice_is_marked_below_it(rig: Rig) -> None:
    synthetic(rig.gateway.means)
    listen(rig)
    assert rig.fake.ours(CHAT)[-1]["caption"] == "Test voice."


def test_a_person_who_takes_no_voice_messages_gets_a_file(rig: Rig) -> None:
    path = recorded(rig.gateway.means)
    rig.fake.no_voice.add(CHAT)
    listen(rig)
    (sent,) = rig.fake.called("sendDocument")
    assert sent["document"] == {"name": "audio.ogg", "content": path.read_bytes()}
    assert "document" in rig.fake.ours(CHAT)[-1]


def test_what_telegram_will_not_have_at_all_holds_nothing_up(rig: Rig) -> None:
    recorded(rig.gateway.means)
    for method in ("sendVoice", "sendDocument"):
        rig.fake.script[method] = deque([RefusalError(400, "Bad Request: failed to get HTTP URL content")])
    listen(rig)
    assert [row.status for row in rig.gateway.rows(Outgoing)] == ["sent", "failed"]
    asyncio.run(rig.tap("18 or older"))
    assert rig.fake.ours(CHAT)[-1]["text"] == "How old are you?"


def test_waiting_and_blocking_mean_what_they_mean_for_words(rig: Rig) -> None:
    name = f"en/{recorded(rig.gateway.means).name}"
    bubble = Bubble("", "en", "ltr", audio=name)

    async def scene() -> None:
        await rig.write(text="hi")
        rig.forward(5)
        rig.fake.script["sendVoice"] = deque(
            [RefusalError(429, "Too Many Requests: retry after 9", retry_after=9)]
        )
        with pytest.raises(TryLaterError):
            await rig.channel.deliver(str(CHAT), bubble)
        rig.forward(10)
        rig.fake.block(CHAT)
        with pytest.raises(UnreachableError):
            await rig.channel.deliver(str(CHAT), bubble)

    asyncio.run(scene())


def test_a_recording_that_is_gone_or_a_computers_in_service_is_not_sent(rig: Rig) -> None:
    means = rig.gateway.means
    path = synthetic(means)
    rig.channel._means = replace(means, settings=replace(means.settings, demo=False))
    for name in (f"en/{path.name}", "en/0123456789abcdef.ogg", "../../var/secrets"):
        with pytest.raises(UnreachableError):
            asyncio.run(rig.channel.deliver(str(CHAT), Bubble("", "en", "ltr", audio=name)))
    assert rig.fake.called("sendVoice") == []


def test_leaving_takes_the_voice_message_off_too(rig: Rig) -> None:
    recorded(rig.gateway.means)
    listen(rig)
    voice = rig.fake.ours(CHAT)[-1]["message_id"]
    asyncio.run(rig.tap("✕"))
    assert voice not in rig.fake.chats[CHAT]
    assert rig.said() == ["OK. Have a good day."]
