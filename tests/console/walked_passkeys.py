"""The pages of passkeys and of one office as an admin keeps it, each as it is when something is amiss too."""

from __future__ import annotations

import pytest
from authenticator import Device, begin, enter, keep, question_in, with_passkeys
from console_world import BANGKOK, Browser, World
from sqlalchemy import delete

from bot.console import passkey_pages
from bot.console.login import FREE_FAILURES
from bot.language.catalogue import Catalogue
from bot.store.database import transaction
from bot.store.models import Passkey


def walk_passkeys(world: World, words: Catalogue, language: str) -> dict[str, str]:
    """Every such page by what it is about, in `language`; `words` are those of the world."""
    here = with_passkeys(world, words)
    door = here.browser()
    pages = {"door with passkeys": door.get(f"/login?language={language}").text}
    asked = {"language": language}
    pages["asked for a passkey"] = door.post("/passkey", asked).text
    pages["passkey refused"] = here.browser().post("/passkey/enter", asked | {"answer": "x"}).text
    here.clock.on(hours=1)
    ben = _reading(here, "ben", language)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passkey_pages, "MOST_KEPT", 0)
        pages["too many passkeys"] = begin(here, ben, "ben").text
    here.clock.on(seconds=30)
    new = begin(here, ben, "ben", name="Nuri").text
    device = Device()
    pages |= {"new passkey": new, "passkey not kept": keep(ben, "x").text}
    ben.post("/me/passkeys/keep", ben.fields("/me") | {"name": "Nuri", "answer": device.make(question_in(new))})
    pages["passkey not used"] = ben.get("/me").text
    assert enter(here.browser(), device.sign(question_in(door.post("/passkey", asked).text))).status_code == 303
    pages["passkey used"] = ben.get("/me").text
    pages["passkey without a name"] = begin(here, ben, "ben", name="").text
    for number in range(FREE_FAILURES + 1):
        pages[f"passkey code amiss {number}"] = begin(here, ben, "ben", code="1").text
    with transaction(here.engine) as session:
        session.execute(delete(Passkey))
    return pages | _places(here, language)


def _places(world: World, language: str) -> dict[str, str]:
    admin, path = _reading(world, "admin", language), f"/offices/{BANGKOK}"
    csrf = {"csrf": admin.fields(path)["csrf"]}
    pages = {"one office": admin.get(f"{path}?saved=1").text}
    pages["place clicked"] = admin.post(f"{path}/place", csrf | {"wide.x": "200", "wide.y": "99"}).text
    pages["no place"] = admin.post(f"{path}/place", csrf | {"latitude": "x", "longitude": "1"}).text
    week = {"from0": "09:00", "to0": "17:00", "days": "3"}
    pages["no such language"] = admin.post(path, csrf | week | {"speaks_<": "1"}).text
    return pages


def _reading(world: World, who: str, language: str) -> Browser:
    browser = world.signed_in(who)
    browser.post("/language", browser.fields("/me") | {"language": language})
    return browser
