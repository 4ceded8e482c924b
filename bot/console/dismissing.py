"""Step 8 of the message's way: several new referrals closed at once, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.acts import KEY
from bot.console.desk import Desk
from bot.console.sessions import Signed
from bot.referrals import lifecycle
from bot.referrals.queue import find_referral
from bot.referrals.states import DISMISSALS
from bot.store.database import transaction

PICKED = "pick_"  # what the name of a ticked box begins with; the reference code follows


def dismiss_many(desk: Desk, request: Request) -> Response:
    """Close what was ticked; then the list, which says how many were closed and how many were not.

    Not closed are those that somebody took meanwhile, that must be read first, or that are not this office's.
    """
    signed: Signed = request.state.signed
    form: Mapping[str, str] = request.state.form
    key, reason = form.get("key", ""), form.get("reason", "")
    if not KEY.fullmatch(key) or reason not in DISMISSALS:
        return desk.trouble(request, 400)
    picked = [name.removeprefix(PICKED) for name in form if name.startswith(PICKED)]
    closed = sum(_dismiss(desk, signed, reference, reason, key) for reference in picked)
    return RedirectResponse(f"/?tab=new&closed={closed}&left={len(picked) - closed}", 303)


def _dismiss(desk: Desk, signed: Signed, reference: str, reason: str, key: str) -> bool:
    try:
        with transaction(desk.engine) as session:
            referral = find_referral(session, signed.officer.office_id, reference)
            if referral is None:
                return False
            lifecycle.dismiss(session, referral.id, signed.officer, reason, key, desk.clock())
    except lifecycle.NotAllowedError:
        return False
    return True
