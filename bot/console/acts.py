"""Step 8 of the message's way: what an officer's buttons do, each once however often it is clicked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.referral_pages import Trouble, show_one
from bot.console.sessions import Signed
from bot.console.shown import name_of
from bot.referrals import findings, lifecycle
from bot.referrals.audit import append_audit
from bot.referrals.content import Contact, open_contact
from bot.referrals.queue import find_referral
from bot.referrals.safe_contact import UnsafeError, against_plan, keep_to_plan
from bot.referrals.transfer import Passing, WhereToError, transfer
from bot.referrals.working_time import schedule_of
from bot.store.database import transaction
from bot.store.models import Office, Officer, Referral, ReferralEvent

KEY = re.compile(r"[0-9a-f]{32}")
PASSED = "/?passed=1"  # the list, which says that a referral was passed on


@dataclass(frozen=True)
class Sent:
    """A form as it came: the referral it is about, who sent it, its fields, its key, and when."""

    referral_id: int
    officer: Officer
    form: Mapping[str, str]
    desk: Desk
    key: str
    at: datetime

    @property
    def text(self) -> str:
        """The words of a reply or note, or why."""
        return self.form.get("text", "")


def accept(session: Session, sent: Sent) -> None:
    """The officer takes the referral."""
    lifecycle.accept(session, sent.referral_id, sent.officer, sent.key, sent.at)


def step(to: str, session: Session, sent: Sent) -> None:
    """On to the state `to`."""
    lifecycle.step(session, sent.referral_id, sent.officer, to, sent.key, sent.at)


def give_back(session: Session, sent: Sent) -> None:
    """Back among the new ones."""
    lifecycle.give_back(session, sent.referral_id, sent.officer, sent.text, sent.key, sent.at)


def close(session: Session, sent: Sent) -> None:
    """The work on the referral ends."""
    lifecycle.close(session, sent.referral_id, sent.officer, sent.form.get("reason", ""), sent.key, sent.at)


def note(session: Session, sent: Sent) -> None:
    """Words for the office."""
    lifecycle.note(session, sent.referral_id, sent.officer, sent.text, sent.key, sent.at)


def reply(session: Session, sent: Sent) -> None:
    """Words to the person, as the safe-contact plan has it or for a reason."""
    referral = session.get_one(Referral, sent.referral_id)
    contact, override = _by_the_plan(session, referral, sent, sent.text)
    lifecycle.reply(
        session,
        sent.desk.settings.field_key,
        sent.referral_id,
        sent.officer,
        sent.text,
        sent.key,
        sent.at,
        neutral=contact is not None and contact.neutral,
        override=override,
    )


def pass_on(session: Session, sent: Sent) -> None:
    """To another office of the country. The person is told at once, so the safe-contact plan holds for it too."""
    referral = session.get_one(Referral, sent.referral_id)
    _, override = _by_the_plan(session, referral, sent)
    desk = sent.desk
    passing = Passing(desk.console_key, desk.settings.field_key, desk.offices)
    to = sent.form.get("office", "")
    transfer(session, passing, sent.referral_id, sent.officer, to, sent.text, sent.key, sent.at)
    if override is not None:
        append_audit(session, "overrode", referral.reference, sent.at, sent.officer.id)


def _by_the_plan(
    session: Session, referral: Referral, sent: Sent, words: str = ""
) -> tuple[Contact | None, str | None]:
    """How the person may be reached, and why the plan is left, if it is; `UnsafeError` without a reason."""
    office = session.get_one(Office, referral.office_id)
    contact = open_contact(office, sent.desk.console_key, referral.contact)
    against = against_plan(contact, schedule_of(office).local(sent.at), words)
    if lifecycle.done(session, referral, sent.key):
        return contact, None
    return contact, keep_to_plan(against, sent.form.get("override", ""))


def find(session: Session, sent: Sent) -> None:
    """What the officer found, beside what the self-assessment said."""
    finding = findings.read_finding(sent.form, sent.desk.programme.criteria)
    findings.find(session, sent.referral_id, sent.officer, finding, sent.key, sent.at)


Act = Callable[[Session, Sent], None]
ACTS: Mapping[str, Act] = {
    "accept": accept,
    "contacted": partial(step, "contacted"),
    "counselling": partial(step, "counselling"),
    "wait": partial(step, "waiting"),
    "return": give_back,
    "transfer": pass_on,
    "close": close,
    "note": note,
    "reply": reply,
    "find": find,
}


def do_act(desk: Desk, name: str, request: Request) -> Response:
    """Do it and show the referral again; when it cannot be done, show why, with what was typed still there."""
    signed: Signed = request.state.signed
    form: Mapping[str, str] = request.state.form
    key = form.get("key", "")
    if not KEY.fullmatch(key):
        return desk.trouble(request, 400)
    try:
        with transaction(desk.engine) as session:
            referral = find_referral(session, signed.officer.office_id, request.path_params["reference"])
            if referral is None:
                return _left_already(session, signed, request, key) or desk.trouble(request, 404)
            ACTS[name](session, Sent(referral.id, signed.officer, form, desk, key, desk.clock()))
            here = referral.office_id == signed.officer.office_id
            return RedirectResponse(f"/referrals/{referral.reference}" if here else PASSED, 303)
    except lifecycle.TakenError as error:
        with transaction(desk.engine) as session:
            who = name_of(session, error.officer_id)
        trouble = Trouble(409, "taken", who=who)
    except lifecycle.NotAllowedError:
        trouble = Trouble(409, "not_allowed")
    except lifecycle.PersonGoneError:
        trouble = Trouble(409, "person_gone")
    except UnsafeError as error:
        trouble = Trouble(409, "unsafe", against=error.against)
    except WhereToError:
        trouble = Trouble(400, "where_to")
    except lifecycle.WordsError:
        trouble = Trouble(400, "words")
    return show_one(desk, request, trouble=trouble, draft={name: form.get("text", "")})


def _left_already(session: Session, signed: Signed, request: Request, key: str) -> Response | None:
    """The second click of a form that has passed the referral on: it is not this office's any more."""
    same = (
        select(ReferralEvent.id)
        .join(Referral, Referral.id == ReferralEvent.referral_id)
        .where(
            Referral.reference == request.path_params["reference"],
            ReferralEvent.key == key,
            ReferralEvent.officer_id == signed.officer.id,
        )
    )
    return None if session.scalar(same) is None else RedirectResponse(PASSED, 303)


def reveal(desk: Desk, request: Request) -> Response:
    """The referral with the person's number in it. That it was shown is on record each time."""
    signed: Signed = request.state.signed
    with transaction(desk.engine) as session:
        referral = find_referral(session, signed.officer.office_id, request.path_params["reference"])
        if referral is None:
            return desk.trouble(request, 404)
        append_audit(session, "revealed", referral.reference, desk.clock(), signed.officer.id)
    return show_one(desk, request, revealed=True)
