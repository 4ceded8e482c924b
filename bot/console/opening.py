"""Step 8 of the message's way: an officer opens a referral of their own office, and that they did is on record."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.requests import Request

from bot.console.desk import Desk
from bot.console.sessions import Signed
from bot.console.shown import Shown, show_referral
from bot.referrals.audit import append_audit
from bot.referrals.lifecycle import open_for
from bot.referrals.queue import find_referral


def open_referral(desk: Desk, session: Session, request: Request, act: str) -> Shown | None:
    """The referral that the address names, opened; None for another office's and for none.

    Each time is an audit row, called `act`; the first time is a step in the referral's life too.
    """
    signed: Signed = request.state.signed
    at = desk.clock()
    referral = find_referral(session, signed.officer.office_id, request.path_params["reference"])
    if referral is None:
        return None
    open_for(session, referral, signed.officer, at)
    append_audit(session, act, referral.reference, at, signed.officer.id)
    session.flush()
    return show_referral(desk, session, referral, signed.officer)
