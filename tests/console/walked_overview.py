"""The pages that officers read, count and print with, as they are when there is little to show too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from console_settings import START
from console_world import BANGKOK, MAE_SOT, QUICK, Browser, World, send
from sqlalchemy import select
from walked_casework import ENDED
from walked_criteria import criteria_pages_of, fill_criteria

from bot.console import figures_pages
from bot.console.app import create_app
from bot.language.catalogue import Catalogue
from bot.referrals.audit import append_audit
from bot.referrals.findings import Finding, find
from bot.store.database import transaction
from bot.store.models import Office, Officer, Referral
from bot.store.tally import count

PLAIN = "NONE-2222"
SUMMER = datetime(2026, 8, 5)  # noqa: DTZ001 -- as the tables keep it
WAITS = dict.fromkeys(("day", "three_days", "week", "two_weeks", "longer"), 12)
AT_BANGKOK = {
    "sent": {"": 60},
    "language": {"fa": 30, "my": 27, "ta": 3},
    "origin": {"AF": 60},
    "verdict": {"LIKELY": 40, "unfinished": 20},
    "reason": {"fear": 3},
    "first_contact": WAITS,
    "ended": {"helped": 30, "withdrawn": 30},
    "found": {"agreed": 40, "disagreed": 20},
    "disagreed_on": {"fear": 20},
    "disagreed_in": {"fa": 20},
}
AT_MAE_SOT = {"sent": {"": 61}, "language": {"fa": 20, "my": 20, "ta": 21}}
OF_TALKS = {"stopped": {"age": 12}, "asked": {"cost": 33}}


def fill_overview(world: World) -> None:
    """A quarter of figures, a referral that may be closed unread, and what officers found on two that ended."""
    with transaction(world.engine) as session:
        for counts, office in ((AT_BANGKOK, BANGKOK), (AT_MAE_SOT, MAE_SOT), (OF_TALKS, "")):
            happened = [
                (kind, value) for kind, values in counts.items() for value in values for _ in range(values[value])
            ]
            count(session, SUMMER, happened, office)
        send(session, world.settings, PLAIN, flags=[])
        append_audit(session, "tried", "1", START)
        ben = session.scalars(select(Officer).where(Officer.login == "ben")).one()
        for reference, finding in (
            (ENDED["applied"], Finding()),
            (ENDED["helped"], Finding("fear", "LIKELY", "translation")),
        ):
            ended = session.scalars(select(Referral.id).where(Referral.reference == reference)).one()
            find(session, ended, ben, finding, f"{1000 + ended:032x}", START)
    fill_criteria(world)


def overview_pages(world: World, words: Catalogue, language: str) -> dict[str, str]:
    """Every such page by what it is about, in `language`; `words` are those of the world."""
    pages = {"sheet": _read(world, "lead", language, f"/referrals/{PLAIN}/sheet")}
    for who, path in (
        ("lead", "/figures"),
        ("programme", "/figures"),
        ("programme", "/criteria"),
        ("auditor", "/audit"),
    ):
        pages[f"{who} {path}"] = _read(world, who, language, path)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(figures_pages, "quarters_over", lambda *_: ())
        pages["no figures yet"] = _read(world, "programme", language, "/figures")
    bare = _without_mail(world, words)
    pages["office without mail"] = _read(bare, "lead", language, "/office")
    pages["settings"] = _read(bare, "admin", language, "/settings")
    _switch(world, on=False)
    pages["offices"] = _read(world, "admin", language, "/offices")
    _switch(world, on=True)
    return pages | criteria_pages_of(
        world, words, world.folder, lambda where, who, path: _read(where, who, language, path)
    )


def _without_mail(world: World, words: Catalogue) -> World:
    """The same console outside a demo, with languages of every state."""
    known = dict(words.languages)
    known["vi"] = replace(known["vi"], state="reviewed", reviewer="Nuri", date="2026-11-01")
    known["ta"] = replace(known["ta"], state="pseudo")
    known["si"] = replace(known["si"], state="off")
    settings = replace(world.settings, demo=False)
    catalogue = replace(words, languages=known)
    app = create_app(settings, world.engine, catalogue=catalogue, clock=world.clock, passwords=QUICK)
    return replace(world, settings=settings, app=app)


def _read(world: World, who: str, language: str, path: str) -> str:
    browser: Browser = world.signed_in(who)
    browser.post("/language", browser.fields("/me") | {"language": language})
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return answer.text


def _switch(world: World, *, on: bool) -> None:
    with transaction(world.engine) as session:
        session.get_one(Office, MAE_SOT).active = on
