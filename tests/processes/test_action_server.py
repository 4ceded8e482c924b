from __future__ import annotations

import asyncio
import json
import logging
import zlib
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection
from starlette.applications import Starlette

from actions.server import MOST_BYTES, create_app, main

SECRET = "between-rasa-and-actions"
CANARY = "canary-7731"


def greets(dispatcher: CollectingDispatcher, _tracker: Any, domain: Any) -> list[dict[str, Any]]:
    dispatcher.utter_message(response="utter_greets")
    return [{"event": "slot", "name": "domain", "value": domain}]


def refuses(_dispatcher: Any, _tracker: Any, _domain: Any) -> list[dict[str, Any]]:
    raise ActionExecutionRejection("action_refuses", CANARY)


def breaks(_dispatcher: Any, _tracker: Any, _domain: Any) -> list[dict[str, Any]]:
    raise ValueError(CANARY)


@dataclass(frozen=True)
class Peer:
    """Asks the application as Rasa does, without a socket."""

    app: Starlette

    def ask(self, method: str, path: str, secret: bytes = SECRET.encode(), **request: Any) -> httpx.Response:
        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://actions") as client:
                headers = {b"X-Action-Secret": secret, **request.pop("headers", {})}
                return await client.request(method, path, headers=headers, **request)

        return asyncio.run(asking())

    def post(self, **request: Any) -> httpx.Response:
        return self.ask("POST", "/webhook", **request)


@pytest.fixture
def peer() -> Peer:
    executor = ActionExecutor()
    for name, action in (("greets", greets), ("refuses", refuses), ("breaks", breaks)):
        executor.register_function(f"action_{name}", action)
    return Peer(create_app(SECRET, executor))


def call(name: str) -> dict[str, Any]:
    tracker = {"sender_id": "c", "slots": {}, "latest_message": {"text": CANARY}, "events": [], "paused": False}
    return {"next_action": name, "sender_id": "c", "version": "3.6.21", "tracker": tracker}


def test_runs_an_action_that_asks_for_no_domain(peer: Peer) -> None:
    answer = peer.post(json=call("action_greets"))
    assert answer.status_code == 200
    assert answer.json()["responses"][0]["response"] == "utter_greets"
    assert answer.json()["events"][0]["name"] == "domain"


def test_reads_a_packed_call(peer: Peer) -> None:
    packed = zlib.compress(json.dumps(call("action_greets")).encode())
    assert peer.post(content=packed, headers={b"Content-Encoding": b"deflate"}).status_code == 200


@pytest.mark.parametrize("secret", ["", "wrong", "between-rasa-and-action", "é"])
def test_without_the_secret_nothing_runs(peer: Peer, secret: str) -> None:
    answer = peer.post(json=call("action_greets"), secret=secret.encode())
    assert (answer.status_code, list(answer.json())) == (403, ["error"])


@pytest.mark.parametrize(
    ("name", "status"), [("action_refuses", 400), ("action_nowhere", 404), ("action_breaks", 500)]
)
def test_an_error_names_the_action_and_echoes_nothing(
    peer: Peer, caplog: pytest.LogCaptureFixture, name: str, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = peer.post(json=call(name))
    assert answer.status_code == status
    assert answer.json()["action_name"] == name
    assert CANARY not in answer.text
    assert CANARY not in caplog.text


def test_a_failure_is_logged_with_its_kind_and_place(peer: Peer, caplog: pytest.LogCaptureFixture) -> None:
    peer.post(json=call("action_breaks"))
    assert "kind=ValueError" in caplog.text
    assert "test_action_server.py:" in caplog.text


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"not json", ""),
        (b"[]", ""),
        (b"\xff", ""),
        (b"not packed", "deflate"),
        (b" " * (MOST_BYTES + 1), ""),
        (zlib.compress(b" " * (50 * MOST_BYTES)), "deflate"),
    ],
)
def test_what_is_no_call_is_refused(peer: Peer, content: bytes, encoding: str) -> None:
    answer = peer.post(content=content, headers={b"Content-Encoding": encoding.encode()})
    assert answer.status_code == 400


def test_health_asks_no_secret_and_there_is_nothing_else(peer: Peer) -> None:
    assert peer.ask("GET", "/healthz", secret=b"").status_code == 200
    assert peer.ask("GET", "/webhook").status_code == 405
    assert peer.ask("GET", "/actions").status_code == 404


def test_a_missing_secret_stops_the_start_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOT_ACTION_SECRET", raising=False)
    with pytest.raises(SystemExit, match="BOT_ACTION_SECRET"):
        main()
