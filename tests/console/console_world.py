"""The console over a database with two offices, its officers, and a browser without sockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from argon2 import PasswordHasher
from console_settings import CONSOLE_KEY, START, add_person, settings_of
from console_words import make_catalogue
from copied_database import copied, made_once
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.console.app import create_app
from bot.console.officers import Credentials, add_officer
from bot.console.passwords import Passwords, code_at
from bot.console.rights import Role
from bot.console.sessions import start_session
from bot.language.catalogue import Catalogue
from bot.referrals.intake import apply_referral
from bot.referrals.offices import ensure_offices
from bot.settings import Settings
from bot.store.database import transaction
from bot.store.models import Officer, Person

BANGKOK, MAE_SOT = "TH-BKK", "TH-MSO"
REFERENCE, FOREIGN = "K7PM-2QXD", "ZZZZ-9999"
WORDING = "ab" * 32
HERE = {"sec-fetch-site": "same-origin"}
FIELD = re.compile(r'name="(csrf|key)" value="([^"]+)"')
# Weak on purpose: hashing is not what these tests are about, and it would take most of their time.
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Browser:
    app: Starlette
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://console") as one:
                return await one.request(method, path, headers={**held, **headers}, content=body)

        held = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = asyncio.run(go())
        for line in answer.headers.get_list("set-cookie"):
            for cookie in SimpleCookie(line).values():
                self.cookies[cookie.key] = cookie.value
                if cookie["max-age"] == "0":
                    del self.cookies[cookie.key]
        return answer

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path, {})

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str] = HERE, kind: str | None = None
    ) -> httpx.Response:
        sent = {"content-type": kind or "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, sent, urlencode(form).encode())

    def fields(self, path: str) -> dict[str, str]:
        return dict(FIELD.findall(self.get(path).text))

    def act(self, act: str, reference: str = REFERENCE, **form: str) -> httpx.Response:
        place = f"/referrals/{reference}"
        # The person of these tests is to be called, in the evening: every message needs a reason.
        return self.post(f"{place}/{act}", self.fields(place) | {"override": "agreed"} | form)


@dataclass(frozen=True)
class World:
    engine: Engine
    settings: Settings
    clock: Clock
    app: Starlette
    officers: dict[str, Credentials]
    folder: Path

    def browser(self) -> Browser:
        return Browser(self.app)

    def signed_in(self, who: str) -> Browser:
        """Signed in without the door, which takes a new code each time."""
        with transaction(self.engine) as session:
            officer = session.scalars(select(Officer).where(Officer.login == who)).one()
            cookie = start_session(session, officer.id, self.clock(), None)
        return Browser(self.app, {"console": cookie})

    def code(self, who: str) -> str:
        return code_at(self.officers[who].totp_secret, self.clock())

    def sign_in(self, who: str = "anna") -> Browser:
        browser = self.browser()
        answer = self.try_sign_in(browser, who)
        assert answer.status_code == 303, answer.text
        return browser

    def try_sign_in(self, browser: Browser, who: str, **instead: str) -> httpx.Response:
        form = {"login": who, "password": self.officers[who].password, "code": self.code(who)}
        return browser.post("/login", form | instead)


def make_world(
    folder: Path, *, demo: bool = False, secure: bool = False, catalogue: Catalogue | None = None
) -> World:
    folder.mkdir(exist_ok=True)
    settings = _settings(folder, demo, secure)
    database, officers = _first()
    engine = copied(database, settings.database_url)
    clock = Clock()
    app = create_app(settings, engine, catalogue=catalogue or make_catalogue(folder), clock=clock, passwords=QUICK)
    return World(engine, settings, clock, app, dict(officers), folder)


@cache
def _first() -> tuple[bytes, Mapping[str, Credentials]]:
    """The database that every world begins with, and its officers."""
    return made_once(_fill)


def _fill(engine: Engine) -> Mapping[str, Credentials]:
    with transaction(engine) as session:
        ensure_offices(session, [BANGKOK, MAE_SOT], CONSOLE_KEY)
        send(session, _settings(Path(), demo=False, secure=False))
        send(session, _settings(Path(), demo=False, secure=False), FOREIGN, MAE_SOT)
        return {
            login: new_officer(session, login, office, language=language)
            for login, office, language in (
                ("anna", BANGKOK, "en"),
                ("ben", BANGKOK, "en"),
                ("far", MAE_SOT, "en"),
                ("parisa", BANGKOK, "fa"),
            )
        }


def new_officer(
    session: Session, login: str, office: str, *, role: Role = Role.OFFICER, language: str = "en"
) -> Credentials:
    """An officer, named as they sign in."""
    return add_officer(
        session,
        CONSOLE_KEY,
        QUICK,
        login=login,
        display_name=login.title(),
        office_id=office,
        language=language,
        at=START,
        role=role,
    )


def visible(text: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def add_roles(world: World) -> None:
    """An officer of each role but `officer` at Bangkok, called as the role."""
    with transaction(world.engine) as session:
        for role in set(Role) - {Role.OFFICER}:
            world.officers[role] = new_officer(session, role, BANGKOK, role=role)


def send(
    session: Session, settings: Settings, reference: str = REFERENCE, office: str = BANGKOK, **content: Any
) -> Person:
    person = add_person(session, reference)
    whole = {
        "outcome": "COUNSELLOR",
        "reasons": ["fear"],
        "routes": [],
        "flags": ["child", "priority"],
        "to_check": [],
        "answers": {"age": "adult", "country_now": "TH", "fear_of_return": "unsure"},
        "adults": 2,
        "children": 1,
        "contact": {"way": "call", "number": "+66 2 343 9300", "time": "evening", "style": []},
        "criteria_version": "2026-11-22",
        "needs": ["interpreter"],
    }
    effect = {"effect": "refer", "office": office, "reference": reference, "content": whole | content}
    assert apply_referral(session, settings, person, effect, WORDING, START)
    return person


def _settings(folder: Path, demo: bool, secure: bool) -> Settings:
    return settings_of(folder, BOT_DEMO=str(int(demo)), BOT_SECURE_COOKIES=str(int(secure)))
