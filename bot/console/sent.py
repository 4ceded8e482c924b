"""Step 8 of the message's way: a form as an officer sent it, and whether it keeps to the safe-contact plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.console.desk import Desk
from bot.referrals import lifecycle
from bot.referrals.content import Contact, open_contact
from bot.referrals.safe_contact import against_plan, keep_to_plan
from bot.referrals.working_time import schedule_of
from bot.store.models import Office, Officer, Referral


@dataclass(frozen=True)
class Sent:
    """A form as it came: the referral it is about, who sent it, its fields, its key, and when."""

    referral_id: int
    officer: Officer
    form: Mapping[str, str]
    desk: Desk
    key: str
    at: datetime

    @property
    def text(self) -> str:
        """The words of a reply or note, or why."""
        return self.form.get("text", "")


def by_the_plan(session: Session, sent: Sent, words: str = "") -> tuple[Contact | None, str | None]:
    """How the person may be reached, and why the plan is left, if it is; `UnsafeError` without a reason."""
    referral = session.get_one(Referral, sent.referral_id)
    contact, against = _plan(session, sent, referral, words)
    if lifecycle.done(session, referral, sent.key):
        return contact, None
    return contact, keep_to_plan(against, sent.form.get("override", ""))


def is_safe_now(session: Session, sent: Sent) -> bool:
    """Whether a message into the chat keeps to the plan at this moment, at whatever office the referral is now."""
    _, against = _plan(session, sent, session.get_one(Referral, sent.referral_id), "")
    return not against


def _plan(session: Session, sent: Sent, referral: Referral, words: str) -> tuple[Contact | None, tuple[str, ...]]:
    office = session.get_one(Office, referral.office_id)
    contact = open_contact(office, sent.desk.console_key, referral.contact)
    return contact, against_plan(contact, schedule_of(office).local(sent.at), words)
