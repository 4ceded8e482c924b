from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback import served
from playwright.sync_api import Browser, expect
from workshop_stage import id_of, key_of, make_stage, rewrite

from bot.workshop.app import create_app
from bot.workshop.stage import Stage

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[Stage, str]]:
    stage = make_stage(tmp_path)
    with served(create_app(stage)) as base:
        yield stage, base


def test_a_translator_sees_a_string_in_its_place_and_what_is_saved_at_once(
    shop: tuple[Stage, str], chromium: Browser
) -> None:
    stage, base = shop
    key = key_of(stage, "ask_fear_of_return", "Yes, I am afraid")
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
