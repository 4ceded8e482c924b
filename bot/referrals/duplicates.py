"""Step 8 of the message's way: other referrals of an office that may be of the same person. Never joined by us.

Somebody who writes on two channels is two people to us, and may have reasons for it. What may tell is a telephone
number: the one given to be called, or the one under which the person writes. Officers are shown that, and decide.
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot.referrals.content import Contact, open_contact
from bot.settings import Settings
from bot.store.models import Office, Person, Referral
from bot.store.sealing import SealError, unseal

LOOKED_BACK = timedelta(days=30)  # for referrals that are closed
MOST_LOOKED_AT = 500  # the newest
LAST_DIGITS = 8  # of a number: with and without country code or leading zero, it is the same
FEWEST_DIGITS = 7
NUMBERED_CHANNELS = frozenset({"whatsapp"})  # where the address of a person can be a telephone number


def possible_duplicates(
    session: Session, settings: Settings, console_key: bytes, referral: Referral, at: datetime
) -> list[str]:
    """The reference codes of this office's other referrals with a telephone number of this one's, newest first."""
    office = session.get_one(Office, referral.office_id)
    others = session.scalars(
        select(Referral)
        .where(
            Referral.office_id == referral.office_id,
            Referral.id != referral.id,
            or_(Referral.open.is_(True), Referral.changed_at > at - LOOKED_BACK),
        )
        .order_by(Referral.id.desc())
        .limit(MOST_LOOKED_AT)
    ).all()
    ours = _numbers(session, settings, office, console_key, referral)
    if not ours:
        return []
    return [one.reference for one in others if ours & _numbers(session, settings, office, console_key, one)]


def _numbers(
    session: Session, settings: Settings, office: Office, console_key: bytes, referral: Referral
) -> frozenset[str]:
    found = set()
    with suppress(SealError):  # one that is spoilt tells nothing; its own page says so
        contact: Contact | None = open_contact(office, console_key, referral.contact)
        found.add(comparable(contact.number if contact else None))
    person = session.get(Person, referral.person_id) if referral.person_id else None
    if person is not None and person.channel in NUMBERED_CHANNELS:
        with suppress(SealError):
            found.add(comparable(unseal(settings.field_key, person.address)))
    return frozenset(found - {""})


def comparable(number: str | None) -> str:
    """The last digits of a telephone number, in whatever digits it is written; empty for what is none."""
    plain = (number or "").strip().lstrip("+")
    if any(letter.isalpha() for letter in plain):
        return ""
    digits = "".join(str(unicodedata.digit(letter)) for letter in plain if letter.isdigit())
    return digits[-LAST_DIGITS:] if len(digits) >= FEWEST_DIGITS else ""
