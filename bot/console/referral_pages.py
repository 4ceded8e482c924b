"""Step 8 of the message's way: one referral, with what may be done to it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from bot import speech
from bot.console.border_parts import border_parts
from bot.console.cell import Cell
from bot.console.desk import Desk
from bot.console.opening import open_referral
from bot.console.sessions import Signed
from bot.console.shown import Shown, pairing
from bot.referrals.findings import BECAUSE, FINDABLE, RESULTS, finding_on
from bot.referrals.lifecycle import WORDS_LIMIT
from bot.referrals.phrases import MOST_DAYS, worded
from bot.referrals.queue import is_late
from bot.referrals.safe_contact import OVERRIDES, against_plan
from bot.referrals.states import ALLOWED, OUTCOMES
from bot.referrals.transfer import destinations
from bot.referrals.working_time import schedule_of
from bot.store.database import transaction
from bot.store.models import Office, Referral


@dataclass(frozen=True)
class Trouble:
    """Why an act was not done: a code, the name of whoever was faster, the parts of the plan it would break."""

    status: int
    problem: str | None
    who: str | None = None
    against: Sequence[str] = ()


NO_TROUBLE = Trouble(200, None)
OFFERED: Mapping[str, Any] = {"close_reasons": tuple(OUTCOMES), "overrides": OVERRIDES, "words_limit": WORDS_LIMIT}


@dataclass(frozen=True)
class Reach:
    """How the person can be reached at this moment. `local`: the office's clock, as hours and minutes.

    `against`: the parts of the safe-contact plan that a message sent now would break; `late`: an answer is owed.
    """

    local: str
    zone: str
    against: Sequence[str]
    late: bool


def show_one(
    desk: Desk,
    request: Request,
    *,
    trouble: Trouble | None = None,
    draft: Mapping[str, str] | None = None,
    revealed: bool = False,
) -> Response:
    """One referral. That it was read is kept; that it was read for the first time is a step in its life.

    `draft` is what was typed into a form, by the name of the act; `revealed` shows the person's number.
    """
    signed: Signed = request.state.signed
    at, amiss = desk.clock(), trouble or NO_TROUBLE
    with transaction(desk.engine) as session:
        shown = open_referral(desk, session, request, "read")
        if shown is None:
            return desk.trouble(request, 404)
        referral = shown.referral
        reach = _reach(session, referral, shown, at)
        beside = _beside(desk, session, signed, referral, shown)
    return desk.page(
        request,
        "referral.html",
        amiss.status,
        shown=shown,
        reach=reach,
        against=sorted({*reach.against, *amiss.against}),
        **beside,
        may={act: referral.status in states for act, states in ALLOWED.items()},
        **OFFERED,
        problem=amiss.problem,
        who=amiss.who,
        draft=draft or {},
        revealed=revealed,
    )


def _beside(desk: Desk, session: Session, signed: Signed, referral: Referral, shown: Shown) -> Mapping[str, Any]:
    """What the page has beside the referral itself: where it can go, and what an officer found."""
    office = session.get_one(Office, referral.office_id)
    pair = pairing(desk, desk.worded_in(signed.officer.language), referral.language)
    days = min(office.answer_days, MOST_DAYS)
    return {
        "phrases": [
            (name, pair(worded(name, days if asks else None)), asks) for name, asks in desk.phrases.items()
        ],
        "phrase_days": (days, range(1, MOST_DAYS + 1)),
        "destinations": _destinations(desk, session, signed),
        **border_parts(desk, session, signed, referral),
        "finding": finding_on(session, office, desk.console_key, referral),
        "may_find": referral.status in FINDABLE,
        "findable": _findable(desk, signed, shown),
    }


def _reach(session: Session, referral: Referral, shown: Shown, at: datetime) -> Reach:
    schedule = schedule_of(session.get_one(Office, referral.office_id))
    local = schedule.local(at)
    return Reach(
        local=f"{local:%H:%M}",
        zone=str(schedule.zone),
        against=against_plan(shown.contact, local),
        late=is_late(referral, at),
    )


def _destinations(desk: Desk, session: Session, signed: Signed) -> Sequence[tuple[str, Cell]]:
    """The offices to which this officer may pass a referral: ids and names."""
    if "transfer" not in signed.rights:
        return []
    reader = desk.worded_in(signed.officer.language)
    pair = pairing(desk, reader, reader)
    others = destinations(session, desk.offices, signed.officer.office_id)
    return [(office, pair(speech.office(office)).officer) for office in others]


def _findable(desk: Desk, signed: Signed, shown: Shown) -> Mapping[str, Sequence[object]]:
    """What an officer can choose from who sees it otherwise: first the criteria that this referral is about."""
    reader = desk.worded_in(signed.officer.language)
    pair = pairing(desk, reader, reader)
    own = [code for code, _ in (*shown.reasons, *shown.to_check, *shown.routes) if code in desk.programme.criteria]
    codes = dict.fromkeys([*own, *desk.programme.criteria])
    criteria = [(code, pair(speech.criterion(code)).officer) for code in codes]
    return {"criteria": criteria, "results": RESULTS, "because": BECAUSE}
