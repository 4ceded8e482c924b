"""The end of the message's way: a referral whose work is over is kept for a while, then deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.referrals.audit import append_audit
from bot.store.models import Consent, Referral

KEPT_DAYS = 30  # after closing, protection.md rule 33
TALK_KEPT = timedelta(hours=24)  # after the last message, without a referral; as above


def delete_old_referrals(session: Session, at: datetime, days: int = KEPT_DAYS) -> int:
    """Delete each referral closed or withdrawn `days` ago or earlier, with its consent; how many went."""
    old = select(Referral).where(Referral.open.is_(False), Referral.changed_at <= at - timedelta(days=days))
    consents = []
    for referral in session.scalars(old.with_for_update()).all():
        append_audit(session, "deleted", referral.reference, at)
        consents.append(referral.consent_id)
        session.delete(referral)
    session.flush()
    session.execute(delete(Consent).where(Consent.id.in_(consents)))
    return len(consents)
