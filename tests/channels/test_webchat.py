from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway_rig import Gateway, new_gateway
from sounds import recorded, synthetic
from sqlalchemy.exc import OperationalError
from turns import says

from bot.channels.webchat import LIMITS, WebChat
from bot.channels.webchat.guard import LARGEST_BODY, MOST_MESSAGES
from bot.channels.webchat.stream import Stream
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox
from bot.gateway import create_gateway
from bot.referrals.reply import queue_reply
from bot.store.database import transaction
from bot.store.models import Incoming, Person
from bot.store.sealing import unseal

ORIGIN = "http://chat.test"
OURS = {"X-Chat": "1", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """A browser that has opened the page, and any number of its tabs."""

    gateway: Gateway
    client: httpx.AsyncClient
    chat: WebChat
    tabs: list[list[dict[str, Any]]] = field(default_factory=list)

    async def open(self) -> httpx.Response:
        return await self.client.get("/")

    async def post(
        self, body: Any = None, *, path: str = "/chat/messages", **headers: str | None
    ) -> httpx.Response:
        merged = {**OURS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        kept = {name: value for name, value in merged.items() if value is not None}
        return await self.client.post(path, json=body, headers=kept)

    async def say(self, text: str, delivery: str | None = None) -> httpx.Response:
        return await self.post({"delivery": delivery or str(uuid.uuid4()), "text": text})

    async def press(self, button: str) -> httpx.Response:
        return await self.post({"delivery": str(uuid.uuid4()), "button": button})

    async def work(self) -> None:
        await self.gateway.take_all()
        while await Outbox(self.gateway.means, {"web": self.chat}).send_one():
            pass

    @property
    def address(self) -> str:
        return self.client.cookies["chat"]

    def stream(self) -> Stream:
        fallback = self.gateway.means.catalogue.language("en")
        return Stream(
            self.gateway.means, self.gateway.inbox, "web", self.address, fallback, lambda: self.chat._ending
        )

    async def events(
        self, last: str = "", *, until: int, only: tuple[str, ...] = ("begin", "message")
    ) -> list[tuple[str, str, dict[str, Any]]]:
        """The first `until` events named in `only` that a tab gets: name, id, value."""
        found = []
        async for chunk in self.stream().events(last):
            lines = dict(line.split(": ", 1) for line in chunk.strip().split("\n"))
            if lines.get("event") in only:
                found.append((lines["event"], lines.get("id", ""), json.loads(lines["data"])))
            if len(found) == until:
                break
        return found

    async def texts(self, last: str = "", *, until: int) -> list[str]:
        return [value["text"] for _, _, value in await self.events(last, until=until, only=("message",))]


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        yield made


@pytest.fixture
def browser(gateway: Gateway) -> Browser:
    made = create_gateway(gateway.means, gateway.engine)
    transport = httpx.ASGITransport(made.app)
    return Browser(gateway, httpx.AsyncClient(transport=transport, base_url=ORIGIN), made.webchat)


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
    ("accept", "language", "direction"), [("fa-IR,fa;q=0.9", "fa", "rtl"), ("xx, de;q=0.5", "en", "ltr")]
)
def test_the_page_is_in_the_browser_s_language_at_first(
    browser: Browser, accept: str, language: str, direction: str
) -> None:
    page = asyncio.run(browser.client.get("/", headers={"Accept-Language": accept})).text
    assert f'<html lang="{language}" dir="{direction}">' in page


def test_the_page_is_in_the_person_s_language_later(browser: Browser) -> None:
    browser.gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "fa"}])

    async def scene() -> str:
        await browser.open()
        await browser.say("farsi")
        await browser.work()
        return (await browser.open()).text

    assert '<html lang="fa" dir="rtl">' in asyncio.run(scene())


def test_a_talk_with_words_and_buttons(browser: Browser) -> None:
    async def scene() -> None:
        await browser.open()
        assert (await browser.post({"delivery": str(uuid.uuid4()), "start": True})).status_code == 200
        await browser.work()
        begin, age = await browser.events(until=2)
        assert begin[0] == "begin"
        assert begin[2]["words"]["send"] == "Send"
        adult = age[2]["choices"][0]
        assert (adult["title"], adult["group"]) == ("18 or older", "answer")
        await browser.press(adult["id"])
        await browser.work()
        own, again = (value for _, _, value in await browser.events(age[1], until=2))
        assert own["own"] is True
        assert own["text"] == "18 or older"
        assert again["text"] == "How old are you?"

    asyncio.run(scene())
    assert browser.gateway.engine.messages[1]["tap"]["entities"] == {"answer": "adult"}


def test_a_message_sent_again_after_a_lost_answer_is_one(browser: Browser) -> None:
    async def scene() -> list[bool]:
        await browser.open()
        delivery = str(uuid.uuid4())
        answers = [await browser.say("hello", delivery) for _ in range(3)]
        await browser.work()
        return [answer.json()["new"] for answer in answers]

    assert asyncio.run(scene()) == [True, False, False]
    assert len(browser.gateway.engine.asked) == 1


def test_two_tabs_show_the_same_in_the_same_order(browser: Browser) -> None:
    async def scene() -> tuple[list[str], list[str]]:
        await browser.open()
        first = asyncio.create_task(browser.texts(until=4))
        second = asyncio.create_task(browser.texts(until=4))
        for word in ("one", "two"):
            await browser.say(word)
            await browser.work()
        return await asyncio.wait_for(first, 20), await asyncio.wait_for(second, 20)

    first, second = asyncio.run(scene())
    assert first == second == ["one", "How old are you?", "two", "How old are you?"]


def test_a_stream_goes_on_where_it_broke_off(browser: Browser) -> None:
    async def scene() -> list[str]:
        await browser.open()
        await browser.say("one")
        await browser.work()
        *_, last = await browser.events(until=3)
        await browser.say("two")
        await browser.work()
        return await browser.texts(last[1], until=2)

    assert asyncio.run(scene()) == ["two", "How old are you?"]


def test_a_reload_within_a_quarter_of_an_hour_shows_the_talk_and_later_nothing(browser: Browser) -> None:
    async def scene() -> None:
        await browser.open()
        await browser.say("one")
        await browser.work()
        browser.gateway.clock.forward(minutes=14)
        assert await browser.texts(until=2) == ["one", "How old are you?"]
        browser.gateway.clock.forward(minutes=2)
        ((name, place, begin),) = await browser.events(until=1)
        assert (name, begin["known"], begin["hidden"]) == ("begin", True, True)
        await browser.say("two")
        await browser.work()
        assert await browser.texts(place, until=2) == ["two", "How old are you?"]
        assert await browser.texts(until=2) == ["two", "How old are you?"]

    asyncio.run(scene())


def test_an_office_s_message_is_shown_on_return_once_however_late(browser: Browser) -> None:
    async def scene() -> None:
        await browser.open()
        await browser.say("one")
        await browser.work()
        browser.gateway.clock.forward(hours=5)
        means = browser.gateway.means
        with transaction(means.database) as session:
            person = session.get_one(Person, 1)
            queue_reply(session, means.settings.field_key, person, "TH-BKK", "Come", means.clock(), neutral=False)
        await browser.work()
        browser.gateway.clock.forward(hours=5)
        _, (name, _, message) = await browser.events(until=2)
        assert (name, message["text"]) == ("message", "IOM Bangkok writes: \u2068Come\u2069")
        ((name, _, begin),) = await browser.events(until=1)
        assert begin["hidden"] is True

    asyncio.run(scene())


def test_hostile_words_stay_in_their_event(browser: Browser) -> None:
    async def scene() -> list[str]:
        await browser.open()
        await browser.say("a\n\nevent: begin\ndata: {}\n\n<script>")
        await browser.work()
        return await browser.texts(until=2)

    assert asyncio.run(scene())[0] == "a\n\nevent: begin\ndata: {}\n\n<script>"


def test_the_page_learns_of_a_new_language(browser: Browser) -> None:
    async def scene() -> list[str]:
        await browser.open()
        await browser.say("one")
        await browser.work()
        *_, (_, last, _) = await browser.events(until=3)
        reading = asyncio.create_task(browser.events(last, until=2, only=("page",)))
        await asyncio.sleep(0.3)
        browser.gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "fa"}])
        await browser.say("farsi")
        await browser.work()
        events = await asyncio.wait_for(reading, 20)
        return [value["language"] for _, _, value in events]

    assert asyncio.run(scene()) == ["en", "fa"]


def test_leaving_forgets_the_person_and_the_browser_its_address(browser: Browser) -> None:
    async def scene() -> httpx.Response:
        await browser.open()
        await browser.say("one")
        await browser.work()
        *_, (_, last, _) = await browser.events(until=3)
        reading = asyncio.create_task(browser.events(last, until=1))
        await asyncio.sleep(0.3)
        answer = await browser.post({}, path="/chat/exit")
        events = await asyncio.wait_for(reading, 20)
        assert (events[-1][0], events[-1][2]["known"]) == ("begin", False)
        return answer

    answer = asyncio.run(scene())
    assert answer.status_code == 204
    assert 'chat=""' in answer.headers["set-cookie"]
    assert browser.gateway.rows(Person) == []
    assert "chat" not in browser.client.cookies


def test_the_page_after_leaving_says_nothing_of_us_and_leads_nowhere(browser: Browser) -> None:
    page = asyncio.run(browser.client.get("/blank")).text
    assert "Nothing to see here." in page
    for word in ("IOM", "return", 'href="/"', "<a ", "<script"):
        assert word not in page


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
    def away(*_: Any) -> bool:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(Inbox, "store", away)

    async def scene() -> int:
        await browser.open()
        return (await browser.say("x")).status_code

    assert asyncio.run(scene()) == 503


def test_files_are_listed_by_name(browser: Browser) -> None:
    async def scene() -> list[int]:
        names = ("chat.css", "chat.js", "icon.svg", "page.html", "chat.py", "..%2f..%2fsettings.py")
        return [(await browser.client.get(f"/chat/{name}")).status_code for name in names]

    assert asyncio.run(scene()) == [200, 200, 200, 404, 404, 404]


def test_a_text_read_aloud_is_a_message_whose_sound_only_our_page_gets(browser: Browser) -> None:
    gateway = browser.gateway
    gateway.means = replace(gateway.means, limits={"web": LIMITS})
    gateway.dialogue = Dialogue(gateway.means, gateway.engine)
    path = recorded(gateway.means)

    async def scene() -> tuple[dict[str, Any], httpx.Response, int]:
        page = await browser.open()
        assert "media-src 'self'" in page.headers["content-security-policy"]
        await browser.say("hello")
        await browser.work()
        _own, question = await messages(2)
        listen = next(choice for choice in question["choices"] if choice["title"] == "Listen")
        await browser.press(listen["id"])
        await browser.work()
        voice = (await messages(4))[-1]
        sound = await browser.client.get(f"/chat/audio/{voice['audio']}")
        browser.client.cookies.clear()
        return voice, sound, (await browser.client.get(f"/chat/audio/{voice['audio']}")).status_code

    async def messages(count: int) -> list[dict[str, Any]]:
        return [value for _, _, value in await browser.events(until=count, only=("message",))]

    voice, sound, stranger = asyncio.run(scene())
    assert (voice["text"], voice["choices"]) == ("", [])
    assert sound.content == path.read_bytes()
    assert sound.headers["content-type"] == "audio/ogg; codecs=opus"
    assert stranger == 403
    assert len(gateway.engine.messages) == 1


def test_no_other_file_is_sent_as_sound_nor_a_computers_in_service(gateway: Gateway) -> None:
    made = synthetic(gateway.means)
    names = [f"en/{made.name}", "en/index.csv", "en/0123456789abcdef.ogg", "..%2f..%2fdomain.yml", ""]

    async def scene(*, demo: bool) -> list[int]:
        means = replace(gateway.means, settings=replace(gateway.means.settings, demo=demo))
        transport = httpx.ASGITransport(create_gateway(means, gateway.engine).app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            await client.get("/")
            return [(await client.get(f"/chat/audio/{name}")).status_code for name in names]

    assert asyncio.run(scene(demo=True)) == [200, 404, 404, 404, 404]
    assert asyncio.run(scene(demo=False)) == [404] * 5


def test_it_is_healthy_and_ready(browser: Browser) -> None:
    async def scene() -> list[int]:
        return [(await browser.client.get(path)).status_code for path in ("/healthz", "/readyz")]

    assert asyncio.run(scene()) == [200, 200]


def test_the_cookie_is_not_at_rest_in_clear(browser: Browser, tmp_path: Path) -> None:
    async def scene() -> None:
        await browser.open()
        await browser.say("x")

    asyncio.run(scene())
    (person,) = browser.gateway.rows(Person)
    assert unseal(browser.gateway.means.settings.field_key, person.address) == browser.address
    assert browser.address.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("test.sqlite3*"))
