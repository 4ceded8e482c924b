"""Step 3, understood: one worker at a time takes a person's messages, in their order, by a lease on the row.

The lease is taken and given back on a row that is locked (SQLite has one writer, and locks all). Whoever lost it
(it ran out, the person left) changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, bindparam, or_, select, update
from sqlalchemy.orm import Session

from bot.conversation.in_turn import InTurn
from bot.conversation.means import Means
from bot.conversation.preset import first_state
from bot.conversation.screen import Screen
from bot.conversation.speaking import read_screen
from bot.referrals.takeover import talk_of
from bot.referrals.who_answers import is_taken_over
from bot.store.models import Incoming, Office, Person, Referral
from bot.store.sealing import unseal

LEASE = timedelta(seconds=30)  # longer than a turn may take, so that only a dead worker loses it
# Who answers the person: the bot, an officer, or the bot again since the officer has said nothing for long.
BOT, OFFICER, OVER = "bot", "officer", "over"


class LeaseLostError(Exception):
    """Another has this person now, or the person has left: what was done for the lease is void."""


@dataclass(frozen=True)
class Claim:
    """One message and all that taking it needs. `request` is what the turn engine gets, but for the message.

    `talk`: who answers, one of BOT, OFFICER, OVER.
    """

    message_id: int
    person_id: int
    lease: str
    attempts: int
    received_at: datetime
    kept: Mapping[str, Any]
    screen: Screen
    request: Mapping[str, Any]
    talk: str = BOT


_free = or_(Person.lease.is_(None), Person.lease_until < bindparam("at"), Person.lease_until > bindparam("ahead"))
TAKEABLE = InTurn(
    Incoming,
    Incoming.received_at,
    Person.conversation,
    Person.turn,
    Person.language,
    Person.state,
    Person.screen,
    select(Referral.id).where(Referral.person_id == Person.id).exists().label("referred"),
    most_turns=0,
    ahead=timedelta(minutes=2),  # more than a lease, and than a message is put off
    locked=(Incoming, Person),
    where=[_free],
)
TAKEN = update(Incoming).where(Incoming.id == bindparam("message")).values(attempts=Incoming.attempts + 1)
LEASED = (
    update(Person)
    .where(Person.id == bindparam("person"))
    .values(lease=bindparam("mine"), lease_until=bindparam("until"))
)
HELD = select(Person).where(Person.id == bindparam("person"), Person.lease == bindparam("mine")).with_for_update()
DONE = update(Incoming).where(Incoming.id == bindparam("message")).values(status="done", content=None)
BEHIND = (
    update(Incoming)
    .where(
        Incoming.person_id == bindparam("person"),
        Incoming.status == "waiting",
        Incoming.next_try_at <= bindparam("at"),
    )
    .values(next_try_at=bindparam("at"))
)
OFFICES = select(Office.id, Office.active, Office.answer_days, Office.latitude, Office.longitude).order_by(
    Office.id
)


def claim(session: Session, means: Means, at: datetime, most: int) -> list[Claim]:
    """Up to `most` messages that may be taken, each one's person leased for `LEASE`."""
    found = TAKEABLE.rows(session, at, most)
    if not found:
        return []
    facts = _facts(means, session.connection().execute(OFFICES).all())
    return [_claim(session, means, row, facts, at) for row in found]


def _claim(session: Session, means: Means, row: Any, facts: Mapping[str, Any], at: datetime) -> Claim:
    key, lease = means.settings.field_key, secrets.token_hex(16)
    changed(session, TAKEN, message=row.id)
    changed(session, LEASED, person=row.person_id, mine=lease, until=at + LEASE)
    kept = unseal(key, row.content)
    talk = _who_answers(session, row.person_id, at) if row.referred else BOT
    referral = means.referrals.open_referral_facts(session, row.person_id) if row.referred else None
    request: Mapping[str, Any] = {
        "conversation": row.conversation,
        "turn": row.turn + 1,
        "language": row.language,
        "state": unseal(key, row.state) if row.state else first_state(means, kept),
        "facts": {
            **facts,
            "referral": referral,
            # Who talks with an officer is not asked by the bot who they are.
            "silent_minutes": None if talk == OFFICER else kept["silent_minutes"],
        },
    }
    return Claim(
        message_id=row.id,
        person_id=row.person_id,
        lease=lease,
        attempts=row.attempts + 1,
        received_at=row.received_at,
        kept=kept,
        screen=read_screen(means, row.screen),
        request=request,
        talk=talk,
    )


def _who_answers(session: Session, person_id: int, at: datetime) -> str:
    referral = talk_of(session, person_id)
    if referral is None:
        return BOT
    return OFFICER if is_taken_over(referral, at) else OVER


def _facts(means: Means, offices: Sequence[Any]) -> Mapping[str, Any]:
    """What the turn engine is told of this installation."""
    return {
        "inactive_offices": _inactive(means, {office.id: office.active for office in offices}),
        "answer_days": {office.id: office.answer_days for office in offices},
        # Where they are, of those that are elsewhere than the criteria say.
        "moved_offices": {one.id: list(one[3:]) for one in offices if None not in one[3:]},
        "languages": list(means.languages),
        "operator": means.settings.operator,
        "keep_unclear": means.settings.keep_unclear,
    }


def _inactive(means: Means, active: Mapping[str, bool]) -> list[str]:
    """Offices switched off here, and those without keys: nothing can be sealed to them."""
    keyless = {key for key, office in means.catalogue.offices.by_id.items() if office.active} - set(active)
    return sorted(keyless | {key for key, is_active in active.items() if not is_active})


def release(session: Session, held: Claim) -> Person:
    """The person, whose lease `held` still was and no longer is; `LeaseLostError` if it was not."""
    person = session.scalar(HELD, {"person": held.person_id, "mine": held.lease})
    if person is None:
        raise LeaseLostError
    person.lease = person.lease_until = None
    return person


def done(session: Session, held: Claim) -> None:
    """The message was taken: of it, only that it was there is kept."""
    changed(session, DONE, message=held.message_id)


def behind_others(session: Session, person: Person, at: datetime) -> bool:
    """What else waits of this person goes behind those who have waited until now: everybody in turn.

    Whether anything waits.
    """
    return changed(session, BEHIND, person=person.id, at=at) > 0


def changed(session: Session, statement: Update, **given: Any) -> int:
    """How many rows `statement` changed. Objects already in the session are not brought up to date."""
    if session.autoflush:
        session.flush()
    # Past the session, which would do much for objects that are none here.
    return session.connection().execute(statement, given).rowcount
