"""What tests on PostgreSQL share: an office, referrals sent to it, and rows counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway_rig import START, Gateway
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.referrals.intake import apply_referral
from bot.store.database import transaction
from bot.store.models import Person, Table

CONSOLE_KEY = b"c" * 32
OFFICE = "TH-BKK"


def send(gateway: Gateway, references: Sequence[str], **content: Any) -> None:
    whole = {
        "outcome": "COUNSELLOR",
        "answers": {"age": "adult"},
        "flags": [],
        "criteria_version": "2026-11-22",
        "contact": {"way": "call", "number": "+66 2 343 9300", "time": "any", "style": []},
    }
    for reference in references:
        with transaction(gateway.means.database) as session:
            person = Person(
                channel="test",
                address_key=reference,
                address=b"sealed",
                conversation=reference,
                created_at=START,
                last_seen_at=START,
            )
            session.add(person)
            session.flush()
            effect = {"effect": "refer", "office": OFFICE, "reference": reference, "content": whole | content}
            assert apply_referral(session, gateway.means.settings, person, effect, "ab" * 32, START)


def count(gateway: Gateway, table: type[Table]) -> int:
    with Session(gateway.means.database) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
