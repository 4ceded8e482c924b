"""Step 8 of the message's way: the list of an office's referrals, searched, narrowed, and cleared of spam."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.border_parts import coming_here
from bot.console.desk import Desk
from bot.console.sessions import Signed
from bot.console.shown import names_of
from bot.referrals.audit import append_audit
from bot.referrals.content import Marks, open_marks
from bot.referrals.intake import FIRST
from bot.referrals.queue import (
    DUE_TABS,
    MOST_COUNTED,
    SORTS,
    TABS,
    Place,
    PlaceError,
    Wish,
    count_newer,
    count_referrals,
    find_referral,
    is_late,
    list_referrals,
    newest_id,
)
from bot.referrals.states import DISMISSALS
from bot.referrals.who_answers import is_taken_over
from bot.store.database import transaction
from bot.store.models import Office, Referral
from bot.store.sealing import SealError, open_office_key

# What a list can be narrowed to, beside a language. NOT_FINISHED stands for no outcome.
FLAGS = ("child", "trained_worker", "safety", "priority", "unhcr", "family", "check_other_programme")
NOT_FINISHED = "unfinished"
Code = TypeVar("Code", bound=str)
OUTCOMES = ("LIKELY", "OTHER_HELP", "COUNSELLOR", NOT_FINISHED)


@dataclass(frozen=True)
class Look:
    """How an officer looks at the list, as the address says it."""

    wish: Wish
    flag: str | None
    outcome: str | None
    after: Place | None

    def fits(self, marks: Marks | None) -> bool:
        """Whether a referral is one of these; one that does not open is none of any kind."""
        if marks is None:
            return self.flag is None and self.outcome is None
        of_outcome = self.outcome is None or (marks.outcome or NOT_FINISHED) == self.outcome
        return of_outcome and (self.flag is None or self.flag in marks.flags)

    def address(self, **instead: object) -> str:
        """The address of this look, with parts changed; always from the first page unless `after` is given."""
        parts = {
            "tab": self.wish.tab,
            "sort": self.wish.sort,
            "language": self.wish.language,
            "flag": self.flag,
            "outcome": self.outcome,
        }
        return "/?" + urlencode({name: value for name, value in {**parts, **instead}.items() if value})


def read_look(asked: QueryParams, languages: Sequence[str]) -> Look:
    """The look that an address asks for; `PlaceError` for a part that is none of ours."""
    after = asked.get("after")
    tab = _one_of(asked, "tab", TABS) or TABS[0]
    sort = _one_of(asked, "sort", SORTS) or SORTS[0]
    if sort == "due" and tab not in DUE_TABS:
        sort = SORTS[0]
    wish = Wish(tab, sort, _one_of(asked, "language", languages))
    place = Place.parse(after) if after else None
    return Look(wish, _one_of(asked, "flag", FLAGS), _one_of(asked, "outcome", OUTCOMES), place)


def _one_of(asked: QueryParams, name: str, codes: Sequence[Code]) -> Code | None:
    value = asked.get(name)
    if value is None or (not value and name != "tab"):  # the empty choice of a form is none
        return None
    found = next((code for code in codes if code == value), None)
    if found is None:
        raise PlaceError("This is none of what the list can be narrowed to.")
    return found


@dataclass(frozen=True)
class Row:
    """A referral in the list. `late`: it has waited longer than the office promised.

    `talk_by`: the officer who answers in the bot's place; None for nobody.
    """

    referral: Referral
    taken_by: str | None
    flags: Sequence[str]
    late: bool
    talk_by: str | None


def show_list(desk: Desk, request: Request) -> Response:
    """One page of one tab; a tab or a place that is not ours answers like one that does not exist."""
    signed: Signed = request.state.signed
    try:
        look = read_look(request.query_params, desk.spoken)
    except PlaceError:
        return desk.trouble(request, 404)
    at, officer = desk.clock(), signed.officer
    with transaction(desk.engine) as session:
        marks_of = _opener(desk, session.get_one(Office, officer.office_id))
        narrowed = look.flag is not None or look.outcome is not None
        fits = (lambda referral: look.fits(marks_of(referral))) if narrowed else None
        page = list_referrals(session, officer, look.wish, at, look.after, fits)
        counts, newest = count_referrals(session, officer, at), newest_id(session, officer.office_id)
        names = names_of(session, [one for of in page.referrals for one in (of.taken_by, of.talk_by)])
        rows = [_row(referral, names, marks_of(referral), at) for referral in page.referrals]
        coming = coming_here(desk, session, officer)
        append_audit(session, "listed", officer.office_id, at, officer.id)
    return desk.page(
        request,
        "list.html",
        look=look,
        rows=rows,
        counts=counts,
        most_counted=MOST_COUNTED,
        next_page=look.address(after=page.after) if page.after else None,
        newest=newest,
        coming=coming,
        choices=_choices(desk),
        dismissals=DISMISSALS,
        done=_numbers(request.query_params),
        passed="passed" in request.query_params,
    )


def changes(desk: Desk, request: Request) -> Response:
    """How many new referrals came since the page was made, in words; nothing when none did."""
    signed: Signed = request.state.signed
    since = request.query_params.get("since", "")
    if not since.isdecimal() or len(since) > 18:
        return desk.trouble(request, 404)
    with transaction(desk.engine) as session:
        newer = count_newer(session, signed.officer.office_id, int(since))
    return desk.page(request, "changes.html", newer=newer)


def search(desk: Desk, request: Request) -> Response:
    """Straight to the referral with this reference code, or a page that says that there is none."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        found = find_referral(session, signed.officer.office_id, request.query_params.get("reference", ""))
    if found is None:
        return desk.page(request, "trouble.html", 404, trouble="no_such_reference")
    return RedirectResponse(f"/referrals/{found.reference}", 303)


def _opener(desk: Desk, office: Office) -> Callable[[Referral], Marks | None]:
    opened: dict[int, Marks | None] = {}
    key = open_office_key(office.private_key, desk.console_key)

    def marks_of(referral: Referral) -> Marks | None:
        if referral.id not in opened:
            try:
                opened[referral.id] = open_marks(key, referral)
            except SealError:  # one that is spoilt must not hide the others; its own page tells
                opened[referral.id] = None
        return opened[referral.id]

    return marks_of


def _row(referral: Referral, names: Mapping[int, str], marks: Marks | None, at: datetime) -> Row:
    flags = sorted(marks.flags if marks else (), key=lambda flag: (flag != "priority", flag not in FIRST))
    taken_by = None if referral.taken_by is None else names[referral.taken_by]
    talk_by = names.get(referral.talk_by or 0) if is_taken_over(referral, at) else None
    return Row(referral, taken_by, flags, is_late(referral, at), talk_by)


def _choices(desk: Desk) -> Mapping[str, Sequence[str]]:
    return {"language": desk.spoken, "flag": FLAGS, "outcome": OUTCOMES}


def _numbers(asked: QueryParams) -> tuple[int, int] | None:
    """After several were closed at once: how many were, and how many were not."""
    given = asked.get("closed", ""), asked.get("left", "")
    if not all(one.isdecimal() and len(one) < 4 for one in given):
        return None
    return int(given[0]), int(given[1])
