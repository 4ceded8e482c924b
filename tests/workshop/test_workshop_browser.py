from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import expect, sync_playwright
from workshop_stage import id_of, key_of, make_stage, rewrite

from bot.workshop.app import create_app
from bot.workshop.stage import Stage

pytestmark = pytest.mark.browser
CHROMIUM = "/usr/bin/chromium"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Stage, str]]:
    stage = make_stage(tmp_path)
    server = uvicorn.Server(uvicorn.Config(create_app(stage), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield stage, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_a_translator_sees_a_string_in_its_place_and_what_is_saved_at_once(shop: tuple[Stage, str]) -> None:
    stage, base = shop
    key = key_of(stage, "ask_fear_of_return", "Yes, I am afraid")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": 360, "height": 740})
        wrong: list[str] = []
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{base}/ar/?string={id_of(stage, *key)}")
        marked = page.locator(".phone mark")
        expect(marked).to_have_count(3)
        expect(marked.first).to_be_visible()
        assert page.locator(".screen").first.get_attribute("dir") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        rewrite(stage, "ar", key, "نعم، أشعر بالخوف")
        expect(marked.first).to_have_text("نعم، أشعر بالخوف", timeout=20_000)
        page.locator(".strings [aria-current]").focus()
        page.keyboard.press("ArrowUp")
        expect(page.locator("#translation")).not_to_have_text("نعم، أشعر بالخوف")
        assert wrong == []
        chromium.close()
