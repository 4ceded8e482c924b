"""Step 8 of the message's way: what an officer's buttons do, each once however often it is clicked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.desk import Desk
from bot.console.referral_pages import show_one
from bot.console.sessions import Signed
from bot.console.shown import name_of
from bot.referrals import lifecycle
from bot.referrals.content import open_content
from bot.referrals.queue import find_referral
from bot.store.database import transaction
from bot.store.models import Office, Officer, Referral

KEY = re.compile(r"[0-9a-f]{32}")


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
        """The words of a reply or note."""
        return self.form.get("text", "")


def accept(session: Session, sent: Sent) -> None:
    """The officer takes the referral."""
    lifecycle.accept(session, sent.referral_id, sent.officer, sent.key, sent.at)


def wait(session: Session, sent: Sent) -> None:
    """The referral waits."""
    lifecycle.wait(session, sent.referral_id, sent.officer, sent.key, sent.at)


def close(session: Session, sent: Sent) -> None:
    """The work on the referral ends."""
    lifecycle.close(session, sent.referral_id, sent.officer, sent.form.get("reason", ""), sent.key, sent.at)


def note(session: Session, sent: Sent) -> None:
    """Words for the office."""
    lifecycle.note(session, sent.referral_id, sent.officer, sent.text, sent.key, sent.at)


def reply(session: Session, sent: Sent) -> None:
    """Words to the person."""
    referral = session.get_one(Referral, sent.referral_id)
    office = session.get_one(Office, referral.office_id)
    contact = open_content(office, sent.desk.console_key, referral).contact
    lifecycle.reply(
        session,
        sent.desk.settings.field_key,
        sent.referral_id,
        sent.officer,
        sent.text,
        sent.key,
        sent.at,
        neutral=contact is not None and contact.neutral,
    )


Act = Callable[[Session, Sent], None]
ACTS: Mapping[str, Act] = {"accept": accept, "wait": wait, "close": close, "note": note, "reply": reply}


def do_act(desk: Desk, act: Act, request: Request) -> Response:
    """Do it and show the referral again; when it cannot be done, show why, with what was typed still there."""
    signed: Signed = request.state.signed
    form: Mapping[str, str] = request.state.form
    key = form.get("key", "")
    if not KEY.fullmatch(key):
        return desk.trouble(request, 400)
    who = None
    try:
        with transaction(desk.engine) as session:
            referral = find_referral(session, signed.officer.office_id, request.path_params["reference"])
            if referral is None:
                return desk.trouble(request, 404)
            act(session, Sent(referral.id, signed.officer, form, desk, key, desk.clock()))
            return RedirectResponse(f"/referrals/{referral.reference}", 303)
    except lifecycle.TakenError as error:
        with transaction(desk.engine) as session:
            who = name_of(session, error.officer_id)
        status, problem = 409, "taken"
    except lifecycle.NotAllowedError:
        status, problem = 409, "not_allowed"
    except lifecycle.PersonGoneError:
        status, problem = 409, "person_gone"
    except lifecycle.WordsError:
        status, problem = 400, "words"
    return show_one(desk, request, status=status, problem=problem, who=who, draft=form.get("text", ""))
