"""The criteria beside others, as each role gets the page, with everything that it may have to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from changed_criteria import EDITS, changed
from console_world import BANGKOK, QUICK, World, send
from sqlalchemy import select

from bot.console import criteria_pages
from bot.console.app import create_app
from bot.eligibility import QUESTIONS
from bot.eligibility.comparing import compare
from bot.language.catalogue import Catalogue
from bot.referrals import reweighing
from bot.store.database import transaction
from bot.store.models import Referral

PLACE = "/criteria/changes"
PLAIN = {question.id: question.plain or "no" for question in QUESTIONS}
# Each file and each field of every kind; the last country is one that the other criteria do not know.
OFFICE = "LA-XXX,LA,Vientiane,17.9,102.6,A street,+856 1,a@b.c,lo,sub-office,A letter,high,true\n"
EVERY = (
    *EDITS[:-1],
    ("exclusions.yml", "title: ", "title: Of the "),
    ("exclusions.yml", "date: 2012-07-01", "date: 2012-07-02"),
    ("doubts.yml", r"^  note: >-\n    .*", "  note: >-\n    Another"),
    ("routes.yml", 'lines: "38"', 'lines: "39"'),
    ("routes.yml", r"\[protection_status, stay_permit\]", "[stay_permit, protection_status]"),
    ("offices.csv", r"\Z", OFFICE),
    ("office_fallback.csv", r"^BN,MY-KUL,", "BN,TH-BKK,Nearer"),
    ("emergency.csv", r"\Z", "TH,police,tourist police,1155,high,A note\n"),
    ("emergency.csv", "^AF,police,police,119,low,$", "AF,police,police office,119,low,"),
    ("countries.csv", r"^YE,.*\n", ""),
    ("likely_countries.yml", r"\[TH, MY,", "[MY, TH,"),
    ("not_cities.txt", r"\Z", "bungalow\n"),
)
compared_once = cache(compare)  # in every language they are the same folders


def fill_criteria(world: World) -> None:
    """Referrals enough to be counted, of which some are closed and of some the country is not known."""
    with transaction(world.engine) as session:
        for number in range(80):
            reference = f"CCCC-22{number:02}"
            where = {"country_now": "TH", "origin": "PK" if number < 46 else "unsure"}
            if number < 12:
                where = {"country_now": "MY", "origin": "YE"}
            elif number == 12:
                where = {"country_now": "LA", "origin": "PK"}
            send(session, world.settings, reference, BANGKOK, answers=PLAIN | where)
            if number % 2:
                sent = session.scalars(select(Referral).where(Referral.reference == reference)).one()
                sent.open, sent.status = False, "closed"


def criteria_pages_of(
    world: World, words: Catalogue, folder: Path, read: Callable[[World, str, str], str]
) -> dict[str, str]:
    """Every such page by what it is about; `read` gives the page at an address to an officer of a role."""

    def told_of(name: str, edits: tuple[tuple[str, str, str], ...] | None) -> World:
        other = folder / name
        if edits is not None and not other.exists():
            changed(other, edits)
        settings = replace(world.settings, criteria_next=other)
        app = create_app(settings, world.engine, catalogue=words, clock=world.clock, passwords=QUICK)
        return replace(world, settings=settings, app=app)

    every = told_of("every", EVERY)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(criteria_pages, "compare", compared_once)
        pages = {f"{who} other criteria": read(every, who, PLACE) for who in ("programme", "lead", "admin")}
        pages["no other criteria"] = read(world, "admin", PLACE)
        pages["criteria that do not load"] = read(told_of("nowhere", None), "admin", PLACE)
        pages["criteria that are the same"] = read(told_of("same", ()), "programme", PLACE)
        patched.setattr(criteria_pages, "MOST_LISTED", 1)
        patched.setattr(reweighing, "MOST_WEIGHED", 40)
        pages["many referrals"] = read(every, "lead", PLACE)
    return pages
