"""Step 8 of the message's way: what pages show of referrals that may cross a border, at either office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot import speech
from bot.console.cell import Cell
from bot.console.desk import Desk
from bot.console.sessions import Signed
from bot.console.shown import pairing
from bot.referrals.border import coming_to
from bot.referrals.border_state import ASKED_FOR
from bot.referrals.transfer import destinations_abroad
from bot.store.models import Officer, Referral


@dataclass(frozen=True)
class Asked:
    """The office that the person is asked about, and until when."""

    office: Cell
    until: datetime


@dataclass(frozen=True)
class MayCome:
    """The office from which a referral may come, and since when the person is asked."""

    office: Cell
    at: datetime


def border_parts(desk: Desk, session: Session, signed: Signed, referral: Referral) -> Mapping[str, Any]:
    """For a referral's page: the open question, and the offices abroad about which this officer may ask."""
    reader = desk.worded_in(signed.officer.language)
    pair = pairing(desk, reader, reader)
    asked = None
    if referral.border_to is not None and referral.border_at is not None:
        asked = Asked(pair(speech.office(referral.border_to)).officer, referral.border_at + ASKED_FOR)
    abroad = []
    if "border" in signed.rights:
        for code in destinations_abroad(session, desk.offices, referral.office_id):
            country = speech.country(desk.offices.by_id[code].country)
            abroad.append((code, pair(speech.office(code)).officer, pair(country).officer))
    return {"border": asked, "abroad": abroad}


def coming_here(desk: Desk, session: Session, officer: Officer) -> Sequence[MayCome]:
    """For the list: what may come from abroad; nothing of the person, who has not agreed to this office."""
    reader = desk.worded_in(officer.language)
    pair = pairing(desk, reader, reader)
    return [
        MayCome(pair(speech.office(one.office)).officer, one.at) for one in coming_to(session, officer.office_id)
    ]
