"""A passkey made and used in a real browser with a virtual device; an office's place clicked there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from console_site import Site, complaints, serve
from console_world import BANGKOK, QUICK, World, add_roles, make_world
from playwright.sync_api import Browser, Page, expect

from bot.console.app import create_app
from bot.language.catalogue import load_catalogue
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Office

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def on_this_machine(world: World, site: Site) -> Site:
    """The same site by the name under which browsers have passkeys without TLS."""
    base = site.base.replace("127.0.0.1", "localhost")
    settings = replace(world.settings, console_url=base)
    app = create_app(settings, world.engine, catalogue=load_catalogue(ROOT), clock=world.clock, passwords=QUICK)
    # The routes hold the settings; the address is known only once it is served.
    world.app.router.routes[:] = app.router.routes
    return Site(replace(world, settings=settings), base)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    world = make_world(tmp_path_factory.mktemp("passkeys"), demo=True, catalogue=load_catalogue(ROOT))
    add_roles(world)
    for served in serve(world):
        yield on_this_machine(world, served)


def page_of(chromium: Browser, site: Site, who: str, *, scripts: bool = True) -> Page:
    page = chromium.new_context(java_script_enabled=scripts).new_page()
    cookie = site.world.signed_in(who).cookies["console"]
    page.context.add_cookies([{"name": "console", "value": cookie, "url": site.base}])
    return page


def with_device(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def looks_right(page: Page) -> None:
    for width in (360, 320, 1100):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
    assert complaints(page) == [], page.url


def test_a_passkey_is_made_and_opens_the_door(site: Site, chromium: Browser) -> None:
    page = page_of(chromium, site, "anna")
    with_device(page)
    page.goto(f"{site.base}/me")
    page.get_by_label("Name of the new passkey").fill("Laptop")
    page.locator("#passkey-code").fill(site.world.code("anna"))
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.get_by_text("not used yet").wait_for()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.locator(".tabs").wait_for()
    page.goto(f"{site.base}/me")
    expect(page.get_by_text("not used yet")).to_have_count(0)
    page.get_by_role("button", name="Remove this passkey").click()
    page.wait_for_url(f"{site.base}/me#passkeys")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    assert "did not fit" in page.get_by_role("alert").inner_text()
    page.context.close()


def test_without_a_device_the_pages_say_so_and_password_and_code_remain(site: Site, chromium: Browser) -> None:
    # The policy keeps all scripts out but ours, and the checker is another.
    page = chromium.new_context(bypass_csp=True).new_page()
    page.add_init_script(
        "for (const ask of ['get', 'create']) navigator.credentials[ask] = () => Promise.reject(0)"
    )
    page.goto(f"{site.base}/login")
    looks_right(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    assert "gave no passkey" in page.get_by_role("alert").inner_text()
    looks_right(page)
    page.get_by_role("link", name="Sign in with password and code").click()
    page.get_by_label("Password").wait_for()
    cookie = site.world.signed_in("ben").cookies["console"]
    page.context.add_cookies([{"name": "console", "value": cookie, "url": site.base}])
    page.goto(f"{site.base}/me")
    looks_right(page)
    page.get_by_label("Name of the new passkey").fill("Laptop")
    page.locator("#passkey-code").fill(site.world.code("ben"))
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    assert "made no passkey" in page.get_by_role("alert").inner_text()
    looks_right(page)
    page.context.close()


def test_without_scripts_nothing_is_offered_that_does_not_work(site: Site, chromium: Browser) -> None:
    page = page_of(chromium, site, "anna", scripts=False)
    page.goto(f"{site.base}/me")
    assert page.get_by_role("button", name="Make ten new codes").is_visible()
    assert page.locator("#passkey-name").is_hidden()
    page.context.clear_cookies()
    page.goto(f"{site.base}/login")
    assert page.get_by_role("button", name="Sign in with a passkey").is_hidden()
    page.context.close()


@pytest.mark.parametrize(("width", "picture"), [(1100, "wide"), (360, "slim")])
def test_a_place_is_clicked_without_scripts(site: Site, chromium: Browser, width: int, picture: str) -> None:
    page = page_of(chromium, site, "admin", scripts=False)
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site.base}/offices/{BANGKOK}")
    page.get_by_role("button", name="Show the whole region").click()
    shown = page.locator(f"input[name={picture}]")
    box = shown.bounding_box()
    assert box is not None
    # Chiang Mai, 18.79 north and 98.99 east, by the share of the window that lies before it.
    shown.click(position={"x": box["width"] * (98.99 - 24) / 168, "y": box["height"] * (60 - 18.79) / 110})
    page.get_by_text("Not saved yet").wait_for()
    assert float(page.get_by_label("Latitude").input_value()) == pytest.approx(18.79, abs=0.7)
    assert float(page.get_by_label("Longitude").input_value()) == pytest.approx(98.99, abs=0.7)
    page.get_by_label("Latitude").press("Enter")
    page.get_by_text("Saved.").wait_for()
    with transaction(site.world.engine) as session:
        assert session.get_one(Office, BANGKOK).latitude == pytest.approx(18.79, abs=0.7)
    page.context.close()
