"""Step 6 of the message's way: what a person's turn does to referrals, inside that turn's one transaction.

The gateway calls these with the effects of `POST /webhooks/turn/take`; each changes rows and never commits.
The public-facing process can write a referral and cannot read it back: the content is sealed to the office.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.referrals.border_state import end_border, is_asked
from bot.referrals.content import seal_content
from bot.referrals.counting import count_sent
from bot.referrals.history import office_key, record, was_opened
from bot.referrals.states import told_to_person
from bot.referrals.who_answers import end_talk
from bot.referrals.working_time import promised
from bot.settings import Settings
from bot.store.erased import ledger_of
from bot.store.models import Consent, Office, Person, Referral

PROGRAMME = "avrr"
SOURCE_LANGUAGE = "en"  # what a person reads who has not chosen a language
FIRST = frozenset({"priority", "child", "safety", "trained_worker"})  # flags of those who are read first


def apply_referral(
    session: Session,
    settings: Settings,  # noqa: ARG001 -- every effect is called alike; this one needs no secret of ours
    person: Person,
    effect: Mapping[str, Any],
    wording: str,
    at: datetime,
) -> Referral | None:
    """The consent, then the referral sealed to its office; None, and nothing changed, when one is open already.

    `effect` is a `refer` effect; `wording` is the SHA-256 (64 hex digits) of the consent as it stood on the
    person's screen. Errors: `LookupError` for an office without keys, `ContentError` for parts that do not belong.
    """
    if _open_referral(session, person) is not None:
        return None
    referral = _sealed_referral(session, person, effect, at)
    try:
        with session.begin_nested():
            _add_with_consent(session, person, referral, wording)
    except IntegrityError:
        # Another process was faster (PostgreSQL); anything else, such as a reference used twice, is an error.
        if _open_referral(session, person) is None:
            raise
        return None
    record(session, referral, "sent", at)
    count_sent(session, referral, effect["content"], at)
    return referral


def withdraw(session: Session, settings: Settings, person: Person, at: datetime) -> Referral | None:
    """The open referral closed at the person's word, its contact wiped; None when there is none."""
    referral = _open_referral(session, person)
    if referral is not None:
        ledger_of(settings).add("contact", [referral.reference], at)
        take_back(session, referral, "withdrawn", at)
    return referral


def write_to_office(
    session: Session,
    settings: Settings,  # noqa: ARG001 -- every effect is called alike; this one needs no secret of ours
    person: Person,
    text: str,
    at: datetime,
) -> bool:
    """The person's words, sealed to the office, on the open referral; False when there is none."""
    referral = _open_referral(session, person)
    if referral is None:
        return False
    record(session, referral, "person_wrote", at, words={"text": text})
    _owe_an_answer(session, referral, at)
    return True


def erase(session: Session, person: Person, at: datetime) -> None:
    """Everything of the person goes, with the row and all that hangs on it.

    A referral that no officer has opened is deleted with its consent; one that was opened is marked as withdrawn
    by the person, without contact and without a way back to them. Messages waiting for the person go too: a last
    one has to be queued under a row of its own.
    """
    for referral in session.scalars(
        select(Referral).where(Referral.person_id == person.id).with_for_update()
    ).all():
        if not was_opened(session, referral):
            _delete_unopened(session, referral, at)
        elif referral.open:
            take_back(session, referral, "erased", at)
        else:
            referral.contact = None
    session.flush()
    session.delete(person)
    session.flush()


def open_referral_facts(session: Session, person_id: int) -> dict[str, Any] | None:
    """The open referral, else the latest one, as the turn engine is told of it; None when there was none."""
    # One is sent only when none is open, and none is opened again: the latest is the open one.
    newest = (
        select(Referral)
        .where(Referral.person_id == person_id, Referral.programme == PROGRAMME)
        .order_by(Referral.id.desc())
        .limit(1)
    )
    referral = session.scalar(newest)
    if referral is None:
        return None
    return {
        "reference": referral.reference,
        "status": told_to_person(referral.status),
        "office": referral.office_id,
        "open": referral.open,
        "border": referral.border_to if is_asked(referral) else None,
    }


def _sealed_referral(session: Session, person: Person, effect: Mapping[str, Any], at: datetime) -> Referral:
    content = effect["content"]
    sealed, contact = seal_content(office_key(session, effect["office"]), content)
    return Referral(
        reference=effect["reference"],
        programme=PROGRAMME,
        person_id=person.id,
        office_id=effect["office"],
        language=person.language or SOURCE_LANGUAGE,
        priority=not FIRST.isdisjoint(content.get("flags", ())),
        sealed=sealed,
        contact=contact,
        created_at=at,
        changed_at=at,
        due_at=promised(session.get_one(Office, effect["office"]), at),
    )


def _owe_an_answer(session: Session, referral: Referral, at: datetime) -> None:
    """Who was waited for has written: it is the office's turn, and its promise to answer holds anew."""
    if referral.status == "waiting":
        referral.status, referral.changed_at = "contacted", at
    if referral.due_at is None:
        referral.due_at = promised(session.get_one(Office, referral.office_id), at)


def _add_with_consent(session: Session, person: Person, referral: Referral, wording: str) -> None:
    consent = Consent(
        conversation=person.conversation,
        language=referral.language,
        wording=wording,
        given_at=referral.created_at,
    )
    session.add(consent)
    session.flush()
    referral.consent_id = consent.id
    session.add(referral)
    session.flush()


def _open_referral(session: Session, person: Person) -> Referral | None:
    wanted = select(Referral).where(
        Referral.person_id == person.id, Referral.programme == PROGRAMME, Referral.open.is_(True)
    )
    return session.scalar(wanted.with_for_update())


def take_back(session: Session, referral: Referral, act: str, at: datetime) -> None:
    """Close an open referral as the person's own; its contact and the way back to them go."""
    referral.status, referral.open, referral.contact, referral.changed_at = "withdrawn", False, None, at
    referral.due_at = None
    end_talk(referral)
    end_border(referral)
    record(session, referral, act, at)


def _delete_unopened(session: Session, referral: Referral, at: datetime) -> None:
    # The audit row stays: it holds a reference code that now leads nowhere.
    record(session, referral, "erased", at)
    consent_id = referral.consent_id
    session.flush()
    session.delete(referral)
    session.flush()
    session.execute(delete(Consent).where(Consent.id == consent_id))
