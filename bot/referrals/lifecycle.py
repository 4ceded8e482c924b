"""Step 8 of the message's way: what an officer may do to a referral.

Each act locks the referral, looks whether it is allowed, and writes its event and audit row in the caller's
transaction. A form sent twice carries the same key and acts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import speech
from bot.referrals.border_state import end_border
from bot.referrals.history import record, was_opened
from bot.referrals.reply import queue_reply
from bot.referrals.states import ALLOWED, DISMISSALS, OUTCOMES, UNANSWERED, WORKED
from bot.referrals.who_answers import end_talk, is_taken_over
from bot.referrals.working_time import promised
from bot.speech import Worded
from bot.store.models import Office, Officer, Person, Referral, ReferralEvent

WORDS_LIMIT = 3000  # characters of a reply or note


class NotAllowedError(Exception):
    """This act does not fit the state of the referral."""

    def __init__(self, act: str, status: str) -> None:
        super().__init__(f"«{act}» is not allowed while the referral is «{status}».")
        self.act, self.status = act, status


class TakenError(NotAllowedError):
    """Another officer took the referral first; `officer_id` is who."""

    def __init__(self, status: str, officer_id: int) -> None:
        super().__init__("accepted", status)
        self.officer_id = officer_id


class PersonGoneError(Exception):
    """The person has erased their talk: nothing can be sent to them."""


class WordsError(ValueError):
    """A reply or note is empty or longer than `WORDS_LIMIT`, or a reason is not one we know."""


def open_for(session: Session, referral: Referral, officer: Officer, at: datetime) -> None:
    """The first time an officer sees the content is an event; every time is an audit row, by the console."""
    if not was_opened(session, referral):
        record(session, referral, "opened", at, officer_id=officer.id)


def accept(session: Session, referral_id: int, officer: Officer, key: str, at: datetime) -> None:
    """The officer takes a new referral; `TakenError` when another was faster."""
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    if referral.taken_by is not None and referral.taken_by != officer.id:
        raise TakenError(referral.status, referral.taken_by)
    move(referral, "accepted", "accepted", at)
    referral.taken_by = officer.id
    record(session, referral, "accepted", at, officer_id=officer.id, key=key)


def step(session: Session, referral_id: int, officer: Officer, to: str, key: str, at: datetime) -> None:
    """On to `to`: contacted, counselling or waiting (for the person). Whoever is reached, was answered."""
    referral = lock(session, referral_id)
    if not done(session, referral, key):
        move(referral, to, to, at)
        record(session, referral, to, at, officer_id=officer.id, key=key)


def give_back(session: Session, referral_id: int, officer: Officer, text: str, key: str, at: datetime) -> None:
    """Back among the new ones, for a colleague to take; `text` says why, to the office alone."""
    words = checked(text)
    referral = lock(session, referral_id)
    if not done(session, referral, key):
        move(referral, "returned", "new", at)
        referral.taken_by = None
        referral.due_at = referral.due_at or promised(session.get_one(Office, referral.office_id), at)
        record(session, referral, "returned", at, officer_id=officer.id, words={"text": words}, key=key)


def close(session: Session, referral_id: int, officer: Officer, reason: str, key: str, at: datetime) -> None:
    """The work on a referral ends; `reason` is one of `OUTCOMES`, else `WordsError`."""
    if reason not in OUTCOMES:
        raise WordsError("The reason for closing is none of those offered.")
    referral = lock(session, referral_id)
    if not done(session, referral, key):
        move(referral, "closed", OUTCOMES[reason], at)
        record(session, referral, "closed", at, officer_id=officer.id, words={"reason": reason}, key=key)


def dismiss(session: Session, referral_id: int, officer: Officer, reason: str, key: str, at: datetime) -> None:
    """A new referral closed unread; `reason` is one of `DISMISSALS`, else `WordsError`.

    Never one that may be about danger, a child or trafficking (`priority`): somebody has to read it first.
    """
    if reason not in DISMISSALS:
        raise WordsError("The reason for closing is none of those offered.")
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    if referral.priority:
        raise NotAllowedError("dismissed", referral.status)
    move(referral, "dismissed", "closed", at)
    referral.taken_by = officer.id
    record(session, referral, "dismissed", at, officer_id=officer.id, words={"reason": reason}, key=key)


def note(session: Session, referral_id: int, officer: Officer, text: str, key: str, at: datetime) -> None:
    """Words for the office alone, sealed to it."""
    words = checked(text)
    referral = lock(session, referral_id)
    if not done(session, referral, key):
        check("noted", referral)
        record(session, referral, "noted", at, officer_id=officer.id, words={"text": words}, key=key)


def reply(
    session: Session,
    field_key: bytes,
    referral_id: int,
    officer: Officer,
    text: str,
    key: str,
    at: datetime,
    *,
    neutral: bool,
    override: str | None = None,
) -> None:
    """Words to the person, queued for sending and sealed to the office; `PersonGoneError` once they erased.

    `override` is the reason (a code) for which the safe-contact plan was left: a step of its own, on record.
    """
    words = checked(text)
    said, kept = speech.text(words), {"text": words}
    say_to_person(
        session, field_key, referral_id, officer, said, kept, key, at, neutral=neutral, override=override
    )


def say_to_person(
    session: Session,
    field_key: bytes,
    referral_id: int,
    officer: Officer,
    words: Worded,
    kept: Mapping[str, Any],
    key: str,
    at: datetime,
    *,
    neutral: bool,
    override: str | None,
) -> bool:
    """`reply`, in words of any kind; `kept` is what the history holds of them. False for a second click."""
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return False
    check("replied", referral)
    person = person_of(session, referral)
    if override is not None:
        record(session, referral, "overrode", at, officer_id=officer.id, words={"reason": override})
    outgoing = queue_reply(session, field_key, person, referral.office_id, words, at, neutral=neutral)
    record(session, referral, "replied", at, officer_id=officer.id, words=kept, key=key, outgoing_id=outgoing.id)
    _answered(session, referral, officer, at)
    return True


def _answered(session: Session, referral: Referral, officer: Officer, at: datetime) -> None:
    """The promise to answer is kept; the first answer is the first contact."""
    referral.due_at = None
    if is_taken_over(referral, at):
        referral.talk_at = at
    if referral.status == "accepted":
        move(referral, "contacted", "contacted", at)
        record(session, referral, "contacted", at, officer_id=officer.id)


def person_of(session: Session, referral: Referral) -> Person:
    """Who sent the referral; `PersonGoneError` once they have erased their talk."""
    person = session.get(Person, referral.person_id) if referral.person_id is not None else None
    if person is None:
        raise PersonGoneError
    return person


def lock(session: Session, referral_id: int) -> Referral:
    """The referral, ours until the transaction ends. Read again: what the officer saw on the page may be old."""
    return session.scalars(
        select(Referral)
        .where(Referral.id == referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def done(session: Session, referral: Referral, key: str) -> bool:
    """Whether the form with this key has acted already."""
    same = select(ReferralEvent.id).where(ReferralEvent.referral_id == referral.id, ReferralEvent.key == key)
    return session.scalar(same) is not None


def check(act: str, referral: Referral) -> None:
    """`NotAllowedError` when the act does not fit the state."""
    if referral.status not in ALLOWED[act]:
        raise NotAllowedError(act, referral.status)


def move(referral: Referral, act: str, status: str, at: datetime) -> None:
    """Into another state by an act that fits: open or not, owed an answer or not, with a talk or not, as it is."""
    check(act, referral)
    referral.status, referral.changed_at = status, at
    referral.open = status in WORKED or status == "new"
    if status not in UNANSWERED:
        referral.due_at = None
    if status not in WORKED:
        end_talk(referral)
    if not referral.open:
        end_border(referral)


def checked(text: str) -> str:
    """Words as they are kept; `WordsError` for none and for too many."""
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words or len(words) > WORDS_LIMIT:
        raise WordsError(f"A reply or note has from 1 to {WORDS_LIMIT} characters.")
    return words
