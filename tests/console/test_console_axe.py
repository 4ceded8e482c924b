"""Every page of the console in every language it has: accessible, and never too wide.

A new page without its address in `PAGES` fails here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from changed_criteria import changed
from console_settings import START
from console_site import Site, serve
from console_world import BANGKOK, QUICK, REFERENCE, World, add_roles, make_world, send
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from starlette.routing import Route
from walked_casework import ENDED, MOVED, PLAN, STEPS, fill_casework
from walked_overview import fill_overview

from bot.console.app import create_app
from bot.console.invitations import invite
from bot.console.rights import OPEN, RIGHTS, Role
from bot.language.catalogue import load_catalogue
from bot.referrals import lifecycle
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Officer, Referral

pytestmark = pytest.mark.browser
DIRECTIONS = {"en": "ltr", "id": "ltr", "th": "ltr", "ar": "rtl"}
INVITED = "{invited}"  # stands for the token of an invitation that still works
ONE = "/referrals/"
# Where to see each route that gives a page, by the route's name: in every state that looks different.
PAGES: Mapping[str, tuple[str, ...]] = {
    "login": ("/login",),
    "invitation": (f"/invitation/{INVITED}", "/invitation/none"),
    "me": ("/me",),
    "officers": ("/officers",),
    "queue": ("/", "/?tab=overdue&sort=due", "/?tab=mine&flag=child&language=fa"),
    "search": ("/search?reference=x",),
    "referral": tuple(f"{ONE}{one}" for one in (REFERENCE, STEPS, PLAN, MOVED, ENDED["helped"])),
    "sheet": (f"{ONE}{STEPS}/sheet",),
    "office": ("/office",),
    "figures": ("/figures",),
    "offices": ("/offices",),
    "one_office": (f"/offices/{BANGKOK}",),
    "criteria": ("/criteria",),
    "criteria_changes": ("/criteria/changes",),
    "settings": ("/settings",),
    "audit": ("/audit",),
}
NOT_THERE = {"search", "invitation"}  # pages that may say that there is nothing
# Who looks: the first of these with a right to the route.
ROLES = (Role.LEAD, Role.PROGRAMME, Role.AUDITOR, Role.ADMIN)
SMALL, LARGE = (360, "light"), (1100, "dark")
# A screen of 640 at 200 %, a telephone, a screen of 1280 at 200 %.
WIDTHS = (320, 360, 640)
OPENED = "document.querySelectorAll('details').forEach(one => one.open = true)"
WRONG = """rules => axe.run(document, {resultTypes: ['violations'], preload: false, rules}).then(
  found => found.violations.map(one => [one.id, ...one.nodes.map(node => node.html)]))"""
# Colours are the same in every language and take long to weigh: in two, of which one is light where one is dark.
COLOURED = {"en", "ar"}


@dataclass(frozen=True)
class Desks:
    """The console served, a browser, the token of an invitation, and a cookie of every role."""

    site: Site
    chromium: Browser
    invited: str
    cookies: Mapping[Role, str]


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Desks]:
    world = make_world(tmp_path_factory.mktemp("axe"), demo=True, catalogue=load_catalogue(ROOT))
    add_roles(world)
    fill_casework(world)
    fill_overview(world)
    invited = fill(world)
    world = with_criteria_to_come(world, tmp_path_factory.mktemp("criteria") / "next")
    world.clock.on(days=5)
    cookies = {role: world.signed_in(role).cookies["console"] for role in ROLES}
    for site in serve(world):
        yield Desks(site, chromium, invited, cookies)


def fill(world: World) -> str:
    """A referral that the lead works on, and an invitation, of which this gives the token."""
    with transaction(world.engine) as session:
        lead = session.scalars(select(Officer).where(Officer.login == "lead")).one()
        plan = session.scalars(select(Referral).where(Referral.reference == PLAN)).one()
        lifecycle.accept(session, plan.id, lead, "f" * 32, START)
        send(
            session, world.settings, "LONG-2222", flags=["safety", "priority", "trained_worker", "unhcr", "family"]
        )
        admin = session.scalars(select(Officer).where(Officer.login == "admin")).one()
        return invite(
            session,
            login="nuri@example.org",
            display_name="Nuri",
            office_id=BANGKOK,
            role=Role.OFFICER,
            language="en",
            at=START,
            by=admin.id,
        )


def with_criteria_to_come(world: World, folder: Path) -> World:
    """The same console, set up to compare the criteria in force with others."""
    settings, words = replace(world.settings, criteria_next=changed(folder)), load_catalogue(ROOT)
    app = create_app(settings, world.engine, catalogue=words, clock=world.clock, passwords=QUICK)
    return replace(world, settings=settings, app=app)


def gets(world: World) -> Iterator[Route]:
    for route in world.app.routes:
        assert isinstance(route, Route)
        if "GET" in (route.methods or ()):
            yield route


def role_for(name: str) -> Role | None:
    return None if name in OPEN else next(role for role in ROLES if role in RIGHTS[name])


def test_every_page_is_looked_at(desks: Desks) -> None:
    routes = {route.name: route for route in gets(desks.site.world)}
    page = desks.chromium.new_context().new_page()
    assert set(PAGES) <= set(routes)
    for name in sorted(set(routes) - set(PAGES)):
        path = routes[name].path
        assert "{" not in path, f"Say in PAGES where the page «{name}» can be seen."
        become(desks, page, name, "en")
        answer = page.request.get(f"{desks.site.base}{path}?since=0")
        assert answer.ok, name
        assert "<html" not in answer.text(), f"Say in PAGES where the page «{name}» can be seen."
    page.context.close()


@pytest.mark.parametrize("language", DIRECTIONS)
def test_pages_fit_and_are_accessible(desks: Desks, language: str) -> None:
    with transaction(desks.site.world.engine) as session:
        for officer in session.scalars(select(Officer)):
            officer.language = language
    # The policy keeps scripts out; the checker is one.
    page = desks.chromium.new_context(bypass_csp=True).new_page()
    addresses = [(name, path) for name, paths in PAGES.items() for path in paths]
    for number, (name, path) in enumerate([*addresses, ("me", "/nothing-here")]):
        look(desks, page, name, path, language)
        width, scheme = (SMALL, LARGE)[(number + list(DIRECTIONS).index(language)) % 2]
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert too_wide(page) == [], path
        page.set_viewport_size({"width": width, "height": 740})
        page.evaluate(AXE_SCRIPT)
        rules = {"color-contrast": {"enabled": language in COLOURED}}
        assert page.evaluate(WRONG, rules) == [], (path, width)
    page.context.close()


def look(desks: Desks, page: Page, name: str, path: str, language: str) -> None:
    """The page at `path`, as whoever may see it does, with all that folds open."""
    become(desks, page, name, language)
    answer = page.goto(desks.site.base + path.replace(INVITED, desks.invited))
    assert answer is not None
    assert answer.status == 200 or name in NOT_THERE or path == "/nothing-here", (path, answer.status)
    assert page.evaluate("[document.documentElement.lang, document.dir]") == [language, DIRECTIONS[language]], path
    page.evaluate(OPENED)


def become(desks: Desks, page: Page, name: str, language: str) -> None:
    """Whoever may see the route `name`, in this browser; nobody where no session is needed."""
    role = role_for(name)
    kept = {"language": language} | ({"console": desks.cookies[role]} if role else {})
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": key, "value": value, "url": desks.site.base} for key, value in kept.items()]
    )


def too_wide(page: Page) -> list[int]:
    """The widths at which the page would have to be moved sideways."""
    wide = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(width)
    return wide


def test_a_page_that_is_amiss_is_found(desks: Desks) -> None:
    page = desks.chromium.new_context().new_page()
    page.set_content("<html lang=en><title>1</title><main><h1>1</h1><img src=x><p style='width:50rem'>1")
    page.evaluate(AXE_SCRIPT)
    assert [found[0] for found in page.evaluate(WRONG, {})] == ["image-alt"]
    assert too_wide(page) == list(WIDTHS)
    page.context.close()
