"""The pages of officers, invitations and an officer's own sign-in, each as it is when something is amiss too."""

from __future__ import annotations

import html
import re

from console_world import BANGKOK, World
from sqlalchemy import select

from bot.console.login import FREE_FAILURES
from bot.console.passwords import code_at
from bot.store.database import transaction
from bot.store.models import Officer

FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
PASSWORD = "orbit lantern gravel sonnet"


def walk_officers(world: World, language: str) -> dict[str, str]:
    """Every such page by what it is about, in `language`; the world has an officer of each role."""
    admin = world.signed_in("admin")
    admin.post("/language", admin.fields("/me") | {"language": language})
    fields = admin.fields("/officers")
    new = {"login": f"new-{language}", "name": "Nuri", "language": language, "office": BANGKOK, "role": "lead"}

    def invite(**form: str) -> str:
        return admin.post("/officers", fields | new | form).text

    pages = {f"invite amiss {name}": invite(**{name: " "}) for name in ("login", "name", "office")}
    pages["invited"] = invite()
    pages["invited twice"] = invite()
    with transaction(world.engine) as session:
        gone = session.scalars(select(Officer).where(Officer.login == "parisa")).one().id
    admin.post(f"/officers/{gone}/disable", fields)
    pages["officers"] = admin.get("/officers").text
    pages |= _own(world, language) | _taken_up(world, re.findall(r"/invitation/[\w-]{43}", pages["invited"])[0])
    pages["no such invitation"] = world.browser().get(f"/invitation/x?language={language}").text
    return pages


def _own(world: World, language: str) -> dict[str, str]:
    world.signed_in("lead")
    lead = world.signed_in("lead")
    lead.post("/language", lead.fields("/me") | {"language": language})
    world.clock.on(seconds=30)
    fields = lead.fields("/me")
    pages = {"me": lead.get("/me").text}
    pages["my codes"] = lead.post("/me/codes", fields | {"code": world.code("lead")}).text
    for number in range(FREE_FAILURES + 1):
        pages[f"my code amiss {number}"] = lead.post("/me/codes", fields | {"code": "1"}).text
    lead.post("/me/sessions", fields | {"session": "all"})
    world.clock.on(hours=1)
    return pages


def _taken_up(world: World, link: str) -> dict[str, str]:
    browser = world.browser()
    page = browser.get(link).text
    secret = re.findall(r"secret=([A-Z2-7]+)", html.unescape(page))[0]
    form = dict(FIELD.findall(page)) | {"password": PASSWORD, "again": PASSWORD}
    pages = {"invitation": page, "telephone not joined": browser.post(link, form | {"code": "1"}).text}
    for name, password in (
        ("weak", "1"),
        ("name", f"{PASSWORD} nuri"),
        ("long", PASSWORD * 9),
        ("else", PASSWORD * 2),
    ):
        pages[f"password amiss {name}"] = browser.post(link, form | {"password": password}).text
    pages["taken up"] = browser.post(link, form | {"code": code_at(secret, world.clock())}).text
    return pages
