"""The chat page in Chromium, before a gateway whose turns are the test's own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from gateway_rig import Gateway, new_gateway
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sounds import recorded
from turns import Answer, says

from bot.conversation.turn_engine import EngineAwayError
from bot.gateway import create_gateway, make_means
from bot.store.database import now
from bot.store.models import Incoming, Person

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 640}


def turn(request: Mapping[str, Any]) -> Answer:
    if request["message"].get("text") == "farsi":
        return says("ask_age", do=[{"effect": "language", "language": "fa"}])
    if request["message"].get("text") == "offer":
        return says("ask_two", "ask_age")
    return says("ask_age")


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        made.engine.answer = turn
        yield made


@pytest.fixture
def address(gateway: Gateway) -> Iterator[str]:
    """A whole gateway on a free port, by the clock on the wall."""
    means = make_means(gateway.means.settings, gateway.means.database, gateway.means.catalogue.domain.parent)
    assert means.clock is now
    made = create_gateway(means, gateway.engine)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(made.app, access_log=False, log_level="error", timeout_graceful_shutdown=5)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        made.webchat.end()
        server.should_exit = True
        thread.join()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport=PHONE, locale="en-GB") as opened:  # type: ignore[arg-type]
        yield opened


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    opened.goto(address)
    expect(opened.get_by_text("How old are you?")).to_be_visible(timeout=20_000)
    return opened


def test_a_talk_by_the_keyboard_alone(page: Page, gateway: Gateway) -> None:
    page.get_by_label("Write here").focus()
    page.keyboard.type("hello")
    page.keyboard.press("Enter")
    expect(page.get_by_text("How old are you?")).to_have_count(2)
    page.keyboard.press("Shift+Tab")  # the last button of the newest message
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="18 or older")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".own")).to_have_text(["hello", "18 or older"])
    expect(page.get_by_text("How old are you?")).to_have_count(3)
    expect(page.locator(".bubble").last).to_be_focused()
    assert [message.get("text") for message in gateway.engine.messages] == ["start", "hello", None]


def test_another_language_turns_the_whole_page(page: Page) -> None:
    page.get_by_label("Write here").fill("farsi")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("چند سال دارید؟")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "fa")
    expect(page.locator(".bubble").last).to_have_attribute("lang", "fa")
    assert page.evaluate("() => document.documentElement.scrollWidth") == PHONE["width"]


def test_what_is_written_without_a_connection_is_sent_when_it_is_back(page: Page, gateway: Gateway) -> None:
    page.context.set_offline(True)
    page.get_by_label("Write here").fill("written in a tunnel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("No connection.")
    expect(page.locator(".unsent")).to_have_text("written in a tunnel")
    page.context.set_offline(False)
    expect(page.locator(".unsent")).to_have_count(0, timeout=20_000)
    expect(page.get_by_text("How old are you?")).to_have_count(2)
    assert gateway.engine.messages.count({"text": "written in a tunnel"}) == 1


def test_leaving_goes_at_once_and_there_is_no_way_back(page: Page, gateway: Gateway, address: str) -> None:
    gateway.engine.answer = EngineAwayError("ConnectError")
    other = page.context.new_page()
    other.goto(address)
    expect(other.get_by_text("How old are you?")).to_be_visible()
    page.get_by_role("button", name="Leave").first.click()
    page.wait_for_url("**/blank")
    expect(page.get_by_text("Nothing to see here.")).to_be_visible()
    other.wait_for_url("**/blank")
    assert page.evaluate("() => history.length") == 2  # the new tab, and the page that took the chat's place
    assert page.context.cookies() == []
    assert gateway.rows(Person) == []
    page.go_back()
    assert page.url != f"{address}/"


def test_a_page_that_is_refused_at_first_begins_anew(context: BrowserContext, address: str) -> None:
    opened = context.new_page()
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=403)

    opened.route("**/chat/stream*", refuse_once)
    opened.goto(address)
    expect(opened.get_by_text("How old are you?")).to_be_visible(timeout=20_000)
    assert len(refused) == 1


def test_a_second_tab_shows_the_same_and_a_second_press_is_nothing(page: Page, gateway: Gateway) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    button = other.get_by_role("button", name="18 or older")
    button.dblclick()
    expect(page.locator(".own").first).to_have_text("18 or older")
    expect(page.get_by_text("How old are you?")).to_have_count(2)
    page.wait_for_timeout(500)
    taps = [message for message in gateway.engine.messages if "tap" in message]
    assert len(taps) == 1
    assert {row.status for row in gateway.rows(Incoming)} == {"done"}


def test_a_text_read_aloud_plays_and_its_buttons_stay(page: Page, gateway: Gateway) -> None:
    recorded(gateway.means)
    page.get_by_label("Write here").fill("hello")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Listen").click()
    sound = page.locator(".bubble audio")
    expect(sound).to_have_attribute("aria-label", "Listen")
    sound.scroll_into_view_if_needed()
    # The promise ends when it has begun to play; what the policy or the browser refuses would end the test.
    sound.evaluate("(audio) => audio.play()")
    assert sound.evaluate("(audio) => audio.duration") == pytest.approx(1, abs=0.1)
    assert not Axe().run(page).response["violations"]
    page.get_by_role("button", name="18 or older").click()
    expect(page.get_by_text("How old are you?")).to_have_count(3)
    assert len(gateway.engine.messages) == 3
    page.get_by_role("button", name="Leave").first.click()
    page.wait_for_url("**/blank")
    assert page.locator("audio").count() == 0


def test_all_buttons_of_one_answer_stay_until_the_next(page: Page, gateway: Gateway) -> None:
    page.get_by_label("Write here").fill("offer")
    page.keyboard.press("Enter")
    expect(page.get_by_text("How old are you?")).to_have_count(2)
    expect(page.get_by_role("button", name="18 or older")).to_have_count(1)
    page.get_by_role("button", name="Yes").click()
    expect(page.get_by_text("How old are you?")).to_have_count(3)
    expect(page.get_by_role("button", name="Yes")).to_have_count(0)
    assert gateway.engine.messages[-1]["tap"]["intent"] == "affirm"


def test_a_file_is_refused_kindly(page: Page) -> None:
    page.evaluate(
        """() => {
            const transfer = new DataTransfer();
            transfer.items.add(new File(["x"], "passport.jpg"));
            const event = new Event("paste", {bubbles: true, cancelable: true});
            event.clipboardData = transfer;
            document.getElementById("text").dispatchEvent(event);
        }"""
    )
    expect(page.get_by_role("status")).to_have_text("No files.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_that_axe_finds(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    session = page.context.new_cdp_session(page)
    session.send("Page.setBypassCSP", {"enabled": True})
    found = Axe().run(page)
    assert [(one["id"], one["nodes"]) for one in found.response["violations"]] == []


def test_it_works_at_twice_the_size(page: Page) -> None:
    page.set_viewport_size({"width": 180, "height": 320})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 180
    page.get_by_role("button", name="18 or older").click()
    expect(page.get_by_text("How old are you?")).to_have_count(2)
