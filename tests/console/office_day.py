"""Everybody of a day at an office: two officers and a lead at their desks, and people who write to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from console_settings import CONSOLE_KEY
from console_site import Site, serve
from console_world import BANGKOK, World, add_roles, make_world, new_officer
from officers_desk import AtDesk, at_desk
from person_side import People, people_of
from playwright.sync_api import Browser

from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.wording import Wording
from bot.referrals.offices import ensure_offices
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.tally import count

KUALA_LUMPUR = "MY-KUL"
SUMMER = datetime(2026, 8, 5)  # noqa: DTZ001 -- as the tables keep it
CHILD, BANGLA, QUIET, CALL, LATE = "CHLD-2222", "BNGL-2222", "QWET-2222", "CALL-2222", "LATE-2222"
SPAM = ("SPA1-2222", "SPA2-2222", "SPA3-2222")
CHAT: dict[str, Any] = {"way": "chat", "number": None, "time": "any", "style": []}
BY_PHONE = {"way": "call", "number": "+66 81 234 5678", "time": "evening", "style": []}
WORKED = {"answers": {"age": "adult"}, "reasons": ["fear"], "criteria_version": "1"}
UNSAFE = "Nothing was sent: it would not keep to the safe-contact plan. Change it, wait, or say why it must be so."


@dataclass(frozen=True)
class Day:
    """Everybody of this day: Anna reads English, Ben Thai, the lead Arabic; and the people who write."""

    site: Site
    words: Catalogue
    people: People
    anna: AtDesk
    ben: AtDesk
    lead: AtDesk
    chromium: Browser

    def sits(self, login: str, language: str) -> AtDesk:
        """One more officer, before the door."""
        return at_desk(self.site, self.chromium, login, language)

    @property
    def world(self) -> World:
        return self.site.world

    def come(self, code: str, language: str, contact: dict[str, Any] = CHAT, **content: Any) -> None:
        """A person sends a referral."""
        whole = {"outcome": "LIKELY", "contact": contact, **WORKED, **content}
        effect = {"effect": "refer", "office": BANGKOK, "reference": code, "content": whole}
        self.people.send(code, effect, language)

    def said(self, language: str, name: str, **variables: Any) -> str:
        """What the bot says in this language."""
        return Wording(self.words, language).text(name, variables)


def new_day(home: Path, chromium: Browser) -> Iterator[Day]:
    """Three at their desks, before the door, and an office abroad."""
    words = load_catalogue(ROOT)
    world = make_world(home, demo=True, catalogue=words)
    add_roles(world)
    with transaction(world.engine) as session:
        ensure_offices(session, [KUALA_LUMPUR], CONSOLE_KEY)
        world.officers["kim"] = new_officer(session, "kim", KUALA_LUMPUR)
        count(session, SUMMER, [("sent", "")] * 40 + [("language", "fa")] * 40, BANGKOK)
    people = people_of(world, words)
    for site in serve(world):
        desks = (at_desk(site, chromium, *who) for who in (("anna", "en"), ("ben", "th"), ("lead", "ar")))
        anna, ben, lead = desks
        yield Day(site, words, people, anna, ben, lead, chromium)
        for context in chromium.contexts:
            context.close()
