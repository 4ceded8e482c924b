"""Step 8 of the message's way, tried out: an officer of each role, with a new password at every start."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.console.officers import DEMO_LOGIN, DEMO_ROLES, find_officer, new_officer, reset_officer, shut_out
from bot.console.passwords import Passwords, code_at
from bot.console.rights import Role
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

    Beside it stands one more of each other role (`DEMO_ROLES`), with the same password and the same code.

    `SettingsError` unless this is a demo: elsewhere nobody may get in by a name that everybody knows.
    """
    if not settings.demo or settings.console_key is None:
        raise SettingsError("The demo officer exists in a demo only: set BOT_DEMO=1 and BOT_CONSOLE_KEY.")
    at, office = now(), load_offices(ROOT / "criteria").default.id
    ensure_offices(session, [office], settings.console_key)
    for login, role in DEMO_ROLES.items():
        _ensure(session, login, role, office)
    made = reset_officer(session, settings.console_key, Passwords(), DEMO_LOGIN, at)
    demo = find_officer(session, DEMO_LOGIN)
    for login in DEMO_ROLES.keys() - {DEMO_LOGIN}:
        officer = find_officer(session, login)
        shut_out(session, officer)
        officer.password_hash, officer.totp_secret = demo.password_hash, demo.totp_secret
        officer.disabled = False
    return DemoLogin(made.login, made.password, code_at(made.totp_secret, at), made.otpauth)


def _ensure(session: Session, login: str, role: Role, office: str) -> None:
    if session.scalar(select(Officer.id).where(Officer.login == login)) is None:
        name = login.replace("-", " ").capitalize()
        new_officer(session, login=login, display_name=name, office_id=office, language="en", role=role)
    find_officer(session, login).role = role.value
