"""The HTTP client beside a server that does all that a server can do, on the loopback."""

from __future__ import annotations

import asyncio
import email
import gzip
import json
import logging
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.http import AT_ONCE, LARGEST_ANSWER, Answer, File, Http, HttpError

pytestmark = pytest.mark.network
SECRET = "a-token-that-nobody-may-read"
HEADERS = {"Authorization": f"Bearer {SECRET}"}
Serving = tuple["Peer", str]


@dataclass(frozen=True)
class Reply:
    """What the server says to one request, and what it does then. To drip is to go on for ever, slowly."""

    said: bytes
    then: Literal["keep", "close", "hang", "drip"] = "keep"


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


class Peer:
    """A server that has one reply for each request, and the last one for all that come after."""

    def __init__(self, *replies: Reply | bytes) -> None:
        self._replies = [reply if isinstance(reply, Reply) else Reply(reply) for reply in replies]
        self.heard: list[bytes] = []
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answer(reader, writer) == "keep":
                pass
        writer.close()
        with suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        head = await reader.readuntil(b"\r\n\r\n")
        size = re.search(rb"(?i)content-length: (\d+)", head)
        self.heard.append(head + await reader.readexactly(int(size[1]) if size else 0))
        reply = self._replies[min(len(self.heard), len(self._replies)) - 1]
        writer.write(reply.said)
        await writer.drain()
        while reply.then == "drip":
            await asyncio.sleep(0.02)
            writer.write(b" ")
            await writer.drain()
        if reply.then == "hang":
            await reader.read()
        return reply.then

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=tls)
        async with server:
            yield f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}/path"


def post(http: Http, url: str, content: Any = None, seconds: float = 5) -> Awaitable[Answer]:
    return http.post(url, content or {}, headers=HEADERS, seconds=seconds)


def one(*replies: Reply | bytes, times: int = 1, seconds: float = 5, pause: float = 0) -> tuple[Peer, Answer]:
    """The last answer of some posts to a server that has these replies."""
    peer = Peer(*replies)

    async def scene() -> Answer:
        async with peer.serving() as url, aclosing(Http()) as http:
            for _ in range(times - 1):
                await post(http, url, seconds=seconds)
                await asyncio.sleep(pause)
            return await post(http, url, seconds=seconds)

    return peer, asyncio.run(scene())


def fault(*replies: Reply | bytes, seconds: float = 5) -> str:
    """The words of the error to which a reply leads."""
    with pytest.raises(HttpError) as raised:
        one(*replies, seconds=seconds)
    return str(raised.value)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


# -- certificates -------------------------------------------------------------------------------------------------


def certificate(home: Path, address: str) -> Path:
    """A file with a certificate for `address`, signed by itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = home / f"{address}.pem"
    pem = serialization.Encoding.PEM
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, *form))
    return file


@pytest.fixture
def asked_by_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, bool], Peer]:
    """Posts to a server with a certificate for an address, which the client trusts or not."""

    def ask(address: str, trusted: bool) -> Peer:
        file, peer = certificate(tmp_path, address), Peer(ok(b"{}"))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        if trusted:
            monkeypatch.setattr("certifi.where", lambda: str(file))

        async def scene() -> None:
            asyncio.get_running_loop().set_exception_handler(
                lambda *_: None
            )  # the server's, of a broken handshake
            async with peer.serving(context) as url, aclosing(Http()) as http:
                for _ in range(2):
                    assert (await post(http, url)).status == 200

        asyncio.run(scene())
        return peer

    return ask


def test_a_server_with_a_certificate_is_asked(asked_by_tls: Callable[[str, bool], Peer]) -> None:
    peer = asked_by_tls("127.0.0.1", True)
    assert (len(peer.heard), peer.connections) == (2, 1)


@pytest.mark.parametrize(("address", "trusted"), [("127.0.0.1", False), ("127.0.0.2", True)])
def test_a_certificate_of_nobody_or_of_another_is_not_believed(
    asked_by_tls: Callable[[str, bool], Peer], address: str, trusted: bool
) -> None:
    with pytest.raises(HttpError, match="Certificate"):
        asked_by_tls(address, trusted)
