"""The web chat's door: its cookie, what it takes from whom and how much, and what it refuses."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway_rig import Gateway, stamp
from sqlalchemy.exc import OperationalError
from webchat_browser import OURS, Browser

from bot.channels.webchat import WebChat
from bot.channels.webchat.guard import LARGEST_BODY, MOST_MESSAGES
from bot.conversation.inbox import Inbox
from bot.gateway import create_gateway
from bot.store.models import Incoming, Person
from bot.store.sealing import unseal


def test_the_page_gives_a_strict_cookie_once_and_is_shut_to_all_else(browser: Browser) -> None:
    async def scene() -> tuple[httpx.Response, httpx.Response]:
        return await browser.open(), await browser.open()

    first, second = asyncio.run(scene())
    cookie = first.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert "max-age" not in cookie.casefold()
    assert "expires" not in cookie.casefold()
    assert "set-cookie" not in second.headers
    policy = first.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert first.headers["cache-control"] == "no-store"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["referrer-policy"] == "no-referrer"
    for part in ("<script>", "onclick", "style=", "<style", "http://", "https://"):
        assert part not in first.text
    assert "<title>Chat</title>" in first.text
    assert "+66 2 343 9300" in first.text  # in <noscript>


def test_a_secure_cookie_belongs_to_this_host_alone(gateway: Gateway) -> None:
    means = replace(gateway.means, settings=replace(gateway.means.settings, secure_cookies=True))
    app = create_gateway(means, gateway.engine).app

    async def scene() -> str:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://chat.test") as client:
            return (await client.get("/")).headers["set-cookie"]

    cookie = asyncio.run(scene())
    assert cookie.startswith("__Host-chat=")
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Chat": None},
        {"Origin": "http://evil.test"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/chat/messages", "/chat/exit"])
def test_what_another_site_sends_is_refused(browser: Browser, path: str, headers: dict[str, str | None]) -> None:
    async def scene() -> int:
        await browser.open()
        return (await browser.post({"delivery": str(uuid.uuid4()), "text": "x"}, path=path, **headers)).status_code

    assert asyncio.run(scene()) == 403
    assert browser.gateway.rows(Incoming) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b"[" * 30_000, 400),
        (b"\xff", 400),
        (b'{"text": "x"}', 400),
        (b'{"delivery": "1", "text": "x"}', 400),
        (b'{"delivery": "00000000-0000-4000-8000-000000000000"}', 400),
        (b'{"delivery": "00000000-0000-4000-8000-000000000000", "text": 7}', 400),
        (b'{"delivery": "00000000-0000-4000-8000-000000000000", "text": NaN}', 400),
        (b" " * (LARGEST_BODY + 1), 413),
        (b'{"delivery": "00000000-0000-4000-8000-000000000000", "text": "\\ud800\\u0000"}', 200),
    ],
)
def test_a_malformed_body_is_refused(browser: Browser, body: bytes, status: int) -> None:
    async def scene() -> int:
        await browser.open()
        headers = {**OURS, "Content-Type": "application/json"}
        return (await browser.client.post("/chat/messages", content=body, headers=headers)).status_code

    assert asyncio.run(scene()) == status


def test_a_form_is_not_json(browser: Browser) -> None:
    async def scene() -> int:
        await browser.open()
        return (await browser.client.post("/chat/messages", content=b"{}", headers=OURS)).status_code

    assert asyncio.run(scene()) == 415


@pytest.mark.parametrize("cookie", ["", "short", "x" * 44, "../../etc/passwd"])
def test_without_an_address_of_ours_nothing_is_taken(browser: Browser, cookie: str) -> None:
    async def scene() -> tuple[int, int]:
        browser.client.cookies.set("chat", cookie)
        message = await browser.say("x")
        return message.status_code, (await browser.client.get("/chat/stream")).status_code

    assert asyncio.run(scene()) == (403, 403)


def test_too_fast_is_told_and_the_message_can_be_sent_later(gateway: Gateway) -> None:
    seconds = [0.0]
    chat = WebChat(Inbox(gateway.means), gateway.means, now=lambda: seconds[0])
    for _ in range(MOST_MESSAGES):
        chat._pace.check("a")
    chat._pace.check("b")
    with pytest.raises(Exception, match="too_fast"):
        chat._pace.check("a")
    seconds[0] = 10.0
    chat._pace.check("a")


def test_the_thirty_first_message_is_429_and_not_stored(browser: Browser) -> None:
    async def scene() -> list[int]:
        await browser.open()
        return [(await browser.say(str(number))).status_code for number in range(MOST_MESSAGES + 1)]

    statuses = asyncio.run(scene())
    assert statuses == [200] * MOST_MESSAGES + [429]
    assert len(browser.gateway.rows(Incoming)) == MOST_MESSAGES


def test_a_database_that_is_away_is_not_acknowledged(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> bool:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(Inbox, "_store", away)

    async def scene() -> int:
        await browser.open()
        return (await browser.say("x")).status_code

    assert asyncio.run(scene()) == 503


def test_files_are_listed_by_name(browser: Browser) -> None:
    async def scene() -> list[int]:
        names = ("chat.css", "chat.js", "icon.svg", "page.html", "chat.py", "..%2f..%2fsettings.py")
        return [(await browser.client.get(f"/chat/{name}")).status_code for name in names]

    assert asyncio.run(scene()) == [200, 200, 200, 404, 404, 404]


def test_it_is_healthy_and_ready(browser: Browser) -> None:
    async def scene() -> list[int]:
        return [(await browser.client.get(path)).status_code for path in ("/healthz", "/readyz")]

    stamp(browser.gateway.means.database)
    assert asyncio.run(scene()) == [200, 200]


def test_the_cookie_is_not_at_rest_in_clear(browser: Browser, tmp_path: Path) -> None:
    async def scene() -> None:
        await browser.open()
        await browser.say("x")

    asyncio.run(scene())
    (person,) = browser.gateway.rows(Person)
    assert unseal(browser.gateway.means.settings.field_key, person.address) == browser.address
    assert browser.address.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("test.sqlite3*"))
