"""The settings of an installation with a console, and people who send referrals there, for all worlds of tests."""

from __future__ import annotations

import base64
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.settings import Settings, read_settings
from bot.store.models import Person

START = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- as the tables keep it; a Monday
CONSOLE_KEY = b"c" * 32
KEYS = {"BOT_FIELD_KEY": b"f" * 32, "BOT_LOOKUP_KEY": b"l" * 32, "BOT_CONSOLE_KEY": CONSOLE_KEY}
SECRETS = {"BOT_TURN_SECRET": "turn", "BOT_ACTION_SECRET": "action", "BOT_OPERATOR": "the operator"}


def settings_of(folder: Path, **others: str) -> Settings:
    """With every file in `folder`, and `others` beside."""
    keys = {name: base64.b64encode(key).decode() for name, key in KEYS.items()}
    return read_settings({"BOT_HOME": str(folder), **keys, **SECRETS, **others}, console=True)


def add_person(session: Session, name: str = "p1", language: str = "fa") -> Person:
    """Somebody on the web chat, whose address, talk and key there are all called `name`."""
    person = Person(
        channel="web",
        address_key=name,
        address=b"sealed",
        conversation=name,
        language=language,
        created_at=START,
        last_seen_at=START,
    )
    session.add(person)
    session.flush()
    return person
