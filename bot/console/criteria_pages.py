"""Step 8 of the message's way, prepared: the criteria in force beside others that may follow them, to be weighed.

Nothing is changed here. What referrals would come to is counted for the programme; who works referrals sees
those of their own office by code; administrators see neither.
"""

from __future__ import annotations

from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from bot.console.criteria_shown import CriteriaWords
from bot.console.desk import Desk
from bot.console.rights import CASEWORK, Role, role_of
from bot.console.sessions import Signed
from bot.eligibility import CriteriaError
from bot.eligibility.comparing import Comparison, compare
from bot.referrals.audit import append_audit
from bot.referrals.reweighing import MOST_WEIGHED, Counted, Reweighed, count_changes, reweigh
from bot.settings import ROOT
from bot.store.database import transaction

IN_FORCE = ROOT / "criteria"
SETTING = "BOT_CRITERIA_NEXT"
MOST_LISTED = 200  # referrals on the page


def show_criteria_changes(desk: Desk, request: Request) -> Response:
    """What another version of the criteria would change; why it could not be put in force, when it could not."""
    signed: Signed = request.state.signed
    folder = desk.settings.criteria_next
    if folder is None:
        return desk.page(request, "criteria_changes.html", found=None, wrong=None, setting=SETTING)
    try:
        found = compare(IN_FORCE, folder)
    except CriteriaError as error:
        return desk.page(request, "criteria_changes.html", found=None, wrong=str(error))
    weighed, counted = _weighed(desk, signed, found)
    words = CriteriaWords(desk, signed.officer.language)
    return desk.page(
        request,
        "criteria_changes.html",
        found=found,
        wrong=None,
        files=[
            (name, [words.row(one) for one in rows])
            for name, rows in groupby(found.rows, key=lambda one: one.file)
        ],
        stands=[
            (stands, [words.cases(one) for one in cases])
            for stands, cases in groupby(found.cases, key=lambda one: one.stands)
        ],
        counted=counted,
        weighed=weighed,
        most_weighed=MOST_WEIGHED,
        listed=weighed.changed[:MOST_LISTED] if weighed else (),
        country=words.country,
        made_at=desk.clock(),
    )


def _weighed(desk: Desk, signed: Signed, found: Comparison) -> tuple[Reweighed | None, Counted | None]:
    """What referrals come to, for whoever may see it: those of the own office, or counts of all."""
    role, officer = role_of(signed.officer.role), signed.officer
    every = role is Role.PROGRAMME
    if not every and role not in CASEWORK:
        return None, None
    office = None if every else officer.office_id
    with transaction(desk.engine) as session:
        append_audit(session, "criteria_compared", office or "all", desk.clock(), officer.id)
    weighed = reweigh(desk.engine, desk.console_key, found.before, found.after, office)
    return (None, count_changes(weighed)) if every else (weighed, None)
