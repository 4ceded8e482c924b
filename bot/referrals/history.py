"""Steps 6 to 8 of the message's way, written down: an event of a referral and its audit row, always together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.referrals.audit import append_audit
from bot.referrals.counting import count_act
from bot.store.models import Office, Referral, ReferralEvent
from bot.store.sealing import seal_to_office

# What the office must hear: what the person did, and what another office passed on to it.
TOLD = frozenset(
    {"sent", "person_wrote", "withdrawn", "erased", "transferred", "talk_stopped", "border_yes", "border_no"}
)


def record(
    session: Session,
    referral: Referral,
    act: str,
    at: datetime,
    *,
    officer_id: int | None = None,
    words: Any = None,
    key: str | None = None,
    outgoing_id: int | None = None,
) -> ReferralEvent:
    """A step of this referral, its audit row, its counters. `words` (JSON or None) are sealed to the office."""
    event = ReferralEvent(
        referral_id=referral.id,
        at=at,
        act=act,
        officer_id=officer_id,
        words=None if words is None else seal_to_office(office_key(session, referral.office_id), words),
        key=key,
        outgoing_id=outgoing_id,
        tell=act in TOLD,
    )
    session.add(event)
    append_audit(session, act, referral.reference, at, officer_id)
    count_act(session, event, referral, words)
    return event


def office_key(session: Session, office_id: str) -> bytes:
    """The public key of an office; `LookupError` names what to run when the office has no row."""
    key = session.scalar(select(Office.public_key).where(Office.id == office_id))
    if key is None:
        raise LookupError(f"Office {office_id} has no keys yet. Run `bot office init`.")
    return key


def was_opened(session: Session, referral: Referral) -> bool:
    """Whether an officer has ever seen this referral's content."""
    seen = select(ReferralEvent.id).where(ReferralEvent.referral_id == referral.id, ReferralEvent.act == "opened")
    return session.scalar(seen.limit(1)) is not None
