"""A database with two offices, an officer each, and people who send referrals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from console_settings import CONSOLE_KEY, START, settings_of
from copied_database import copied, made_once
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.eligibility import load_offices
from bot.referrals.intake import apply_referral
from bot.referrals.offices import ensure_offices
from bot.referrals.transfer import Passing
from bot.settings import ROOT, Settings
from bot.store.database import transaction
from bot.store.models import Officer, Person, Referral

AT = START
WORDING = "ab" * 32
BANGKOK, MAE_SOT = "TH-BKK", "TH-MSO"
PASSING = Passing(CONSOLE_KEY, b"f" * 32, load_offices(ROOT / "criteria"))


@dataclass(frozen=True)
class World:
    engine: Engine
    settings: Settings
    files: Path


def make_world(folder: Path) -> World:
    settings = settings_of(folder)
    return World(copied(_first(), settings.database_url), settings, folder)


@cache
def _first() -> bytes:
    """The database that every world begins with."""
    return made_once(_fill)[0]


def _fill(engine: Engine) -> None:
    with transaction(engine) as session:
        ensure_offices(session, [BANGKOK, MAE_SOT], CONSOLE_KEY)
        for number, office in enumerate((BANGKOK, BANGKOK, MAE_SOT), start=1):
            session.add(
                Officer(
                    id=number,
                    office_id=office,
                    login=f"officer{number}",
                    display_name=f"Officer {number}",
                    password_hash="",
                    totp_secret=b"",
                )
            )


def effect(reference: str = "K7PM-2QXD", office: str = BANGKOK, **content: Any) -> dict[str, Any]:
    whole = {
        "outcome": "COUNSELLOR",
        "reasons": ["fear"],
        "routes": [],
        "flags": ["unhcr"],
        "to_check": [],
        "answers": {"age": "adult", "country_now": "TH"},
        "adults": 1,
        "children": 0,
        "contact": {"way": "call", "number": "+66 2 343 9300", "time": "any", "style": []},
        "criteria_version": "2026-11-22",
        "special_need": None,
    }
    return {"effect": "refer", "office": office, "reference": reference, "content": whole | content}


def send(world: World, session: Session, person: Person, reference: str = "K7PM-2QXD", **content: Any) -> Referral:
    sent = apply_referral(session, world.settings, person, effect(reference, **content), WORDING, AT)
    assert sent is not None
    return sent
