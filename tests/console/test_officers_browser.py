"""Officers, invitations and an officer's own page in a real browser, small and large, mirrored too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_site import Site, complaints, serve
from console_world import World, add_roles, make_world
from playwright.sync_api import Browser, Page, expect

from bot.console.passwords import code_at
from bot.language.catalogue import load_catalogue
from bot.settings import ROOT

pytestmark = pytest.mark.browser
PASSWORD = "orbit lantern gravel sonnet"
SIZES = ((360, "light"), (320, "dark"), (1280, "light"))  # 320: a screen of 640 at 200 %


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    world = make_world(tmp_path, demo=True, catalogue=load_catalogue(ROOT))
    add_roles(world)
    yield from serve(world)


def inside(page: Page, world: World, site: Site, who: str) -> None:
    cookie = world.signed_in(who).cookies["console"]
    page.context.add_cookies([{"name": "console", "value": cookie, "url": site.base}])


def looks_right(page: Page, direction: str = "ltr") -> None:
    assert page.evaluate("document.dir") == direction
    for width, scheme in SIZES:
        page.set_viewport_size({"width": width, "height": 740})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        if width != 320 or direction == "rtl":
            assert complaints(page) == [], (page.url, width)


def test_from_the_invitation_to_the_first_sign_in(site: Site, chromium: Browser) -> None:
    # The policy keeps scripts out; the checker is one.
    page = chromium.new_context(bypass_csp=True).new_page()
    inside(page, site.world, site, "admin")
    page.goto(f"{site.base}/officers")
    looks_right(page)
    page.get_by_label("Login").fill("nuri@example.org")
    page.get_by_label("Name, as colleagues see it").fill("Nuri")
    page.get_by_label("Language").first.select_option("ar")
    page.get_by_role("button", name="Make a link", exact=True).click()
    link = page.get_by_label("Link for Nuri").input_value()
    looks_right(page)
    page.context.clear_cookies()
    page.goto(site.base + link.removeprefix(site.world.settings.console_url))
    looks_right(page, "rtl")
    page.get_by_role("link", name="English").click()
    picture = page.locator(".picture svg").bounding_box()
    assert picture is not None
    assert picture["width"] > 150
    secret = "".join(page.locator("code").inner_text().split())
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill("else")
    page.get_by_label("6-digit code").fill(code_at(secret, site.world.clock()))
    page.keyboard.press("Enter")
    assert "not the same" in page.get_by_role("alert").inner_text()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_label("6-digit code").fill(code_at(secret, site.world.clock()))
    page.keyboard.press("Enter")
    page.locator(".codes").wait_for()
    looks_right(page)
    code = page.locator(".codes li").first.inner_text().strip()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Login").fill("nuri@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("6-digit code").fill(code)
    page.keyboard.press("Enter")
    page.locator(".tabs").wait_for()
    page.context.close()


def test_my_own_page_with_its_sessions(site: Site, chromium: Browser) -> None:
    page = chromium.new_context(bypass_csp=True).new_page()
    site.world.signed_in("anna")
    inside(page, site.world, site, "anna")
    page.goto(f"{site.base}/")
    page.get_by_role("link", name="Anna").click()
    looks_right(page)
    page.get_by_role("button", name="Sign out there").click()
    expect(page.locator(".sessions li")).to_have_count(1)
    page.get_by_role("button", name="العربية").click()
    page.locator('html[dir="rtl"]').wait_for()
    assert page.url == f"{site.base}/me"
    looks_right(page, "rtl")
    page.locator('button[value="all"]').click()
    page.wait_for_url(f"{site.base}/login")
    page.context.close()
