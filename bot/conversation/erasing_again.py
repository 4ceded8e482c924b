"""Step 2, undone once more: what was erased after a backup was made is erased again once it is restored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.erasing import erase_people, erase_talk, mark_of
from bot.referrals.intake import take_back
from bot.referrals.retention import AT_ONCE, delete_referrals
from bot.store.erased import Ledger
from bot.store.models import Person, Referral


@dataclass(frozen=True)
class ErasedAgain:
    """How many rows had come back and are gone again: people, talks of others, referrals, contacts of others."""

    people: int
    talks: int
    referrals: int
    contacts: int


def erase_again(session: Session, ledger: Ledger, at: datetime) -> ErasedAgain:
    """Erase what the ledger says is gone; doing it twice is normal. A referral's counters count it again."""
    known = ledger.known()
    references = session.execute(select(Referral.id, Referral.reference)).all()
    gone = [row.id for row in references if ledger.holds(known, "referral", row.reference)]
    bare = [row.id for row in references if ledger.holds(known, "contact", row.reference)]
    marks = session.execute(select(Person.id, Person.mark, Person.conversation)).all()
    lost = [row.id for row in marks if ledger.holds(known, "person", mark_of(row.mark, row.conversation))]
    silent = [row.id for row in marks if ledger.holds(known, "talk", row.conversation)]
    for some in batched(gone, AT_ONCE):
        delete_referrals(session, ledger, _referrals(session, some), at)
    contacts = [one for one in _referrals(session, bare) if one.open or one.contact]
    for referral in contacts:
        if referral.open:
            take_back(session, referral, "withdrawn", at)
        referral.contact = None
    for some in batched(lost, AT_ONCE):
        erase_people(session, ledger, _people(session, some), at)
    talks = _people(session, silent)
    for person in talks:
        erase_talk(session, ledger, person, at)
    return ErasedAgain(len(lost), len(talks), len(gone), len(contacts))


def _referrals(session: Session, ids: Sequence[int]) -> Sequence[Referral]:
    return [
        one
        for some in batched(ids, AT_ONCE)
        for one in session.scalars(select(Referral).where(Referral.id.in_(some)))
    ]


def _people(session: Session, ids: Sequence[int]) -> Sequence[Person]:
    return [
        one for some in batched(ids, AT_ONCE) for one in session.scalars(select(Person).where(Person.id.in_(some)))
    ]
