"""Step 8 of the message's way, tried out: an officer for a newcomer, with a new password at every start."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.officers import DEMO_LOGIN, Credentials, add_officer, reset_officer
from bot.console.passwords import Passwords, code_at
from bot.eligibility import load_offices
from bot.referrals.offices import ensure_offices
from bot.settings import ROOT, Settings, SettingsError
from bot.store.database import now
from bot.store.models import Officer


@dataclass(frozen=True)
class DemoLogin:
    """What a newcomer types at the door. `totp_now` is the code of this half minute."""

    login: str
    password: str
    totp_now: str
    otpauth: str


def ensure_demo_officer(session: Session, settings: Settings) -> DemoLogin:
    """The demo officer, at the default office, with a password and code secret that did not exist before.

    `SettingsError` unless this is a demo: elsewhere nobody may get in by a name that everybody knows.
    """
    if not settings.demo or settings.console_key is None:
        raise SettingsError("The demo officer exists in a demo only: set BOT_DEMO=1 and BOT_CONSOLE_KEY.")
    at = now()
    if session.scalar(select(Officer.id).where(Officer.login == DEMO_LOGIN)) is None:
        made = _add(session, settings.console_key)
    else:
        made = reset_officer(session, settings.console_key, Passwords(), DEMO_LOGIN, at)
    return DemoLogin(made.login, made.password, code_at(made.totp_secret, at), made.otpauth)


def _add(session: Session, console_key: bytes) -> Credentials:
    office = load_offices(ROOT / "criteria").default.id
    ensure_offices(session, [office], console_key)
    return add_officer(
        session,
        console_key,
        Passwords(),
        login=DEMO_LOGIN,
        display_name="Demo",
        office_id=office,
        language="en",
        at=now(),
    )
