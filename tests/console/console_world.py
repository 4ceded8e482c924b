"""The console over a database with two offices, its officers, and a browser without sockets."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
from argon2 import PasswordHasher
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette

from bot.console.app import create_app
from bot.console.officers import Credentials, add_officer
from bot.console.passwords import Passwords, code_at
from bot.console.rights import Role
from bot.console.sessions import start_session
from bot.eligibility import load_offices
from bot.language.catalogue import Catalogue
from bot.language.languages import load_languages
from bot.referrals.intake import apply_referral
from bot.referrals.offices import ensure_offices
from bot.settings import ROOT, Settings, read_settings
from bot.store.database import migrate, open_database, transaction
from bot.store.models import Officer, Person

START = datetime(2026, 11, 23, 9, 0)  # noqa: DTZ001 -- as the tables keep it
CONSOLE_KEY = b"c" * 32
BANGKOK, MAE_SOT = "TH-BKK", "TH-MSO"
REFERENCE, FOREIGN = "K7PM-2QXD", "ZZZZ-9999"
WORDING = "ab" * 32
HERE = {"sec-fetch-site": "same-origin"}
FIELD = re.compile(r'name="(csrf|key)" value="([^"]+)"')

# Weak on purpose: hashing is not what these tests are about, and it would take most of their time.
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

DOMAIN = """
responses:
  label_age: [{text: "Age"}]
  label_country_now: [{text: "Country now"}]
  label_fear_of_return: [{text: "Afraid to go back"}]
  ask_country_now: [{text: "Country now"}]
  ask_fear_of_return: [{text: "Are you afraid?"}]
  reason_fear: [{text: "You may be afraid."}]
  office_name: [{text: "IOM {city}"}]
  office_phrase_read: [{text: "We have read it."}]
  office_phrase_days: [{text: "We need {days} more days."}]
  answer_unsure: [{text: "Not sure"}]
  answer_declined: [{text: "I'd rather not say"}]
  ask_age: &age
  - text: "How old are you?"
    buttons: [{title: "18 or older", payload: '/inform{"answer":"adult"}'}]
  utter_ask_age: *age
"""
PERSIAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgctxt "label_age"
msgid "Age"
msgstr "سن"

msgctxt "office_phrase_read"
msgid "We have read it."
msgstr "آن را خواندیم."

msgctxt "ask_age"
msgid "How old are you?"
msgstr "چند سال دارید؟"

msgctxt "criterion"
msgid "Published words about fear"
msgstr "واژه‌های منتشرشده"
"""


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
    engine = open_database(settings.database_url)
    migrate(engine)
    with transaction(engine) as session:
        ensure_offices(session, [BANGKOK, MAE_SOT], CONSOLE_KEY)
        officers = {
            login: add_officer(
                session,
                CONSOLE_KEY,
                QUICK,
                login=login,
                display_name=login.title(),
                office_id=office,
                language=language,
                at=START,
            )
            for login, office, language in (
                ("anna", BANGKOK, "en"),
                ("ben", BANGKOK, "en"),
                ("far", MAE_SOT, "en"),
                ("parisa", BANGKOK, "fa"),
            )
        }
        send(session, settings)
        send(session, settings, FOREIGN, MAE_SOT)
    clock = Clock()
    app = create_app(settings, engine, catalogue=catalogue or make_catalogue(folder), clock=clock, passwords=QUICK)
    return World(engine, settings, clock, app, officers, folder)


def add_roles(world: World) -> None:
    """An officer of each role but `officer` at Bangkok, called as the role."""
    with transaction(world.engine) as session:
        for role in set(Role) - {Role.OFFICER}:
            world.officers[role] = add_officer(
                session,
                CONSOLE_KEY,
                QUICK,
                login=role,
                display_name=role.title(),
                office_id=BANGKOK,
                language="en",
                at=START,
                role=role,
            )


def send(
    session: Session, settings: Settings, reference: str = REFERENCE, office: str = BANGKOK, **content: Any
) -> Person:
    person = Person(
        channel="web",
        address_key=reference,
        address=b"sealed",
        conversation=reference,
        language="fa",
        created_at=START,
        last_seen_at=START,
    )
    session.add(person)
    session.flush()
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


def make_catalogue(folder: Path) -> Catalogue:
    (folder / "fa" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    (folder / "fa" / "LC_MESSAGES" / "messages.po").write_text(PERSIAN, encoding="utf-8")
    (folder / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    return Catalogue(
        domain=folder / "domain.yml",
        locales=folder,
        languages=load_languages(ROOT / "locales" / "languages.yml"),
        criteria={"fear": "Published words about fear"},
        offices=load_offices(ROOT / "criteria"),
    )


def _settings(folder: Path, demo: bool, secure: bool) -> Settings:
    return read_settings(
        {
            "BOT_HOME": str(folder),
            "BOT_FIELD_KEY": base64.b64encode(b"f" * 32).decode(),
            "BOT_LOOKUP_KEY": base64.b64encode(b"l" * 32).decode(),
            "BOT_CONSOLE_KEY": base64.b64encode(CONSOLE_KEY).decode(),
            "BOT_TURN_SECRET": "turn",
            "BOT_ACTION_SECRET": "action",
            "BOT_OPERATOR": "the operator",
            "BOT_DEMO": str(int(demo)),
            "BOT_SECURE_COOKIES": str(int(secure)),
        },
        console=True,
    )
