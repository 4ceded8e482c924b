"""Step 7 of the message's way: offices that let people wait longer than promised, to be reminded once a day.

A reminder holds counts and nothing else: a mailbox is read by more than those who may read a referral.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CursorResult, func, select, update
from sqlalchemy.orm import Session

from bot.referrals.working_time import schedule_of
from bot.store.models import Office, Referral


@dataclass(frozen=True)
class Reminder:
    """What an office's mailbox is told. `before`: when it was reminded last, for `take_back`."""

    office: str
    to: str
    language: str
    overdue: int
    urgent: int  # of those, how many are of priority
    new: int
    before: datetime | None


def claim_reminders(session: Session, at: datetime) -> Sequence[Reminder]:
    """The reminders to send now, each given out once: for offices at work that were not reminded today."""
    found = []
    for office in session.scalars(select(Office).where(Office.digest_to.is_not(None)).order_by(Office.id)).all():
        if office.digest_to is None or not _may_be_reminded(office, at):
            continue
        overdue, urgent, new = _waiting(session, office.id, at)
        if overdue and _claimed(session, office, at):
            reminder = Reminder(
                office.id, office.digest_to, office.digest_language or "en", overdue, urgent, new, office.digest_at
            )
            found.append(reminder)
    return found


def take_back(session: Session, reminder: Reminder) -> None:
    """It could not be sent: it may be given out again."""
    session.execute(update(Office).where(Office.id == reminder.office).values(digest_at=reminder.before))


def _may_be_reminded(office: Office, at: datetime) -> bool:
    schedule = schedule_of(office)
    last = None if office.digest_at is None else schedule.local(office.digest_at).date()
    return schedule.is_open(at) and last != schedule.local(at).date()


def _waiting(session: Session, office_id: str, at: datetime) -> tuple[int, int, int]:
    def count(*where: object) -> int:
        wanted = select(func.count()).select_from(Referral).where(Referral.office_id == office_id, *where)  # type: ignore[arg-type]
        return session.scalar(wanted) or 0

    late = Referral.due_at < at
    return count(late), count(late, Referral.priority.is_(True)), count(Referral.status == "new")


def _claimed(session: Session, office: Office, at: datetime) -> bool:
    same = Office.digest_at.is_(None) if office.digest_at is None else Office.digest_at == office.digest_at
    taken = session.execute(
        update(Office)
        .where(Office.id == office.id, same)
        .values(digest_at=at)
        .execution_options(synchronize_session=False)
    )
    return isinstance(taken, CursorResult) and taken.rowcount == 1
