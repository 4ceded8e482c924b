"""The channel in a rig, and the whole product with Telegram on, as it runs beside a fake Bot API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_bot_api import TOKEN, FakeBotApi
from loopback import served
from running import Product, running_product
from telegram_rig import SECRET, Rig, telegram


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with telegram(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def bot_api() -> FakeBotApi:
    return FakeBotApi(now=time.monotonic)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, bot_api: FakeBotApi) -> Iterator[Product]:
    with pytest.MonkeyPatch.context() as environ, served(bot_api.app) as api:
        for name, value in {"TOKEN": TOKEN, "SECRET": SECRET, "API": api}.items():
            environ.setenv(f"BOT_TELEGRAM_{name}", value)
        with running_product(tmp_path_factory.mktemp("product") / "home") as running:
            yield running
