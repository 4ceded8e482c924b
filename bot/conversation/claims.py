"""Step 3, understood: one worker at a time takes a person's messages, in their order, by a lease on the row.

The lease is taken and given back by conditional updates, which SQLite and PostgreSQL do alike. Whoever lost it
(it ran out, the person left) changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Update, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.conversation.means import Means
from bot.conversation.preset import first_state
from bot.conversation.quota import newcomers_last
from bot.conversation.screen import Screen
from bot.conversation.speaking import read_screen
from bot.referrals.takeover import talk_of
from bot.referrals.who_answers import is_taken_over
from bot.store.models import Incoming, Office, Person
from bot.store.sealing import unseal

LEASE = timedelta(seconds=30)  # longer than a turn may take, so that only a dead worker loses it
# No lease and no next try is as far off as this: it is of a clock that was ahead, and has been set right since.
AHEAD = timedelta(minutes=2)
_LOOKED_AT = 20  # heads of queues looked at for one whose person is free
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


def claim(session: Session, means: Means, at: datetime) -> Claim | None:
    """The next message that may be taken, its person leased for `LEASE`; None if there is none."""
    lease = secrets.token_hex(16)
    for message in session.scalars(_takeable(at)).all():
        taken = (
            update(Person)
            .where(Person.id == message.person_id, _free(at))
            .values(lease=lease, lease_until=at + LEASE)
        )
        if changed(session, taken) == 1:
            person = session.get_one(Person, message.person_id, populate_existing=True)
            message.attempts += 1
            return _claim(session, means, message, person, lease, _who_answers(session, person, at))
    return None


def _takeable(at: datetime) -> Any:
    earlier = aliased(Incoming)
    before = select(earlier.id).where(
        earlier.person_id == Incoming.person_id, earlier.status == "waiting", earlier.id < Incoming.id
    )
    return (
        select(Incoming)
        .join(Person, Person.id == Incoming.person_id)
        .where(Incoming.status == "waiting", _due(at), _free(at), ~before.exists())
        .order_by(newcomers_last(0), Incoming.next_try_at, Incoming.id)
        .limit(_LOOKED_AT)
    )


def _due(at: datetime) -> Any:
    return or_(Incoming.next_try_at <= at, Incoming.next_try_at > at + AHEAD)


def _free(at: datetime) -> Any:
    return or_(Person.lease.is_(None), Person.lease_until < at, Person.lease_until > at + AHEAD)


def _who_answers(session: Session, person: Person, at: datetime) -> str:
    referral = talk_of(session, person)
    if referral is None:
        return BOT
    return OFFICER if is_taken_over(referral, at) else OVER


def _claim(session: Session, means: Means, message: Incoming, person: Person, lease: str, talk: str) -> Claim:
    key = means.settings.field_key
    kept = unseal(key, cast("bytes", message.content))
    of_offices = (Office.id, Office.active, Office.answer_days, Office.latitude, Office.longitude)
    offices = session.execute(select(*of_offices).order_by(Office.id)).all()
    request = {
        "conversation": person.conversation,
        "turn": person.turn + 1,
        "language": person.language,
        "state": unseal(key, person.state) if person.state else first_state(means, kept),
        "facts": {
            "referral": means.referrals.open_referral_facts(session, person),
            "inactive_offices": _inactive(means, {office.id: office.active for office in offices}),
            "answer_days": {office.id: office.answer_days for office in offices},
            # Where they are, of those that are elsewhere than the criteria say.
            "moved_offices": {one.id: list(one[3:]) for one in offices if None not in one[3:]},
            # Who talks with an officer is not asked by the bot who they are.
            "silent_minutes": None if talk == OFFICER else kept["silent_minutes"],
            "languages": list(means.languages),
            "operator": means.settings.operator,
            "keep_unclear": means.settings.keep_unclear,
        },
    }
    return Claim(
        message_id=message.id,
        person_id=person.id,
        lease=lease,
        attempts=message.attempts,
        received_at=message.received_at,
        kept=kept,
        screen=read_screen(means, person.screen),
        request=request,
        talk=talk,
    )


def _inactive(means: Means, active: Mapping[str, bool]) -> list[str]:
    """Offices switched off here, and those without keys: nothing can be sealed to them."""
    keyless = {key for key, office in means.catalogue.offices.by_id.items() if office.active} - set(active)
    return sorted(keyless | {key for key, is_active in active.items() if not is_active})


def release(session: Session, held: Claim) -> Person:
    """The person, whose lease `held` still was and no longer is; `LeaseLostError` if it was not."""
    given_back = (
        update(Person)
        .where(Person.id == held.person_id, Person.lease == held.lease)
        .values(lease=None, lease_until=None)
    )
    if changed(session, given_back) != 1:
        raise LeaseLostError
    return session.get_one(Person, held.person_id, populate_existing=True)


def behind_others(session: Session, person: Person, at: datetime) -> None:
    """What else waits of this person goes behind those who have waited until now: everybody in turn."""
    rest = update(Incoming).where(
        Incoming.person_id == person.id, Incoming.status == "waiting", Incoming.next_try_at < at
    )
    changed(session, rest.values(next_try_at=at))


def changed(session: Session, statement: Update) -> int:
    """How many rows `statement` changed. Objects already in the session are not brought up to date."""
    result = session.execute(statement.execution_options(synchronize_session=False))
    return cast("CursorResult[Any]", result).rowcount
