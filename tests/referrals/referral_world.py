"""A database with two offices, an officer each, and people who send referrals."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.eligibility import load_offices
from bot.referrals.intake import apply_referral
from bot.referrals.offices import ensure_offices
from bot.referrals.transfer import Passing
from bot.settings import ROOT, Settings, read_settings
from bot.store.database import migrate, open_database
from bot.store.models import Officer, Person, Referral

AT = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- as the tables keep it; a Monday
CONSOLE_KEY = b"c" * 32
WORDING = "ab" * 32
BANGKOK, MAE_SOT = "TH-BKK", "TH-MSO"
PASSING = Passing(CONSOLE_KEY, b"f" * 32, load_offices(ROOT / "criteria"))


@dataclass(frozen=True)
class World:
    engine: Engine
    settings: Settings
    files: Path


def make_world(folder: Path) -> World:
    settings = read_settings(
        {
            "BOT_HOME": str(folder),
            "BOT_FIELD_KEY": base64.b64encode(b"f" * 32).decode(),
            "BOT_LOOKUP_KEY": base64.b64encode(b"l" * 32).decode(),
            "BOT_CONSOLE_KEY": base64.b64encode(CONSOLE_KEY).decode(),
            "BOT_TURN_SECRET": "turn",
            "BOT_ACTION_SECRET": "action",
            "BOT_OPERATOR": "the operator",
        },
        console=True,
    )
    engine = open_database(settings.database_url)
    migrate(engine)
    with Session(engine) as session, session.begin():
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
    return World(engine, settings, folder)


def add_person(session: Session, name: str = "p1") -> Person:
    person = Person(
        channel="web",
        address_key=name,
        address=b"sealed",
        conversation=name,
        language="fa",
        created_at=AT,
        last_seen_at=AT,
    )
    session.add(person)
    session.flush()
    return person


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
