from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_site import Site, serve
from console_world import REFERENCE, make_world
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from serve(make_world(tmp_path, demo=True))


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
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.text} {message.location['url']}"))
    sign_in(page, site)
    page.get_by_role("link", name=REFERENCE).click()
    page.get_by_role("button", name="Take this referral").click()
    page.get_by_label("Reply to the person").fill("سلام\nHello")
    page.locator("#reply-override").select_option("agreed")  # it is not evening yet
    page.get_by_role("button", name="Send reply").click()
    assert page.locator(".delivery").inner_text() == "waiting to be sent"
    page.get_by_label("Close, because").select_option("helped")
    page.get_by_role("button", name="Close the referral").click()
    assert "Closed · Anna" in page.locator(".facts").inner_text()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{site.base}/referrals/{REFERENCE}")
    assert page.url == f"{site.base}/login"
    assert said == []
    context.close()
