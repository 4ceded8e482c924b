"""Step 8 of the message's way: what an officer's buttons do, each once however often it is clicked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.referral_pages import Trouble, show_one
from bot.console.sent import Sent, by_the_plan
from bot.console.sessions import Signed
from bot.console.shown import name_of
from bot.console.talk_acts import (
    ask_border,
    hand_back,
    phrase,
    take_border_back,
    take_over,
    tell_of_the_end,
)
from bot.referrals import findings, lifecycle
from bot.referrals.audit import append_audit
from bot.referrals.phrases import PhraseError
from bot.referrals.queue import find_referral
from bot.referrals.safe_contact import UnsafeError
from bot.referrals.transfer import WhereToError, transfer
from bot.store.database import transaction
from bot.store.models import Referral, ReferralEvent

KEY = re.compile(r"[0-9a-f]{32}")
PASSED = "/?passed=1"  # the list, which says that a referral was passed on


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
    contact, override = by_the_plan(session, sent, sent.text)
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
    _, override = by_the_plan(session, sent)
    to = sent.form.get("office", "")
    transfer(session, sent.desk.passing, sent.referral_id, sent.officer, to, sent.text, sent.key, sent.at)
    if override is not None:
        reference = session.get_one(Referral, sent.referral_id).reference
        append_audit(session, "overrode", reference, sent.at, sent.officer.id)


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
    "phrase": phrase,
    "take_over": take_over,
    "hand_back": hand_back,
    "border": ask_border,
    "border_back": take_border_back,
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
            sent, talk = Sent(referral.id, signed.officer, form, desk, key, desk.clock()), referral.talk_by
            ACTS[name](session, sent)
            tell_of_the_end(session, sent, was_taken_over=talk is not None)
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
    except PhraseError:
        trouble = Trouble(400, "phrase")
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
