"""Step 8 of the message's way: what an officer may do to a referral, and when.

Each act locks the referral, looks whether it is allowed, and writes its event and audit row in the caller's
transaction. A form sent twice carries the same key and acts once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.referrals.history import record, was_opened
from bot.referrals.reply import queue_reply
from bot.store.models import Officer, Person, Referral, ReferralEvent

# From which states each act is allowed. `withdrawn` is the person's own, in `bot.referrals.intake`.
ALLOWED = {
    "accepted": frozenset({"new"}),
    "waiting": frozenset({"accepted"}),
    "closed": frozenset({"accepted", "waiting"}),
    "replied": frozenset({"accepted", "waiting"}),
    "noted": frozenset({"new", "accepted", "waiting"}),
}
CLOSE_REASONS = ("helped", "other_help", "not_reached", "person_asked", "duplicate")
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
    """A reply or note is empty or longer than `WORDS_LIMIT`, or a reason for closing is not one we know."""


def open_for(session: Session, referral: Referral, officer: Officer, at: datetime) -> None:
    """The first time an officer sees the content is an event; every time is an audit row, by the console."""
    if not was_opened(session, referral):
        record(session, referral, "opened", at, officer_id=officer.id)


def accept(session: Session, referral_id: int, officer: Officer, key: str, at: datetime) -> None:
    """The officer takes a new referral; `TakenError` when another was faster."""
    referral = _lock(session, referral_id)
    if _done(session, referral, key):
        return
    if referral.taken_by is not None and referral.taken_by != officer.id:
        raise TakenError(referral.status, referral.taken_by)
    _move(referral, "accepted", at)
    referral.taken_by = officer.id
    record(session, referral, "accepted", at, officer_id=officer.id, key=key)


def wait(session: Session, referral_id: int, officer: Officer, key: str, at: datetime) -> None:
    """An accepted referral waits for something outside the office."""
    referral = _lock(session, referral_id)
    if not _done(session, referral, key):
        _move(referral, "waiting", at)
        record(session, referral, "waiting", at, officer_id=officer.id, key=key)


def close(session: Session, referral_id: int, officer: Officer, reason: str, key: str, at: datetime) -> None:
    """The work on a referral ends; `reason` is one of `CLOSE_REASONS`, else `WordsError`."""
    if reason not in CLOSE_REASONS:
        raise WordsError("The reason for closing is none of those offered.")
    referral = _lock(session, referral_id)
    if not _done(session, referral, key):
        _move(referral, "closed", at)
        referral.open = False
        record(session, referral, "closed", at, officer_id=officer.id, words={"reason": reason}, key=key)


def note(session: Session, referral_id: int, officer: Officer, text: str, key: str, at: datetime) -> None:
    """Words for the office alone, sealed to it."""
    words = _checked(text)
    referral = _lock(session, referral_id)
    if not _done(session, referral, key):
        _check("noted", referral)
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
) -> None:
    """Words to the person, queued for sending and sealed to the office; `PersonGoneError` once they erased."""
    words = _checked(text)
    referral = _lock(session, referral_id)
    if _done(session, referral, key):
        return
    _check("replied", referral)
    person = session.get(Person, referral.person_id) if referral.person_id is not None else None
    if person is None:
        raise PersonGoneError
    outgoing = queue_reply(session, field_key, person, referral.office_id, words, at, neutral=neutral)
    record(
        session,
        referral,
        "replied",
        at,
        officer_id=officer.id,
        words={"text": words},
        key=key,
        outgoing_id=outgoing.id,
    )


def _lock(session: Session, referral_id: int) -> Referral:
    # Read again under the lock: what the officer saw on the page may be old.
    return session.scalars(
        select(Referral)
        .where(Referral.id == referral_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _done(session: Session, referral: Referral, key: str) -> bool:
    same = select(ReferralEvent.id).where(ReferralEvent.referral_id == referral.id, ReferralEvent.key == key)
    return session.scalar(same) is not None


def _check(act: str, referral: Referral) -> None:
    if referral.status not in ALLOWED[act]:
        raise NotAllowedError(act, referral.status)


def _move(referral: Referral, status: str, at: datetime) -> None:
    _check(status, referral)
    referral.status, referral.changed_at = status, at


def _checked(text: str) -> str:
    words = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if not words or len(words) > WORDS_LIMIT:
        raise WordsError(f"A reply or note has from 1 to {WORDS_LIMIT} characters.")
    return words
