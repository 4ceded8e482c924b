"""A talk in the web chat: in order, in every tab, after a break, in another language, and over."""

from __future__ import annotations

import asyncio
import uuid

import httpx
import pytest
from turns import says
from webchat_browser import Browser

from bot.referrals.reply import queue_reply
from bot.store.database import transaction
from bot.store.models import Person


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
