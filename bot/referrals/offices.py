"""Step 6 of the message's way, prepared: an office's keys, without which no referral can be sealed to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.referrals.working_time import usual_zone
from bot.store.models import Office
from bot.store.sealing import new_office_keys


def ensure_offices(session: Session, office_ids: Iterable[str], console_key: bytes) -> Sequence[str]:
    """A row with a key pair for each office that has none; the ids of the new ones. Rows that exist stay."""
    known = set(session.scalars(select(Office.id)))
    new = sorted(set(office_ids) - known)
    for office_id in new:
        public, private = new_office_keys(console_key)
        zone = usual_zone(office_id.partition("-")[0])
        session.add(Office(id=office_id, public_key=public, private_key=private, time_zone=zone))
    session.flush()
    return new


def list_offices(session: Session) -> Sequence[Office]:
    """Every office that has keys, by id."""
    return session.scalars(select(Office).order_by(Office.id)).all()


def change_office(session: Session, office_id: str, *, active: bool | None, answer_days: int | None) -> Office:
    """Set what is not None; `LookupError` for an office without keys."""
    office = session.get(Office, office_id)
    if office is None:
        raise LookupError(
            f"Office {office_id} has no keys yet. Run `bot office init`, or look at `bot office list`."
        )
    if active is not None:
        office.active = active
    if answer_days is not None:
        office.answer_days = answer_days
    return office
