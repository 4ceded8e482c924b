"""Step 8 of the message's way: other referrals of an office that may be of the same person. Never joined by us.

Somebody who writes on two channels is two people to us, and may have reasons for it. What may tell is a telephone
number: the one given to be called, or the one under which the person writes. Officers are shown that, and decide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import Session

from bot.settings import Settings
from bot.store.models import Office, Person, Referral
from bot.store.sealing import OfficeKey, SealError, open_office_key, unseal

LOOKED_BACK = timedelta(days=30)  # for referrals that are closed
MOST_LOOKED_AT = 300  # the newest: each has to be opened
LAST_DIGITS = 8  # of a number: with and without country code or leading zero, it is the same
FEWEST_DIGITS = 7
NUMBERED_CHANNELS = frozenset({"whatsapp"})  # where the address of a person can be a telephone number


def possible_duplicates(
    session: Session, settings: Settings, console_key: bytes, referral: Referral, at: datetime
) -> list[str]:
    """The reference codes of this office's other referrals with a telephone number of this one's, newest first."""
    office = session.get_one(Office, referral.office_id)
    key = open_office_key(office.private_key, console_key)
    (this,) = session.execute(_TELLING.where(Referral.id == referral.id))
    ours = _numbers(settings, key, this)
    if not ours:
        return []
    others = _of_office(session, referral, at)
    return [one.reference for one in others if ours & _numbers(settings, key, one)]


# What of a referral may tell a number. The address of a person is one on some channels only.
_TELLING = select(Referral.id, Referral.reference, Referral.contact, Person.address).outerjoin(
    Person, and_(Person.id == Referral.person_id, Person.channel.in_(sorted(NUMBERED_CHANNELS)))
)


def _of_office(session: Session, referral: Referral, at: datetime) -> Sequence[Row[int, str, bytes | None, bytes]]:
    """The others to look at, newest first: open ones, and those closed lately; each a walk along one index."""
    found: list[Row[int, str, bytes | None, bytes]] = []
    for is_open, since in ((True, datetime.min), (False, at - LOOKED_BACK)):  # noqa: DTZ901 -- as the tables keep it
        wanted = _TELLING.where(
            Referral.office_id == referral.office_id,
            Referral.open.is_(is_open),
            Referral.changed_at > since,
            Referral.id != referral.id,
        )
        latest = wanted.order_by(Referral.changed_at.desc(), Referral.id.desc()).limit(MOST_LOOKED_AT)
        found += session.execute(latest).all()
    return sorted(found, key=lambda row: row.id, reverse=True)[:MOST_LOOKED_AT]


def _numbers(settings: Settings, key: OfficeKey, row: Row[int, str, bytes | None, bytes]) -> frozenset[str]:
    found = set()
    with suppress(SealError):  # one that is spoilt tells nothing; its own page says so
        found.add(comparable(None if row.contact is None else key.unseal(row.contact).get("number")))
    with suppress(SealError):
        found.add(comparable(None if row.address is None else unseal(settings.field_key, row.address)))
    return frozenset(found - {""})


def comparable(number: str | None) -> str:
    """The last digits of a telephone number, in whatever digits it is written; empty for what is none."""
    plain = (number or "").strip().lstrip("+")
    if any(letter.isalpha() for letter in plain):
        return ""
    digits = "".join(str(unicodedata.digit(letter)) for letter in plain if letter.isdigit())
    return digits[-LAST_DIGITS:] if len(digits) >= FEWEST_DIGITS else ""
