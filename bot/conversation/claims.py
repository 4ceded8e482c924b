"""Step 3, understood: one worker at a time takes a person's messages, in their order, by a lease on the row.

The lease is taken and given back on a row that is locked (SQLite has one writer, and locks all). Whoever lost it
(it ran out, the person left) changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, Update, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.conversation.means import Means
from bot.conversation.preset import first_state
from bot.conversation.quota import known_first
from bot.conversation.screen import Screen
from bot.conversation.speaking import read_screen
from bot.referrals.takeover import talk_of
from bot.referrals.who_answers import is_taken_over
from bot.store.models import Incoming, Office, Person
from bot.store.sealing import unseal

LEASE = timedelta(seconds=30)  # longer than a turn may take, so that only a dead worker loses it
# No lease and no next try is as far off as this: it is of a clock that was ahead, and has been set right since.
AHEAD = timedelta(minutes=2)
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


def claim(session: Session, means: Means, at: datetime, most: int) -> list[Claim]:
    """Up to `most` messages that may be taken, each one's person leased for `LEASE`."""
    taken: Sequence[tuple[Incoming, Person]] = known_first(session, _takeable(at), 0, most)
    offices = _offices(session) if taken else ()
    for message, person in taken:
        person.lease, person.lease_until = secrets.token_hex(16), at + LEASE
        message.attempts += 1
    return [_claim(session, means, message, person, offices, at) for message, person in taken]


def _takeable(at: datetime) -> Select[Incoming, Person]:
    earlier = aliased(Incoming)
    before = select(earlier.id).where(
        earlier.person_id == Incoming.person_id, earlier.status == "waiting", earlier.id < Incoming.id
    )
    return (
        select(Incoming, Person)
        .join(Person, Person.id == Incoming.person_id)
        .where(Incoming.status == "waiting", _due(at), _free(at), ~before.exists())
        .order_by(Incoming.next_try_at, Incoming.id)
        # What another process is about to take is left to it.
        .with_for_update(skip_locked=True, of=(Incoming, Person))
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


def _offices(session: Session) -> Sequence[Any]:
    of_offices = (Office.id, Office.active, Office.answer_days, Office.latitude, Office.longitude)
    return session.execute(select(*of_offices).order_by(Office.id)).all()


def _claim(
    session: Session, means: Means, message: Incoming, person: Person, offices: Sequence[Any], at: datetime
) -> Claim:
    key = means.settings.field_key
    kept = unseal(key, cast("bytes", message.content))
    talk = _who_answers(session, person, at)
    request: Mapping[str, Any] = {
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
        lease=cast("str", person.lease),
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
    leased = select(Person).where(Person.id == held.person_id, Person.lease == held.lease)
    person = session.scalar(leased.with_for_update())
    if person is None:
        raise LeaseLostError
    person.lease = person.lease_until = None
    return person


def done(session: Session, held: Claim) -> None:
    """The message was taken: of it, only that it was there is kept."""
    taken = update(Incoming).where(Incoming.id == held.message_id)
    changed(session, taken.values(status="done", content=None))


def behind_others(session: Session, person: Person, at: datetime) -> None:
    """What else waits of this person goes behind those who have waited until now: everybody in turn."""
    rest = update(Incoming).where(
        Incoming.person_id == person.id, Incoming.status == "waiting", Incoming.next_try_at < at
    )
    changed(session, rest.values(next_try_at=at))


def changed(session: Session, statement: Update) -> int:
    """How many rows `statement` changed. Objects already in the session are not brought up to date."""
    if session.autoflush:
        session.flush()
    # Past the session, which would do much for objects that are none here.
    return session.connection().execute(statement).rowcount
