"""Step 8 of the message's way: a referral goes to another office, sealed anew to that office.

Across a border only at the person's own word (`bot.referrals.border`): they agreed to an office of the country
they are in, and nobody here can agree for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import speech
from bot.eligibility import Offices
from bot.referrals.border_state import end_border
from bot.referrals.content import open_contact
from bot.referrals.history import record
from bot.referrals.lifecycle import checked, done, lock, move
from bot.referrals.reply import queue_say
from bot.referrals.working_time import promised
from bot.speech import Say
from bot.store.models import Office, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import seal_to_office, unseal_at_office

TOLD = "status_new"  # a response of domain.yml: where the request is now, and when an answer can be expected


class WhereToError(ValueError):
    """The office is none that this referral can go to: abroad, closed for new ones, or this very one."""


@dataclass(frozen=True)
class Passing:
    """What passing on takes: keys to open the office's seal and to seal what the person is told; all offices."""

    console_key: bytes
    field_key: bytes
    offices: Offices


def destinations(session: Session, offices: Offices, office_id: str) -> Sequence[str]:
    """The ids of the offices to which one can pass a referral: active, with keys, and in the same country."""
    return _served(session, offices, office_id, abroad=False)


def destinations_abroad(session: Session, offices: Offices, office_id: str) -> Sequence[str]:
    """The same in other countries, about which the person has to be asked."""
    return _served(session, offices, office_id, abroad=True)


def _served(session: Session, offices: Offices, office_id: str, *, abroad: bool) -> Sequence[str]:
    here = offices.by_id.get(office_id)
    if here is None:
        return []
    served = set(session.scalars(select(Office.id).where(Office.active.is_(True))))
    there = (one for one in offices.by_id.values() if (one.country != here.country) is abroad and one.active)
    return sorted(one.id for one in there if one.id in served and one.id != office_id)


def transfer(
    session: Session,
    passing: Passing,
    referral_id: int,
    officer: Officer,
    to: str,
    text: str,
    key: str,
    at: datetime,
) -> None:
    """To the office `to`, as new there, with all that was written; the person is told. `text` tells officers why.

    `WhereToError` for an office that is none of `destinations`.
    """
    words = checked(text)
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    if to not in destinations(session, passing.offices, referral.office_id):
        raise WhereToError("This referral cannot go to that office.")
    pass_on(session, passing, referral, to, {"text": words}, at, officer_id=officer.id, key=key)


def pass_on(
    session: Session,
    passing: Passing,
    referral: Referral,
    to: str,
    words: Mapping[str, str],
    at: datetime,
    *,
    officer_id: int | None,
    key: str | None = None,
) -> None:
    """The referral, which is locked, becomes the office `to`'s; `words` are kept with the step."""
    end_border(referral)
    move(referral, "transferred", "new", at)
    old, new = session.get_one(Office, referral.office_id), session.get_one(Office, to)
    contact = open_contact(old, passing.console_key, referral.contact)
    _seal_anew(session, passing.console_key, referral, old, new)
    referral.office_id, referral.taken_by = new.id, None
    referral.due_at = promised(new, at)
    session.flush()
    told = _tell(session, passing, referral, new, at, neutral=contact is not None and contact.neutral)
    record(
        session,
        referral,
        "transferred",
        at,
        officer_id=officer_id,
        words={**words, "from": old.id, "to": new.id},
        key=key,
        outgoing_id=told.id if told else None,
    )


def _seal_anew(session: Session, console_key: bytes, referral: Referral, old: Office, new: Office) -> None:
    def again(sealed: bytes) -> bytes:
        value: Any = unseal_at_office(old.private_key, console_key, sealed)
        return seal_to_office(new.public_key, value)

    referral.sealed = again(referral.sealed)
    referral.contact = None if referral.contact is None else again(referral.contact)
    written = select(ReferralEvent).where(
        ReferralEvent.referral_id == referral.id, ReferralEvent.words.is_not(None)
    )
    for event in session.scalars(written):
        event.words = None if event.words is None else again(event.words)


def _tell(
    session: Session, passing: Passing, referral: Referral, new: Office, at: datetime, *, neutral: bool
) -> Outgoing | None:
    person = session.get(Person, referral.person_id) if referral.person_id is not None else None
    if person is None:
        return None
    # An office is called by its organisation and city: to some, only the city may be said.
    where = speech.city(passing.offices.by_id[new.id].city) if neutral else speech.office(new.id)
    said = Say(TOLD, {"reference": speech.code(referral.reference), "office": where, "days": new.answer_days})
    return queue_say(session, passing.field_key, person, said, at)
