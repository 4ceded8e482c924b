"""Without a public address: nothing is confirmed before it is stored, and no update holds up those behind it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bot_api_calls import RefusalError
from sqlalchemy.exc import OperationalError
from telegram_rig import CHAT, SETTINGS, Rig, telegram

from bot.channels.telegram.polling import Polling
from bot.channels.telegram.reading import ALLOWED_UPDATES
from bot.conversation.inbox import Stored
from bot.store.models import Incoming


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with telegram(tmp_path, replace(SETTINGS, polling=True, secret="")) as rig:
        yield rig


def poller(rig: Rig) -> Polling:
    return Polling(rig.channel.api, rig.channel.bring, wait=0, again=0.01)


def statuses(rig: Rig) -> list[str]:
    return [row.status for row in rig.gateway.rows(Incoming)]


def test_where_it_polls_there_is_no_webhook(rig: Rig) -> None:
    assert rig.channel.routes() == []
    assert len(rig.channel.workers()) == 2


def test_what_is_stored_is_confirmed_by_the_next_question(rig: Rig) -> None:
    rig.fake.write(CHAT, text="one")
    rig.fake.write(CHAT, text="two")
    polling = poller(rig)

    async def scene() -> None:
        await polling.once()
        assert len(rig.fake.pending) == 2
        await polling.once()

    asyncio.run(scene())
    assert rig.fake.pending == []
    assert statuses(rig) == ["waiting", "waiting"]
    assert rig.fake.calls[0][1]["allowed_updates"] == list(ALLOWED_UPDATES)


def test_what_could_not_be_stored_comes_again(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.fake.write(CHAT, text="one")
    rig.fake.write(CHAT, text="two")
    polling, store, count = poller(rig), type(rig.gateway.inbox)._store, iter(range(9))

    def fails_at_the_second(*given: Any, **named: Any) -> Stored:
        if next(count) == 1:
            raise OperationalError("insert", {}, Exception("locked"))
        return store(*given, **named)

    monkeypatch.setattr(type(rig.gateway.inbox), "_store", fails_at_the_second)

    async def scene() -> None:
        with suppress(OperationalError):
            await polling.once()
        await polling.once()

    asyncio.run(scene())
    assert statuses(rig) == ["waiting", "waiting"]
    assert [update["message"]["text"] for update in rig.fake.pending] == ["two"]


def test_after_a_restart_what_was_not_confirmed_comes_again_and_is_known(rig: Rig) -> None:
    rig.fake.write(CHAT, text="one")

    async def scene() -> None:
        await poller(rig).once()
        await poller(rig).once()

    asyncio.run(scene())
    assert statuses(rig) == ["waiting"]


def test_after_a_quiet_week_numbers_may_begin_lower(rig: Rig) -> None:
    polling = poller(rig)

    async def scene() -> None:
        rig.fake.write(CHAT, text="one")
        await polling.once()
        await polling.once()
        rig.fake._update = 40
        polling._offset = None  # Telegram gives what it has to a question without a number
        rig.fake.write(CHAT, text="two")
        await polling.once()
        await polling.once()

    asyncio.run(scene())
    assert statuses(rig) == ["waiting", "waiting"]
    assert rig.fake.pending == []


def test_a_poison_update_is_put_aside_and_confirmed(rig: Rig) -> None:
    rig.fake.pending.append({"update_id": 7, "message": {"date": 10**30}})
    rig.fake.write(CHAT, text="two")
    polling = poller(rig)

    async def scene() -> None:
        await polling.once()
        await polling.once()

    asyncio.run(scene())
    assert sorted(statuses(rig)) == ["aside", "waiting"]
    assert rig.fake.pending == []


def run_until(polling: Polling, done: Callable[[], bool]) -> None:
    async def scene() -> None:
        task = asyncio.create_task(polling.run())
        for _ in range(500):
            if done():
                break
            await asyncio.sleep(0.02)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(scene())


def test_a_webhook_that_still_stands_is_taken_away(rig: Rig, capfd: pytest.CaptureFixture[str]) -> None:
    rig.fake.webhook = {"url": "https://bot.example/telegram"}
    rig.fake.write(CHAT, text="hi")
    run_until(poller(rig), lambda: statuses(rig) == ["waiting"])
    assert rig.fake.webhook["url"] == ""
    assert statuses(rig) == ["waiting"]
    assert "telegram.conflict" in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "error", [RefusalError(502, "Bad Gateway"), RefusalError(429, "Too Many Requests", retry_after=1)]
)
def test_a_fault_is_asked_through(rig: Rig, error: RefusalError, capfd: pytest.CaptureFixture[str]) -> None:
    rig.fake.script["getUpdates"] = deque([error])
    rig.fake.write(CHAT, text="hi")
    run_until(poller(rig), lambda: statuses(rig) == ["waiting"])
    assert statuses(rig) == ["waiting"]
    assert "test-token" not in "".join(capfd.readouterr())


def test_a_wrong_token_is_said_without_the_token(rig: Rig, capfd: pytest.CaptureFixture[str]) -> None:
    rig.fake.script["getUpdates"] = deque([RefusalError(401, "Unauthorized")])
    run_until(poller(rig), lambda: len(rig.fake.calls) == 1)
    logs = "".join(capfd.readouterr())
    assert "BOT_TELEGRAM_TOKEN" in logs
    assert "test-token" not in logs
