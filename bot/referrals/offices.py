"""Step 6 of the message's way, prepared: an office's keys, without which no referral can be sealed to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.eligibility import Offices
from bot.referrals.time_zones import usual_zone, zones_at
from bot.store.models import Office
from bot.store.sealing import new_office_keys


def ensure_offices(
    session: Session, office_ids: Iterable[str], console_key: bytes, listed: Offices | None = None
) -> Sequence[str]:
    """A row with a key pair for each office that has none; the ids of the new ones. Rows that exist stay.

    Those without a time zone get the usual one: of a country with several, by the place in `listed`.
    """
    wanted = set(office_ids)
    known = {office.id: office for office in list_offices(session) if office.id in wanted}
    new = sorted(wanted - known.keys())
    zones = _zones([*new, *(office.id for office in known.values() if office.time_zone is None)], listed)
    for office_id in new:
        public, private = new_office_keys(console_key)
        session.add(Office(id=office_id, public_key=public, private_key=private, time_zone=zones[office_id]))
    for office in known.values():
        office.time_zone = office.time_zone or zones[office.id]
    session.flush()
    return new


def _zones(office_ids: Sequence[str], listed: Offices | None) -> Mapping[str, str | None]:
    if listed is None:
        return {office_id: usual_zone(office_id.partition("-")[0]) for office_id in office_ids}
    offices = {office_id: listed.by_id[office_id] for office_id in office_ids if office_id in listed.by_id}
    found = zones_at({key: (one.country, (one.latitude, one.longitude)) for key, one in offices.items()})
    return {office_id: found.get(office_id) for office_id in office_ids}


def list_offices(session: Session) -> Sequence[Office]:
    """Every office that has keys, by id."""
    return session.scalars(select(Office).order_by(Office.id)).all()


def change_office(
    session: Session,
    office_id: str,
    *,
    active: bool | None,
    answer_days: int | None,
    kept_days: int | None = None,
) -> Office:
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
    if kept_days is not None:
        office.kept_days = kept_days
    return office
