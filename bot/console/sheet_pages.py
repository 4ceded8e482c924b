"""Step 8 of the message's way, on paper: one referral for the interview, in two languages.

The sheet lies on the table between officer and person. How to reach the person, marks of danger, notes and
messages are not on it, nor what only an officer is to check.
"""

from __future__ import annotations

import segno
from starlette.requests import Request
from starlette.responses import Response

from bot import speech
from bot.console.desk import Desk
from bot.console.opening import open_referral
from bot.console.sessions import Signed
from bot.console.shown import Pair, pairing
from bot.store.database import transaction

PIXELS, BORDER = 3, 2  # of one square, and squares of white around


def show_sheet(desk: Desk, request: Request) -> Response:
    """The sheet, for the browser to print. That it was made is on record each time."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        shown = open_referral(desk, session, request, "sheet_made")
    if shown is None:
        return desk.trouble(request, 404)
    referral = shown.referral
    reader = desk.worded_in(signed.officer.language)
    both: Pair = pairing(desk, reader, referral.language)(speech.office(referral.office_id))
    return desk.page(
        request,
        "sheet.html",
        shown=shown,
        office_names=both,
        reasons=[(code, pair) for code, pair in shown.reasons if code not in shown.content.to_check],
        # Black on white in dark mode too: many cameras do not read it the other way round.
        square=segno.make(referral.reference, micro=False).svg_inline(
            scale=PIXELS, border=BORDER, dark="#000", light="#fff", omitsize=False
        ),
        made_at=desk.clock(),
    )
