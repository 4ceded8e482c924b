"""An installation in a folder: its secrets, its database with a talk and a referral, its key of backups."""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from copied_database import copied, made_once
from gateway_rig import Gateway, new_gateway
from nacl.public import PrivateKey
from sqlalchemy import Engine
from turns import says

from bot.console.kept_settings import kept_settings
from bot.conversation.means import Means
from bot.processes.secrets_file import ensure_secrets
from bot.referrals.offices import ensure_offices
from bot.settings import ROOT, Settings
from bot.store.database import open_database, transaction

CONSOLE_KEY = b"c" * 32
PRIVATE = PrivateKey(b"p" * 32)
KEYS = {"BOT_FIELD_KEY": b"f" * 32, "BOT_LOOKUP_KEY": b"l" * 32, "BOT_CONSOLE_KEY": CONSOLE_KEY}
DELIVERIES = count(1000, 1000)  # so that no rig brings what another brought
CONTENT = {
    "outcome": "COUNSELLOR",
    "answers": {"age": "adult", "country_now": "TH"},
    "criteria_version": "2026-11-22",
    "contact": {"way": "call", "number": "+66 2 343 9300", "time": "any", "style": []},
}
REFER = {"effect": "refer", "office": "TH-BKK", "reference": "K7PM-2QXD", "content": CONTENT}


@dataclass(frozen=True)
class Installation:
    """`home` is BOT_HOME; `environ` is what a command finds in its environment."""

    home: Path

    @property
    def environ(self) -> Mapping[str, str]:
        return {"BOT_HOME": str(self.home), "BOT_GATEWAY_PORT": "47311", "BOT_CONSOLE_PORT": "47312"}

    @property
    def secrets(self) -> Path:
        return self.home / "secrets.env"

    @property
    def database(self) -> Path:
        return self.home / "bot.sqlite3"

    def settings(self) -> Settings:
        return kept_settings(self.environ, console=True)

    def open(self) -> Engine:
        return open_database(self.settings().database_url)


def installed(home: Path) -> Installation:
    """Secrets, and an empty database with two offices, as `bot run` makes them."""
    home.mkdir(parents=True, exist_ok=True)
    encoded = {name: base64.b64encode(key).decode() for name, key in KEYS.items()}
    (home / "secrets.env").write_text("".join(f"{name}={value}\n" for name, value in encoded.items()))
    ensure_secrets(home / "secrets.env", {}, None)
    made = Installation(home)
    copied(_first(), made.settings().database_url).dispose()
    return made


@cache
def _first() -> bytes:
    """The database that every installation begins with."""
    return made_once(_fill)[0]


def _fill(engine: Engine) -> None:
    with transaction(engine) as session:
        ensure_offices(session, ["TH-BKK", "TH-MSO"], CONSOLE_KEY)


class Rigged:
    """The gateway rig over the database of an installation."""

    def __init__(self, made: Installation) -> None:
        self._made = made
        self._rig = new_gateway(Path(mkdtemp(prefix="rig", dir=made.home.parent)))

    def __enter__(self) -> Gateway:
        rig = self._rig.__enter__()
        rig.means.database.dispose()
        kept = self._made.settings()
        settings = replace(
            rig.means.settings,
            home=kept.home,
            database_url=kept.database_url,
            field_key=kept.field_key,
            lookup_key=kept.lookup_key,
        )
        means: Means = replace(rig.means, settings=settings, database=self._made.open())
        self._gateway = replace(
            rig,
            means=means,
            inbox=replace(rig.inbox, means=means),
            dialogue=replace(rig.dialogue, means=means),
            outbox=replace(rig.outbox, means=means),
            deliveries=next(DELIVERIES),
        )
        return self._gateway

    def __exit__(self, *_: object) -> None:
        self._gateway.means.database.dispose()
        self._rig.__exit__(None, None, None)


def talked(home: Path) -> Installation:
    """An installation with two people: `a` sent a referral, `b` is in the middle of a talk."""
    one = installed(home)
    with Rigged(one) as gateway:
        asyncio.run(refer(gateway))
        gateway.engine.answer = says("ask_age")
        asyncio.run(gateway.talk("somebody else", address="b"))
    return one


async def refer(gateway: Gateway) -> None:
    """A person's talk, with a referral at its end."""
    gateway.engine.answer = says("ask_consent", state={"slots": {"age": "adult"}})
    await gateway.talk("hello")
    gateway.engine.answer = says("ask_age", do=[REFER], state={"slots": {"age": "adult"}})
    await gateway.press("Yes, send it")


def run_killed_at(step: str, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `script`, whose function `step(name)` kills the process without a word when it is told this step."""
    prelude = (
        f"import os, signal, sys\ndef step(name):\n    if name == {step!r}: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", prelude + script, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
