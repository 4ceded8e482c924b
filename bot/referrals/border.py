"""Steps 3 and 8 of the message's way: a referral goes to an office in another country if the person says yes.

The officer asks, the person answers in the chat, and only then the console moves it: the public-facing process
that hears the answer cannot open what is sealed to an office.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.crossing import QUESTION, said_of
from bot.referrals.border_state import ASKED_FOR, end_border, is_asked
from bot.referrals.history import record
from bot.referrals.lifecycle import NotAllowedError, check, checked, done, lock, person_of
from bot.referrals.reply import queue_say
from bot.referrals.takeover import tell_given_back
from bot.referrals.transfer import Passing, WhereToError, destinations_abroad, pass_on
from bot.speech import Say
from bot.store.models import Officer, Person, Referral
from bot.store.sealing import SealError

STAYS = "border_no"  # a response of domain.yml: the request stays where it is
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Coming:
    """A referral that may come from an office abroad, asked about at `at`; nothing else of it is told."""

    office: str
    at: datetime


def ask_border(
    session: Session,
    passing: Passing,
    referral_id: int,
    officer: Officer,
    to: str,
    text: str,
    key: str,
    at: datetime,
    *,
    override: str | None = None,
) -> None:
    """Ask the person whether the referral may go to the office `to`; `text` is why, for officers of both offices.

    `WhereToError` for an office that is none of `destinations_abroad`, `NotAllowedError` while another is asked
    about. `override` as in `lifecycle.reply`.
    """
    words = checked(text)
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    check("border_asked", referral)
    if referral.border_to is not None:
        raise NotAllowedError("border_asked", referral.status)
    if to not in destinations_abroad(session, passing.offices, referral.office_id):
        raise WhereToError("This referral cannot go to that office.")
    person = person_of(session, referral)
    if override is not None:
        record(session, referral, "overrode", at, officer_id=officer.id, words={"reason": override})
    question = said_of(QUESTION, passing.offices.by_id[to])
    asked = queue_say(session, passing.field_key, person, question, at)
    referral.border_to, referral.border_by, referral.border_at = to, officer.id, at
    kept = {"text": words, "to": to}
    record(session, referral, "border_asked", at, officer_id=officer.id, words=kept, key=key, outgoing_id=asked.id)


def take_border_back(session: Session, referral_id: int, officer: Officer, key: str, at: datetime) -> None:
    """The question is over; `NotAllowedError` when none is open, or the person has said yes."""
    referral = lock(session, referral_id)
    if done(session, referral, key):
        return
    check("border_back", referral)
    if not is_asked(referral):
        raise NotAllowedError("border_back", referral.status)
    end_border(referral)
    record(session, referral, "border_back", at, officer_id=officer.id, key=key)


def answer_border(session: Session, person: Person, to: str, wording: str | None, at: datetime) -> bool:
    """The person's answer about the office `to`; False when that is not asked (any more).

    `wording`: for a yes, the SHA-256 (64 hex digits) of the words that were agreed to; None is a no.
    """
    wanted = select(Referral).where(
        Referral.person_id == person.id, Referral.open.is_(True), Referral.border_to == to
    )
    referral = session.scalar(wanted.with_for_update())
    if referral is None or not is_asked(referral):
        return False
    if wording is None:
        end_border(referral)
        record(session, referral, "border_no", at)
        return True
    referral.border_yes_at = at
    record(session, referral, "border_yes", at, words={"to": to, "wording": wording, "language": person.language})
    return True


def coming_to(session: Session, office_id: str) -> Sequence[Coming]:
    """What may come to this office from abroad, the first asked about first."""
    asked = (
        select(Referral.office_id, Referral.border_at)
        .where(Referral.border_to == office_id)
        .order_by(Referral.border_at)
    )
    return [Coming(office, at) for office, at in session.execute(asked) if at is not None]


def cross(session: Session, passing: Passing, at: datetime) -> int:
    """Move what people have said yes to, and end the questions that are too old; how many of both.

    One that does not open stays where it is, and does not hold up the others.
    """
    due = select(Referral).where(Referral.border_to.is_not(None)).order_by(Referral.id)
    ended = 0
    for referral in session.scalars(due.with_for_update(skip_locked=True)).all():
        if referral.border_yes_at is not None:
            _move(session, passing, referral, at)
            ended += 1
        elif referral.border_at is None or at - referral.border_at >= ASKED_FOR:
            end_border(referral)
            record(session, referral, "border_over", at)
            ended += 1
    return ended


def _move(session: Session, passing: Passing, referral: Referral, at: datetime) -> None:
    to, by, talked = referral.border_to or "", referral.border_by, referral.talk_at is not None
    if to not in destinations_abroad(session, passing.offices, referral.office_id):
        _stay(session, passing, referral, at)
        return
    try:
        with session.begin_nested():
            pass_on(session, passing, referral, to, {}, at, officer_id=by)
    except SealError:
        log.error("border.sealed", referral=referral.id)  # noqa: TRY400 -- the traceback may hold a person's words
        _stay(session, passing, referral, at)
        return
    if talked:  # the person has just answered, so this is a moment to write
        tell_given_back(session, passing.field_key, referral, at, at_once=True)


def _stay(session: Session, passing: Passing, referral: Referral, at: datetime) -> None:
    """The office takes no referrals now, or this one does not open: it stays, and the person is told."""
    end_border(referral)
    record(session, referral, "border_over", at)
    person = session.get(Person, referral.person_id) if referral.person_id is not None else None
    if person is not None:
        queue_say(session, passing.field_key, person, Say(STAYS), at)
