from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from asgi_http import http_that
from gateway_rig import Gateway, new_gateway, settings_in
from turns import says

from bot import gateway as process
from bot.conversation.turn_engine import EngineAwayError, EngineRefusedError, HttpTurnEngine
from bot.gateway import create_gateway
from bot.settings import ROOT
from bot.store.database import migrate, open_database

TURN = {"conversation": "c", "message": {"text": "hi"}}


def test_the_workers_run_with_the_app_and_end_with_it(tmp_path: Path) -> None:
    with new_gateway(tmp_path) as gateway:
        app = create_gateway(gateway.means, gateway.engine).app

        async def scene() -> None:
            async with app.router.lifespan_context(app):
                await gateway.bring("hello")
                for _ in range(100):
                    if gateway.queued():
                        break
                    await asyncio.sleep(0.05)

        asyncio.run(scene())
        assert [text for _, text in gateway.queued()] == ["How old are you?"]


def test_a_stop_while_a_turn_is_taken_gives_the_message_back_at_once(tmp_path: Path) -> None:
    with new_gateway(tmp_path) as gateway:

        async def scene() -> None:
            began = asyncio.Event()

            async def hang(_request: object) -> object:
                began.set()
                await asyncio.sleep(60)
                raise AssertionError

            gateway.engine.take = hang  # type: ignore[method-assign,assignment]
            await gateway.bring("hello")
            task = asyncio.create_task(gateway.dialogue.take_one())
            await began.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

        asyncio.run(scene())
        del gateway.engine.take
        asyncio.run(gateway.take_all())
        assert [text for _, text in gateway.queued()] == ["How old are you?"]


def ask(gateway: Gateway, answer: httpx.Response | Exception) -> object:
    def respond(request: httpx.Request) -> httpx.Response:
        assert request.headers["x-turn-secret"] == "turn-secret"
        assert request.url.path == "/webhooks/turn/take"
        if isinstance(answer, Exception):
            raise answer
        return answer

    return asyncio.run(HttpTurnEngine(gateway.means.settings, http_that(respond)).take(TURN))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ConnectError("refused"), EngineAwayError),
        (httpx.ReadTimeout("slow"), EngineAwayError),
        (httpx.Response(503, json={"error": "failed"}), EngineAwayError),
        (httpx.Response(500, text="<html>"), EngineAwayError),
        (httpx.Response(500, content=b" " * (2 << 20)), EngineAwayError),
        (httpx.Response(403), EngineRefusedError),
        (httpx.Response(422), EngineRefusedError),
        (httpx.Response(302, headers={"location": "http://evil.test/"}), EngineRefusedError),
        (httpx.Response(200, json=[]), EngineRefusedError),
        (httpx.Response(200, text="<html>"), EngineRefusedError),
        (httpx.Response(200, text='{"say": NaN}'), EngineRefusedError),
        (httpx.Response(200, text="[" * 100_000), EngineRefusedError),
        (httpx.Response(200, json={**says("plain"), "state": [1]}), EngineRefusedError),
        (httpx.Response(200, content=b" " * (2 << 20)), EngineRefusedError),
    ],
)
def test_whatever_the_engine_does_it_is_away_or_refuses(
    tmp_path: Path, answer: httpx.Response | Exception, error: type[Exception]
) -> None:
    with new_gateway(tmp_path) as gateway, pytest.raises(error):
        ask(gateway, answer)


def test_a_turn_over_http(tmp_path: Path) -> None:
    with new_gateway(tmp_path) as gateway:
        taken = ask(gateway, httpx.Response(200, json=says("plain", state={"a": 1})))
    assert getattr(taken, "state", None) == {"a": 1}


@pytest.mark.network
def test_the_process_serves_and_ends_when_told_though_a_page_is_open(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    migrate(open_database(settings.database_url))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="  # thirty-two bytes
    environ = {"BOT_HOME": str(tmp_path), "BOT_DATABASE_URL": settings.database_url, "BOT_DEMO": "1"}
    environ |= dict.fromkeys(("BOT_FIELD_KEY", "BOT_LOOKUP_KEY"), key) | {"BOT_GATEWAY_PORT": str(port)}
    environ |= dict.fromkeys(("BOT_TURN_SECRET", "BOT_ACTION_SECRET"), "secret") | {"BOT_RASA_PORT": "1"}
    process = subprocess.Popen([sys.executable, "-m", "bot.gateway"], env=environ, cwd=ROOT)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
            _wait_until_up(client)
            assert client.get("/").status_code == 200
            with client.stream("GET", "/chat/stream") as stream:
                assert next(stream.iter_text()).startswith("retry:")
                process.send_signal(signal.SIGTERM)
                assert process.wait(timeout=30) in {0, -signal.SIGTERM}
    finally:
        process.kill()
        process.wait()


def _wait_until_up(client: httpx.Client) -> None:
    for _ in range(300):
        with suppress(httpx.ConnectError):
            if client.get("/healthz").status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError


def test_a_database_that_is_not_migrated_ends_the_start_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_in(tmp_path)
    monkeypatch.setattr(process, "read_settings", lambda: settings)
    monkeypatch.setattr(process, "quiet_logs", lambda: None)
    database = open_database(settings.database_url)
    migrate(database, "0007")
    database.dispose()
    with pytest.raises(SystemExit, match="bot office init"):
        process.main()
