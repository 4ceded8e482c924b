"""The pages that officers read, count and print with, in a real browser: small, large, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from console_site import Site, serve
from console_world import BANGKOK, REFERENCE, START, World, add_roles, make_world
from playwright.sync_api import Browser
from sqlalchemy import select
from test_console_browser import chromium

from bot.language.catalogue import load_catalogue
from bot.referrals import lifecycle
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Officer, Referral
from bot.store.tally import count

__all__ = ["chromium"]
pytestmark = pytest.mark.browser

SUMMER = datetime(2026, 8, 5)  # noqa: DTZ001 -- as the tables keep it
PAGES = {
    "ben": (f"/referrals/{REFERENCE}", f"/referrals/{REFERENCE}/sheet"),
    "lead": ("/figures",),
    "programme": ("/figures", "/criteria"),
    "admin": ("/offices", "/settings"),
    "auditor": ("/audit",),
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    world = make_world(tmp_path, demo=True, catalogue=load_catalogue(ROOT))
    add_roles(world)
    fill(world)
    yield from serve(world)


def fill(world: World) -> None:
    happened = (
        [("sent", "")] * 40 + [("language", "fa")] * 25 + [("language", "my")] * 15 + [("origin", "AF")] * 40
    )
    with transaction(world.engine) as session:
        count(session, SUMMER, [*happened, *[("reason", "fear")] * 12, *[("ended", "helped")] * 11], BANGKOK)
        count(session, SUMMER, [("asked", "cost")] * 30 + [("stopped", "age")] * 14)
        referral = session.scalars(select(Referral).where(Referral.reference == REFERENCE)).one()
        ben = session.scalars(select(Officer).where(Officer.login == "ben")).one()
        lifecycle.accept(session, referral.id, ben, "1" * 32, START)


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_they_fit_and_are_accessible(site: Site, chromium: Browser, language: str, width: int) -> None:
    for who, pages in PAGES.items():
        # The policy keeps scripts out; the checker is one.
        context = chromium.new_context(bypass_csp=True, viewport={"width": width, "height": 740})
        page = context.new_page()
        page.emulate_media(color_scheme="dark" if width > 360 else "light")
        with transaction(site.world.engine) as session:
            session.scalars(select(Officer).where(Officer.login == who)).one().language = language
        browser = site.world.signed_in(who)
        context.add_cookies(
            [{"name": name, "value": value, "url": site.base} for name, value in browser.cookies.items()]
        )
        for path in pages:
            answer = page.goto(f"{site.base}{path}")
            assert answer is not None
            assert answer.status == 200, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            found = Axe().run(page).response["violations"]
            assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], path
        context.close()
