"""The HTTP client beside a server that does all that a server can do, on the loopback."""

from __future__ import annotations

import asyncio
import email
import gzip
import json
import logging
import re
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import pytest
from http_peer import HEADERS, SECRET, Peer, Reply, fault, free_port, ok, one, post

from bot.http import AT_ONCE, LARGEST_ANSWER, Answer, File, Http, HttpError

pytestmark = pytest.mark.network

# -- answers ------------------------------------------------------------------------------------------------------


def test_json_goes_and_comes_over_one_connection() -> None:
    peer = Peer(ok('{"say": "سلام"}'.encode()))

    async def scene() -> list[Any]:
        async with peer.serving() as url, aclosing(Http()) as http:
            return [(await post(http, url, {"text": "ကို\n"})).json() for _ in range(3)]

    assert asyncio.run(scene()) == [{"say": "سلام"}] * 3
    head, body = peer.heard[-1].split(b"\r\n\r\n")
    assert json.loads(body) == {"text": "ကို\n"}
    assert head.startswith(b"POST /path HTTP/1.1")
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert f"\r\nAuthorization: Bearer {SECRET}\r\n".encode() in head
    assert peer.connections == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\xfd", b"[" * 100_000])
def test_an_answer_that_is_no_json_is_a_value_error(body: bytes) -> None:
    _, answer = one(ok(body, status="503 Away"))
    assert answer == Answer(503, body)
    with pytest.raises(ValueError):  # noqa: PT011 - callers catch no less
        answer.json()


def test_a_question_in_the_address() -> None:
    peer = Peer(ok(b"{}"))

    async def scene() -> None:
        async with peer.serving() as url, aclosing(Http()) as http:
            await http.get(url, params={"input_token": "a|b c&d=é"}, headers=HEADERS, seconds=5)

    asyncio.run(scene())
    assert peer.heard[0].startswith(b"GET /path?input_token=a%7Cb+c%26d%3D%C3%A9 HTTP/1.1")


def test_a_file_goes_as_a_form() -> None:
    peer, sound = Peer(ok(b"{}")), bytes(range(256)) * 9 + b"\r\n--x\r\n"

    async def scene() -> None:
        async with peer.serving() as url, aclosing(Http()) as http:
            file = File("audio.ogg", "audio/ogg; codecs=opus", sound)
            await http.upload(url, {"type": "ours", "other": "é"}, file, headers=HEADERS, seconds=5)

    asyncio.run(scene())
    _, mime = peer.heard[0].split(b"\r\n", 1)
    parts = email.message_from_bytes(mime).get_payload()
    assert isinstance(parts, list)
    found = {part.get_param("name", header="content-disposition"): part for part in parts}  # type: ignore[union-attr]
    assert {name: part["Content-Type"] for name, part in found.items()} == {  # type: ignore[index]
        "type": None,
        "other": None,
        "file": "audio/ogg; codecs=opus",
    }
    assert found["other"].get_payload(decode=True) == "é".encode()  # type: ignore[union-attr]
    assert found["file"].get_filename() == "audio.ogg"  # type: ignore[union-attr]
    assert sound in peer.heard[0]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("size", "read"), [(LARGEST_ANSWER, True), (LARGEST_ANSWER + 1, False)])
def test_too_large_an_answer_is_not_read_and_the_next_is(size: int, read: bool, packed: bool) -> None:
    large = ok(gzip.compress(b" " * size), "Content-Encoding: gzip") if packed else ok(b" " * size)
    _, answer = one(large)
    assert answer.status == 200
    assert answer.body == (b" " * size if read else None)
    assert one(large, ok(b"{}"), times=2)[1] == Answer(200, b"{}")


def test_what_is_too_large_is_no_json() -> None:
    with pytest.raises(ValueError, match="too large"):
        Answer(200, None).json()


def test_no_redirect_is_followed_and_no_cookie_kept() -> None:
    peer, answer = one(ok(b"", "Location: /other", "Set-Cookie: a=b; Path=/", status="307 There"), times=2)
    assert answer.status == 307
    assert [line.split()[1] for line in peer.heard] == [b"/path"] * 2
    assert b"cookie" not in peer.heard[1].lower()


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert one(ok(b"{}"))[1].status == 200


# -- faults -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 yes\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        ok(b"no gzip", "Content-Encoding: gzip"),
    ],
)
def test_an_answer_that_breaks_off_or_is_none_is_told_by_its_kind(said: bytes) -> None:
    assert re.fullmatch("[A-Za-z]+", fault(Reply(said, "close")))


@pytest.mark.parametrize(
    "reply",
    [Reply(b"", "hang"), Reply(ok(b"")[:-4], "hang"), Reply(b"HTTP/1.1 200 OK\r\n\r\n", "drip")],
)
def test_the_time_is_for_all_of_it(reply: Reply) -> None:
    assert "Timeout" in fault(reply, seconds=0.2)


def test_nobody_there() -> None:
    async def scene() -> str:
        async with aclosing(Http()) as http:
            with pytest.raises(HttpError) as raised:
                await post(http, f"http://127.0.0.1:{free_port()}/path")
            return str(raised.value)

    assert asyncio.run(scene()) == "ClientConnectorError"


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("http://127.0.0.1:1/", {"Authorization": f"{SECRET}\r\nX: y"}),
        ("http://127.0.0.1:1/", {"Authorization": f"{SECRET}\x00"}),
        (f"http://127.0.0.1:x/{SECRET}", {}),
        (f"http:///{SECRET}", {}),
        (f"{SECRET}://127.0.0.1:1/", {}),
        (f"http://[127.0.0.1/{SECRET}", {}),
    ],
)
def test_an_address_or_a_header_that_is_none_is_a_fault_without_its_words(
    url: str, headers: Mapping[str, str]
) -> None:
    async def scene() -> str:
        async with aclosing(Http()) as http:
            with pytest.raises(HttpError) as raised:
                await http.post(url, {}, headers=headers, seconds=5)
            return str(raised.value)

    assert re.fullmatch("[A-Za-z]+", asyncio.run(scene()))


def test_nothing_of_a_request_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert one(ok(b"{}", "Set-Cookie: b@d=1; x"), times=2)[1].status == 200
    fault(Reply(b"", "close"))
    fault(b"nonsense\r\n\r\n")
    assert not [line for line in caplog.messages if "path" in line or SECRET in line or "127.0.0.1" in line]


# -- connections --------------------------------------------------------------------------------------------------


def test_a_connection_that_was_closed_while_idle_is_not_used() -> None:
    peer, answer = one(Reply(ok(b"{}"), "close"), times=3, pause=0.05)
    assert (answer.status, len(peer.heard), peer.connections) == (200, 3, 3)


def test_one_that_closes_as_a_post_comes_is_a_fault_and_the_post_is_not_sent_again_by_itself() -> None:
    peer = Peer(ok(b"{}"), Reply(b"", "close"), ok(b"[]"))

    async def scene() -> bytes | None:
        async with peer.serving() as url, aclosing(Http()) as http:
            await post(http, url)
            with pytest.raises(HttpError, match="ServerDisconnectedError"):
                await post(http, url)
            assert (len(peer.heard), peer.connections) == (2, 1)
            return (await post(http, url)).body

    assert asyncio.run(scene()) == b"[]"
    assert (len(peer.heard), peer.connections) == (3, 2)


def test_a_server_that_hangs_takes_no_connection_from_another() -> None:
    slow, quick = Peer(Reply(b"", "hang")), Peer(ok(b"{}"))

    async def scene() -> None:
        async with slow.serving() as slow_url, quick.serving() as url, aclosing(Http()) as http:
            waiting = [asyncio.ensure_future(post(http, slow_url)) for _ in range(AT_ONCE + 5)]
            while slow.connections < AT_ONCE:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
            assert (await post(http, url)).status == 200
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(scene())
    assert slow.connections == AT_ONCE


def test_closed_it_may_be_closed_again_and_opens_again() -> None:
    peer, http = Peer(ok(b"{}")), Http()

    async def scene() -> None:
        async with peer.serving() as url:
            await http.aclose()
            for _ in range(2):
                assert (await post(http, url)).status == 200
                await http.aclose()

    asyncio.run(scene())
    asyncio.run(scene())
    assert peer.connections == 4
