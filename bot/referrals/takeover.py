"""Step 8 of the message's way: an officer answers in the bot's place, gives the talk back, and the person is told.

It is kept on the referral, for the talk is taken over for the work on it and ends with that at the latest. What is
said to the person names nobody, so it can be said to those who asked that nobody should say IOM.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.referrals.history import record
from bot.referrals.lifecycle import NotAllowedError, TakenError, check, done, lock, person_of
from bot.referrals.reply import queue_say
from bot.referrals.who_answers import end_talk, is_taken_over
from bot.referrals.window import window_is_open
from bot.speech import Say
from bot.store.models import Incoming, Officer, Outgoing, Person, Referral
from bot.store.sealing import seal, unseal

TAKEN_OVER, GIVEN_BACK = "talk_taken_over", "talk_given_back"  # responses of domain.yml
# As if the person had asked for it: where the talk was, again.
WHERE_WE_WERE: dict[str, Any] = {"tap": {"intent": "repeat_question", "entities": {}}, "typed": False}


def take_over(
    session: Session,
    field_key: bytes,
    referral_id: int,
    officer: Officer,
    key: str,
    at: datetime,
    *,
    override: str | None = None,
) -> None:
    """From now on the officer answers, and the person is told; `TakenError` while a colleague does.

    `override` as in `lifecycle.reply`. `PersonGoneError` once the person erased their talk.
    """
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    check("took_over", referral)
    if is_taken_over(referral, at):
        if referral.talk_by != officer.id and referral.talk_by is not None:
            raise TakenError(referral.status, referral.talk_by)
        return
    person = person_of(session, referral)
    if override is not None:
        record(session, referral, "overrode", at, officer_id=officer.id, words={"reason": override})
    told = queue_say(session, field_key, person, Say(TAKEN_OVER), at)
    referral.talk_by, referral.talk_at = officer.id, at
    record(session, referral, "took_over", at, officer_id=officer.id, key=key, outgoing_id=told.id)


def hand_back(session: Session, referral_id: int, officer: Officer, key: str, at: datetime) -> None:
    """The bot answers again. Whoever calls tells the person, by `tell_given_back`."""
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    check("handed_back", referral)
    if referral.talk_by is None:
        raise NotAllowedError("handed_back", referral.status)
    end_talk(referral)
    record(session, referral, "handed_back", at, officer_id=officer.id, key=key)


def talk_stopped(session: Session, person: Person, act: str, at: datetime) -> None:
    """The talk is not the officer's any more; nothing to do is normal.

    `act`: `talk_stopped` at the person's word or leaving, `talk_over` when the officer has been silent for long.
    """
    referral = talk_of(session, person.id)
    if referral is not None:
        end_talk(referral)
        record(session, referral, act, at)


def talk_of(session: Session, person_id: int) -> Referral | None:
    """The open referral whose officer has taken this person's talk over, be it long ago."""
    wanted = select(Referral).where(
        Referral.person_id == person_id, Referral.open.is_(True), Referral.talk_at.is_not(None)
    )
    return session.scalar(wanted.limit(1))


def tell_given_back(
    session: Session, field_key: bytes, referral: Referral, at: datetime, *, at_once: bool
) -> Outgoing | None:
    """The person hears that the bot answers again, and its last question; None when they are gone.

    `at_once` is for a moment that they named as safe. Otherwise they hear it when they next write, which the bot
    answers by itself; nobody's telephone makes a sound for it.
    """
    person = session.get(Person, referral.person_id) if referral.person_id is not None else None
    if person is None:
        return None
    if not (at_once and window_is_open(person, at)):
        return queue_say(session, field_key, person, Say(GIVEN_BACK), at, status="held")
    told = queue_say(session, field_key, person, Say(GIVEN_BACK), at)
    if not is_in_danger(unseal(field_key, person.state) if person.state else None):
        _ask_again(session, field_key, person, at)
    return told


def is_in_danger(state: Any) -> bool:
    """Whether the talk, as the turn engine carries it, is at the danger card: nothing goes on by itself there."""
    slots = (state or {}).get("slots")
    return isinstance(slots, dict) and slots.get("screen") == "danger"


def _ask_again(session: Session, field_key: bytes, person: Person, at: datetime) -> None:
    silent = max(0, int((at - person.last_seen_at).total_seconds() // 60))
    kept = {"content": WHERE_WE_WERE, "silent_minutes": silent, "refused": 0}
    session.add(
        Incoming(
            channel=person.channel,
            delivery_key=secrets.token_hex(32),
            person_id=person.id,
            content=seal(field_key, kept),
            status="waiting",
            received_at=at,
            next_try_at=at,
        )
    )
    session.flush()
