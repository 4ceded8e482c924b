"""Requests that are too large, nested too deep, packed, slow or of another kind, at every POST there is."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping

import httpx
import pytest
from console_settings import START
from console_world import World, make_world
from public_rig import Public, public
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette
from starlette.routing import Route

from actions.server import create_app
from bot.console.rights import OPEN
from bot.console.sessions import start_session
from bot.store.database import transaction
from bot.store.models import Incoming, Person

FORM = {"content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin"}
JSON = {"content-type": "application/json"}
HUGE = 2 << 20  # bytes: more than any route takes
UNPACKED = 64 << 20  # bytes that some tens of kilobytes would become


def nested(depth: int, opening: str = "[", closing: str = "]", inside: str = "") -> bytes:
    return (opening * depth + inside + closing * depth).encode()


DEEP: Mapping[str, bytes] = {
    **{f"lists {depth}": nested(depth) for depth in (900, 1100, 10_000, 30_000)},
    "objects": nested(10_000, '{"a":', "}", "1"),
    "never closed": b"[" * 30_000,
    "in a field": b'{"delivery":' + nested(10_000) + b',"text":"x"}',
    "in an update": b'{"update_id":1,"message":' + nested(10_000, '{"reply_to_message":', "}", "1") + b"}",
    "some replies": b'{"update_id":1,"message":' + nested(700, '{"reply_to_message":', "}", "1") + b"}",
    "in a batch": b'{"object":"whatsapp_business_account","entry":' + nested(10_000) + b"}",
    "in a form": b"csrf" + b"[a]" * 10_000 + b"=1",
}
SPOILT: Mapping[str, bytes] = {
    **DEEP,
    "nothing": b"",
    "a number of many digits": b'{"update_id":' + b"9" * 20_000 + b"}",
    "no text": b"\xff\xfe\x00" * 100,
    "half a letter": b'{"text":"\\ud800","delivery":"\\udfff"}',
    "many fields": json.dumps({f"f{number}": 1 for number in range(3000)}).encode(),
    "many of a form": b"&".join(b"a%d=1" % number for number in range(5000)),
    "a name twice": b'{"text":"a","text":{"text":1}}',
    "not a number": b'{"update_id":NaN,"message":Infinity}',
    "parts": b"--x\r\nContent-Disposition: form-data; name=csrf\r\n\r\n1\r\n--x--",
    "packed": gzip.compress(b" " * UNPACKED, 9),
    "packed twice": gzip.compress(gzip.compress(b"0" * UNPACKED)),
    "deflated": zlib.compress(b"[" * UNPACKED),
}
KINDS: tuple[Mapping[str, str], ...] = (
    {},
    {"content-type": "text/plain"},
    {"content-type": "application/xml"},
    {"content-type": "multipart/form-data; boundary=x"},
    {"content-type": "application/json; charset=utf-7"},
    {"content-encoding": "gzip"},
    {"content-encoding": "deflate"},
    {"content-encoding": "br, gzip"},
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Public]:
    with public(tmp_path_factory.mktemp("public")) as made:
        yield made


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("console"))


@pytest.fixture(scope="module")
def signed_in(world: World) -> dict[str, str]:
    with transaction(world.engine) as session:
        return {"cookie": f"console={start_session(session, 1, START, None)}"}


def posts(app: Starlette) -> dict[str, str]:
    """Addresses and names of all routes that take a POST."""
    taken = [route for route in app.routes if isinstance(route, Route) and "POST" in (route.methods or ())]
    return {route.path.replace("{officer:int}", "1"): route.name for route in taken}


def ask(app: Starlette, path: str, headers: Mapping[str, str], body: bytes | AsyncIterator[bytes]) -> int:
    async def asking() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
            return await client.post(path, headers=dict(headers), content=body)

    return asyncio.run(asking()).status_code


async def trickling() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b"{"
        await asyncio.sleep(0.05)


def rows(site: Public) -> list[tuple[str, int]]:
    kept = site.gateway.rows(Incoming)
    return [(row.status, len(row.content or b"")) for row in kept]


@pytest.mark.parametrize("name", SPOILT)
def test_no_request_however_made_is_an_error_of_ours(site: Public, name: str) -> None:
    body = SPOILT[name]
    for path in site.routes("POST"):
        for kind in KINDS:
            for headers in (site.genuine(path, body), {}):
                status = site.ask("POST", path, {**headers, **kind}, body).status_code
                assert status in {200, 204, 400, 403, 413, 415}, (path, kind)
    # Nobody wrote anything: what was genuine and no message is put aside, cut to 64 KB, or not kept at all.
    assert site.gateway.rows(Person) == []
    assert {status for status, _ in rows(site)} <= {"aside"}
    assert max((size for _, size in rows(site)), default=0) < 6 * 70_000


@pytest.mark.parametrize("name", SPOILT)
def test_no_form_however_made_is_an_error_of_the_console(
    world: World, signed_in: dict[str, str], name: str
) -> None:
    for path, route in posts(world.app).items():
        for kind in ({}, {"content-encoding": "gzip"}):
            status = ask(world.app, path, {**FORM, **signed_in, **kind}, SPOILT[name])
            # Inside, none of these has the token of a form; at the door they are forms with nothing in them.
            assert (status < 500) if route in OPEN else (status in {400, 403, 413}), (path, status)


def test_a_form_of_another_kind_is_415_everywhere(world: World, signed_in: dict[str, str]) -> None:
    for path in posts(world.app):
        for kind in KINDS[1:5]:
            assert ask(world.app, path, {**FORM, **signed_in, **kind}, b"csrf=1") == 415, path


@pytest.mark.parametrize("name", SPOILT)
def test_no_call_however_made_is_an_error_of_the_actions(name: str) -> None:
    app = create_app("secret", ActionExecutor())
    for kind in ({}, {"content-encoding": "deflate"}, {"content-encoding": "gzip"}):
        status = ask(app, "/webhook", {"x-action-secret": "secret", **JSON, **kind}, SPOILT[name])
        assert status in {200, 400, 404}, kind  # 200 and nothing for an object that names no action


def test_what_is_too_large_is_413_everywhere(site: Public, world: World, signed_in: dict[str, str]) -> None:
    body = b" " * HUGE
    for path in site.routes("POST"):
        status = site.ask("POST", path, site.genuine(path, body), body).status_code
        assert status == (204 if path == "/chat/exit" else 413), path  # to leave needs no body: none is read
    for path in posts(world.app):
        assert ask(world.app, path, {**FORM, **signed_in}, body) == 413, path


def test_what_trickles_in_is_given_up_everywhere(
    site: Public, world: World, signed_in: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("channels.webchat.guard", "channels.whatsapp.guard", "channels.telegram.chat", "console.gate"):
        monkeypatch.setattr(f"bot.{module}.SLOWEST_BODY", 0.02)
    for path in set(site.routes("POST")) - {"/chat/exit"}:
        assert site.ask("POST", path, site.genuine(path, b""), trickling()).status_code == 408, path
    for path in posts(world.app):
        assert ask(world.app, path, {**FORM, **signed_in}, trickling()) == 408, path


def test_nothing_packed_is_ever_unpacked(site: Public, world: World, signed_in: dict[str, str]) -> None:
    bomb = gzip.compress(b"0" * UNPACKED, 9)
    assert len(bomb) < 70_000
    tracemalloc.start()
    try:
        for path in site.routes("POST"):
            site.ask("POST", path, {**site.genuine(path, bomb), "content-encoding": "gzip"}, bomb)
        for path in posts(world.app):
            ask(world.app, path, {**FORM, **signed_in, "content-encoding": "gzip"}, bomb)
        assert tracemalloc.get_traced_memory()[1] < UNPACKED / 4
    finally:
        tracemalloc.stop()
