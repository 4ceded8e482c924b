"""The end of the message's way: a referral whose work is over is kept for a while, then deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.referrals.audit import append_audit
from bot.store.erased import Ledger
from bot.store.models import Consent, Office, Referral

KEPT_DAYS = 30  # after closing, unless the office is set otherwise; protection.md rule 33
AT_ONCE = 500  # rows that one statement names: databases take no more than some thousands
TALK_KEPT = timedelta(hours=24)  # after the last message, without a referral; as above


def delete_old_referrals(session: Session, ledger: Ledger, at: datetime) -> int:
    """Delete each referral closed or withdrawn as long ago as its office keeps them, or longer; how many went."""
    gone = 0
    for office_id, days in session.execute(select(Office.id, Office.kept_days)).all():
        old = select(Referral).where(
            Referral.office_id == office_id,
            Referral.open.is_(False),
            Referral.changed_at <= at - timedelta(days=days),
        )
        found = session.scalars(old.with_for_update()).all()
        delete_referrals(session, ledger, found, at)
        gone += len(found)
    return gone


def delete_referrals(session: Session, ledger: Ledger, referrals: Sequence[Referral], at: datetime) -> None:
    """Delete these, with their events and consents; the audit keeps codes that now lead nowhere."""
    ledger.add("referral", [referral.reference for referral in referrals], at)
    consents = [referral.consent_id for referral in referrals]
    for referral in referrals:
        append_audit(session, "deleted", referral.reference, at)
        session.delete(referral)
    session.flush()
    for some in batched(consents, AT_ONCE):
        session.execute(delete(Consent).where(Consent.id.in_(some)))
