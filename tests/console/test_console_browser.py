from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_site import CHROMIUM, Site, complaints, serve
from console_world import REFERENCE, START, make_world, send
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from bot.language.catalogue import load_catalogue
from bot.referrals import lifecycle
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Officer, Referral

pytestmark = pytest.mark.browser
TAKEN = "AAAA-2222"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    yield from serve(make_world(tmp_path, demo=True))


@pytest.fixture
def translated(tmp_path: Path) -> Iterator[Site]:
    """The console with all its words, and a referral that an officer of another language has taken."""
    world = make_world(tmp_path, demo=True, catalogue=load_catalogue(ROOT))
    with transaction(world.engine) as session:
        send(session, world.settings, TAKEN)
        taken = session.scalars(select(Referral.id).where(Referral.reference == TAKEN)).one()
        ben = session.scalars(select(Officer).where(Officer.login == "ben")).one()
        lifecycle.accept(session, taken, ben, "1" * 32, START)
        lifecycle.note(session, taken, ben, "Call +66 2 343 9300 first", "2" * 32, START)
    yield from serve(world)


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
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    sign_in(page, site)
    page.get_by_role("link", name=REFERENCE).click()
    page.get_by_role("button", name="Take this referral").click()
    page.get_by_label("Reply to the person").fill("سلام\nHello")
    page.get_by_label("Do it all the same").select_option("agreed")  # it is not evening yet
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
            assert complaints(page) == [], path
    context.close()


def test_in_every_language_pages_fit_a_telephone_and_are_accessible(translated: Site, chromium: Browser) -> None:
    for language, direction in (("ar", "rtl"), ("id", "ltr"), ("th", "ltr")):
        context = chromium.new_context(bypass_csp=True, viewport={"width": 360, "height": 740})
        page = context.new_page()
        translated.world.clock.on(seconds=30)
        page.goto(f"{translated.base}/login?language={language}")
        page.locator("#login").fill("anna")
        page.locator("#password").fill(translated.world.officers["anna"].password)
        page.locator("#code").fill(translated.world.code("anna"))
        page.keyboard.press("Enter")
        page.locator(".tabs").wait_for()
        for path in (
            "/",
            f"/referrals/{REFERENCE}",
            f"/referrals/{TAKEN}",
            f"/login?language={language}",
            "/nothing",
        ):
            page.goto(f"{translated.base}{path}")
            assert page.evaluate("[document.dir, document.documentElement.lang]") == [direction, language], path
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (language, path)
            if direction == "rtl" and path in {f"/referrals/{TAKEN}", "/"}:
                assert complaints(page) == [], path
                heading = page.locator("h1").bounding_box()
                assert heading is not None
                assert heading["x"] + heading["width"] > 180, path
        context.close()
