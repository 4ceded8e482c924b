"""`bot telegram`: what an operator has set at Telegram."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import replace

import httpx
import pytest
from fake_bot_api import TOKEN, FakeBotApi
from fake_chats import BOT
from telegram_rig import SECRET, SETTINGS

from bot.channels.telegram.api import Api
from bot.channels.telegram.commands import COMMANDS, LABELS
from bot.commands.main import main
from bot.commands.telegram import carry_out
from bot.processes.start_error import StartError
from bot.settings import ROOT, TelegramSettings


def do(fake: FakeBotApi, step: str, settings: TelegramSettings = SETTINGS, **given: str | None) -> str:
    args = argparse.Namespace(step=step, **given)
    api = Api(settings, transport=httpx.ASGITransport(fake.app))
    return asyncio.run(carry_out(args, settings, ["en", "fa"], api))


@pytest.mark.parametrize("url", ["https://bot.example", "https://bot.example/", "https://bot.example/telegram"])
def test_the_webhook_is_set_with_our_secret(url: str) -> None:
    fake = FakeBotApi()
    assert do(fake, "set-webhook", url=url) == "Telegram delivers to https://bot.example/telegram"
    assert fake.webhook["secret_token"] == SECRET
    assert set(fake.webhook["allowed_updates"]) >= {"message", "callback_query"}
    do(fake, "delete-webhook")
    assert fake.webhook["url"] == ""
    assert [call.get("drop_pending_updates", False) for call in fake.called("deleteWebhook")] == [False]


@pytest.mark.parametrize("url", ["http://bot.example", "bot.example", "https://"])
def test_only_an_https_address_is_delivered_to(url: str) -> None:
    fake = FakeBotApi()
    with pytest.raises(StartError, match="https://"):
        do(fake, "set-webhook", url=url)
    assert fake.calls == []


def test_a_webhook_and_polling_exclude_one_another() -> None:
    with pytest.raises(StartError, match="BOT_TELEGRAM_MODE"):
        do(FakeBotApi(), "set-webhook", replace(SETTINGS, polling=True), url="https://bot.example")


def test_the_menu_is_there_in_each_language() -> None:
    fake = FakeBotApi()
    do(fake, "set-commands")
    assert set(fake.commands) == {"", "en", "fa"}
    assert [command["command"] for command in fake.commands["fa"]] == list(COMMANDS)
    assert fake.commands[""] == fake.commands["en"] != fake.commands["fa"]
    assert COMMANDS.keys() == LABELS.keys()


def test_the_profile_says_nothing_of_us() -> None:
    fake = FakeBotApi()
    do(fake, "set-profile", name=None)
    do(fake, "set-profile", name="Weather")
    assert {where for _, where in fake.profile} == {"", "en", "fa"}
    assert fake.profile[("name", "fa")] == "Weather"
    for words in fake.profile.values():
        assert not [word for word in ("IOM", "return", "migra", "بازگشت", "مهاجر") if word in words]


def test_what_telegram_says_of_the_bot() -> None:
    said = do(FakeBotApi(), "info")
    assert f"@{BOT['username']}" in said
    assert "nowhere" in said
    assert TOKEN not in said


def test_without_a_token_it_says_where_to_get_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.delenv("BOT_TELEGRAM_TOKEN", raising=False)
    assert main(["telegram", "info"]) == 2
    assert "@BotFather" in capsys.readouterr().err


def test_the_words_of_the_menu_are_short_enough_in_every_language() -> None:
    fake = FakeBotApi()
    do(fake, "set-commands")
    shown = json.dumps(fake.commands, ensure_ascii=False)
    assert "label_" not in shown
    assert (ROOT / "docs" / "operating" / "telegram.md").exists()
