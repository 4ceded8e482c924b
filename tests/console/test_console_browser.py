from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from console_world import REFERENCE, World, make_catalogue, make_world
from playwright.sync_api import Browser, Page, sync_playwright

from bot.console.app import create_app

pytestmark = pytest.mark.browser
CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True)
class Site:
    world: World
    base: str


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    world = make_world(tmp_path, demo=True)
    app = create_app(world.settings, world.engine, catalogue=make_catalogue(tmp_path), clock=world.clock)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(world, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.base}/")
    page.get_by_label("Login").fill("anna")
    page.get_by_label("Password").fill(site.world.officers["anna"].password)
    page.get_by_label("6-digit code").fill(site.world.code("anna"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Referrals").wait_for()


def test_an_officer_works_a_referral_in_a_real_browser_without_javascript(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    sign_in(page, site)
    page.get_by_role("link", name=REFERENCE).click()
    page.get_by_role("button", name="Take this referral").click()
    page.get_by_label("Reply to the person").fill("سلام\nHello")
    page.get_by_role("button", name="Send reply").click()
    assert page.locator(".delivery").inner_text() == "waiting to be sent"
    page.get_by_label("Close, because").select_option("helped")
    page.get_by_role("button", name="Close the referral").click()
    assert "Closed · Anna" in page.locator(".facts").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site.base}/referrals/{REFERENCE}")
    assert page.url == f"{site.base}/login"
    assert complaints == []
    context.close()


def test_pages_fit_and_are_accessible_small_and_large_light_and_dark(site: Site, chromium: Browser) -> None:
    # The policy keeps scripts out; the checker is one.
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    sign_in(page, site)
    for width, scheme in ((360, "light"), (1280, "dark")):
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for path in ("/", f"/referrals/{REFERENCE}", "/login", "/search?reference=x"):
            page.goto(f"{site.base}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found = Axe().run(page).response["violations"]
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], path
    context.close()
