"""The queue and a referral as a lead works on them, in a real browser, with scripts and without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_site import Site, serve
from console_world import BANGKOK, REFERENCE, add_roles, make_world, send
from playwright.sync_api import Browser, Page
from walked_casework import fill_casework

from bot.language.catalogue import load_catalogue
from bot.settings import ROOT
from bot.store.database import transaction

pytestmark = pytest.mark.browser


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    world = make_world(tmp_path, demo=True, catalogue=load_catalogue(ROOT))
    add_roles(world)
    fill_casework(world)
    with transaction(world.engine) as session:
        send(session, world.settings, "PLAIN-222", flags=[])
    world.clock.on(days=5)
    yield from serve(world)


def as_lead(chromium: Browser, site: Site) -> Page:
    lead = site.world.signed_in("lead")
    page = chromium.new_context().new_page()
    page.context.add_cookies([{"name": "console", "value": lead.cookies["console"], "url": site.base}])
    return page


def test_what_is_new_is_said_and_moves_nothing(site: Site, chromium: Browser) -> None:
    page = as_lead(chromium, site)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.base}/")
    codes = page.locator(".queue .code").all_inner_texts()
    assert page.locator("#news a").is_hidden()
    with transaction(site.world.engine) as session:
        send(session, site.world.settings, "NEWS-2222", BANGKOK)
    page.evaluate("look()")
    page.get_by_role("link", name="New since you opened this list: 1. Show them").wait_for()
    assert page.locator(".queue .code").all_inner_texts() == codes
    page.locator("#news a").click()
    page.get_by_role("link", name="NEWS-2222").wait_for()
    page.wait_for_load_state()  # The list's script is deferred: it runs after the list is there to be read.
    site.world.clock.on(hours=1)
    page.evaluate("look()")
    assert page.locator("#news a").is_hidden()
    assert all("Failed to load" in one or "Fetch" in one for one in said)
    page.context.close()


def test_a_lead_passes_a_referral_on_by_keyboard_without_scripts(site: Site, chromium: Browser) -> None:
    lead = site.world.signed_in("lead")
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "console", "value": lead.cookies["console"], "url": site.base}])
    page = context.new_page()
    page.goto(f"{site.base}/referrals/{REFERENCE}")
    page.get_by_text("Pass it to another office").press("Enter")
    page.locator("#office").select_option("TH-MSO")
    page.get_by_label("Why, for the other office").fill("nearer")
    page.locator("#transfer-override").select_option("agreed")
    page.get_by_role("button", name="Pass it on").press("Enter")
    page.get_by_text("The referral was passed on").wait_for()
    assert page.get_by_role("link", name=REFERENCE).count() == 0
    page.get_by_label("Tick PLAIN-222").check()
    page.get_by_label("Close those that are ticked").select_option("spam")
    page.get_by_role("button", name="Close them").press("Enter")
    page.get_by_text("Closed: 1.").wait_for()
    context.close()
