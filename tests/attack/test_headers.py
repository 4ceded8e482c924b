"""Every answer of both web applications carries its headers exactly, whatever was asked and by whom."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from console_world import World, add_roles, make_world
from public_rig import OURS, Public, public
from starlette.requests import ClientDisconnect
from starlette.routing import Route
from starlette.types import Message

from bot.console import gate
from bot.gateway import HEADERS

PUBLIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
CONSOLE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Nothing of these is ever said: by which software an answer was made, or that another site may read it.
NEVER = ("server", "x-powered-by", "access-control-allow-origin", "content-security-policy-report-only")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    with public(tmp_path_factory.mktemp("public")) as made:
        yield made


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = make_world(tmp_path)
    add_roles(world)
    return world


def test_the_policies_are_these_to_the_letter() -> None:
    assert HEADERS["Content-Security-Policy"] == PUBLIC_POLICY
    assert gate.HEADERS["content-security-policy"] == CONSOLE_POLICY
    for headers in ({name.lower(): value for name, value in HEADERS.items()}, gate.HEADERS):
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
    for policy in (PUBLIC_POLICY, CONSOLE_POLICY):
        assert "unsafe" not in policy
        assert "*" not in policy
        assert "http" not in policy


def test_every_answer_of_the_gateway_carries_every_header(site: Public) -> None:
    paths = {path for method in ("GET", "POST") for path in site.routes(method)}
    assert {"/", "/chat/messages", "/telegram", "/whatsapp", "/healthz"} <= paths
    # The stream does not end: how it begins is looked at below.
    for path in [*sorted(paths - {"/chat/stream"}), "/nothing", "/chat/nothing.js", "/..%2f..%2fetc/passwd"]:
        for method in METHODS:
            for headers in ({}, OURS, {**OURS, "origin": "https://elsewhere.test"}):
                answer = site.ask(method, path, headers)
                assert answer.status_code != 500, (method, path)
                for name, value in HEADERS.items():
                    assert answer.headers.get_list(name) == [value], (method, path, name)
                assert not [name for name in NEVER if name in answer.headers], (method, path)


def test_the_stream_begins_with_every_header(site: Public) -> None:
    began: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        began.append(message)
        raise ConnectionError  # enough: the browser goes away

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/chat/stream", "query_string": b""}
    scope["asgi"] = {"version": "3.0", "spec_version": "2.4"}
    headers = [(b"cookie", OURS["cookie"].encode()), (b"host", b"chat.test")]
    with suppress(ConnectionError, ClientDisconnect):
        asyncio.run(site.app({**scope, "headers": headers}, receive, send))
    assert began[0]["status"] == 200
    given = {name.decode(): value.decode() for name, value in began[0]["headers"]}
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= given.items()


def test_every_page_of_the_console_carries_every_header_for_every_role(world: World) -> None:
    pages = [
        route.path for route in world.app.routes if isinstance(route, Route) and "GET" in (route.methods or ())
    ]
    assert len(pages) > 15
    for browser in (world.browser(), *(world.signed_in(who) for who in ("anna", "lead", "admin"))):
        for path in pages:
            answer = browser.get(path)
            for name, value in gate.HEADERS.items():
                assert answer.headers.get_list(name) == [value], (path, name)
            assert not [name for name in NEVER if name in answer.headers], path
