"""The whole product, as the browser tests start it, with Telegram switched on and the fake Bot API beside it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fake_bot_api import TOKEN, FakeBotApi


@contextmanager
def served(fake: FakeBotApi) -> Iterator[str]:
    """The fake over real HTTP; its address."""
    server = uvicorn.Server(uvicorn.Config(fake.app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def bot_api() -> FakeBotApi:
    return FakeBotApi(now=time.monotonic)


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, bot_api: FakeBotApi) -> Iterator[object]:
    from running import running_product
    from telegram_rig import SECRET

    with pytest.MonkeyPatch.context() as environ, served(bot_api) as api:
        for name, value in {"TOKEN": TOKEN, "SECRET": SECRET, "API": api}.items():
            environ.setenv(f"BOT_TELEGRAM_{name}", value)
        with running_product(tmp_path_factory.mktemp("product") / "home") as running:
            yield running
