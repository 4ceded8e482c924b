"""Step 8 of the message's way, witnessed: the audit log as an auditor reads it, by day, act and subject.

It tells who did what to which reference code and when, never what a referral holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from sqlalchemy import Select, select
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from bot.console.desk import Desk
from bot.console.sessions import Signed
from bot.referrals.audit import append_audit
from bot.store.database import transaction
from bot.store.models import Audit, Officer

PAGE = 100  # rows on a page
LONGEST_NUMBER = 18  # digits of a row's number


@dataclass(frozen=True)
class Look:
    """What an auditor looks for; None for any. `before` is the number of the row where this page starts."""

    day: date | None
    act: str | None
    subject: str | None
    before: int | None

    def address(self, before: int) -> str:
        """The address of the same look from that row on."""
        parts = {"day": self.day, "act": self.act, "subject": self.subject, "before": before}
        return "/audit?" + urlencode({name: value for name, value in parts.items() if value})


def read_look(asked: QueryParams) -> Look:
    """The look that an address asks for; `ValueError` for a day or number that cannot be read."""
    day, before = asked.get("day", "").strip(), asked.get("before", "")
    if len(before) > LONGEST_NUMBER or (before and not before.isdecimal()):
        raise ValueError("This is no number of a row.")
    return Look(
        day=date.fromisoformat(day) if day else None,
        act=_typed(asked, "act").lower() or None,
        subject=_typed(asked, "subject") or None,
        before=int(before) if before else None,
    )


def _typed(asked: QueryParams, name: str) -> str:
    return asked.get(name, "").replace("\0", "").strip()  # PostgreSQL takes no null byte


def show_audit(desk: Desk, request: Request) -> Response:
    """One page of the log, the latest first. That it was read stands in it from then on."""
    signed: Signed = request.state.signed
    try:
        look = read_look(request.query_params)
    except ValueError:
        return desk.trouble(request, 404)
    with transaction(desk.engine) as session:
        head = session.execute(select(Audit.id, Audit.digest).order_by(Audit.id.desc()).limit(1)).first()
        rows = [(row, who) for row, who in session.execute(_wanted(look).limit(PAGE + 1))]
        append_audit(session, "audit_read", str(signed.officer.id), desk.clock(), signed.officer.id)
    following = look.address(rows[PAGE - 1][0].id) if len(rows) > PAGE else None
    return desk.page(request, "audit.html", look=look, rows=rows[:PAGE], next_page=following, head=head)


def _wanted(look: Look) -> Select[Audit, str]:
    wanted = select(Audit, Officer.display_name).outerjoin(Officer, Officer.id == Audit.officer_id)
    if look.day is not None:
        start = datetime.combine(look.day, time())
        wanted = wanted.where(Audit.at >= start, Audit.at < start + timedelta(days=1))
    if look.act is not None:
        wanted = wanted.where(Audit.act == look.act)
    if look.subject is not None:
        wanted = wanted.where(Audit.subject.in_({look.subject, look.subject.upper()}))
    if look.before is not None:
        wanted = wanted.where(Audit.id < look.before)
    return wanted.order_by(Audit.id.desc())
