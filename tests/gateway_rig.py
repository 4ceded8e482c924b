"""A gateway without a network: its own database, a small domain, an engine that says what a test wants."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from nacl.public import PrivateKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from turns import FakeEngine, Recorder

from bot.channels.channel import Arrival, Content, Pressed, Text
from bot.conversation.choosing import load_choice_words
from bot.conversation.claims import TAKEABLE
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.leaving import load_exit_words
from bot.conversation.letters import SENDABLE
from bot.conversation.means import Means
from bot.conversation.outbox import Outbox
from bot.conversation.screen import Screen
from bot.conversation.speaking import bubble_from, read_screen
from bot.language.catalogue import load_catalogue
from bot.referrals import intake
from bot.settings import ROOT, Settings
from bot.store.database import MIGRATIONS, open_database, transaction
from bot.store.models import Office, Outgoing, Person, Table
from bot.store.sealing import unseal

WORDS = Path(__file__).parent / "gateway_words"
START = datetime(2026, 3, 1, 9, 0, 0)  # noqa: DTZ001 - as the tables keep it


@dataclass
class Clock:
    """A clock that goes only when it is told to."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **delta: float) -> None:
        self.at += timedelta(**delta)


@dataclass
class Gateway:
    """Everything between a channel and the engine, and the shortest way to use it."""

    means: Means
    inbox: Inbox
    dialogue: Dialogue
    outbox: Outbox
    engine: FakeEngine
    channel: Recorder
    clock: Clock
    deliveries: int = 0

    async def bring(self, content: Content | str, *, address: str = "a", delivery: str | None = None) -> bool:
        self.deliveries += 1
        content = Text(content) if isinstance(content, str) else content
        return await self.inbox.receive("test", Arrival(address, delivery or str(self.deliveries), content))

    async def take_all(self) -> None:
        while await self.dialogue.take_one():
            pass

    async def send_all(self) -> None:
        while await self.outbox.send_one():
            pass

    async def talk(self, content: Content | str, *, address: str = "a") -> list[str]:
        """Bring a message, take it, and send what comes of it; the texts that came."""
        before = len(self.channel.sent)
        await self.bring(content, address=address)
        await self.take_all()
        await self.send_all()
        return [bubble.text for _, bubble in self.channel.sent[before:]]

    async def press(self, title: str, *, address: str = "a") -> list[str]:
        return await self.talk(Pressed(self.button(title, address=address)), address=address)

    def button(self, title: str, *, address: str = "a") -> str:
        screen = self.screen(address)
        return next(key for key, shown in screen.choices.items() if shown.title == title)

    def screen(self, address: str = "a") -> Screen:
        return read_screen(self.means, self.person(address).screen)

    def person(self, address: str = "a") -> Person:
        found = self.find(address)
        assert found is not None
        return found

    def find(self, address: str = "a", channel: str = "test") -> Person | None:
        key = self.inbox.address_key(channel, address)
        with Session(self.means.database) as session:
            return session.scalar(select(Person).where(Person.address_key == key))

    def state(self, address: str = "a") -> Any:
        sealed = self.person(address).state
        return unseal(self.means.settings.field_key, sealed) if sealed else None

    def queued(self) -> list[tuple[str, str]]:
        """Status and text of all that is or was to be sent, in order."""
        with Session(self.means.database) as session:
            rows = session.scalars(select(Outgoing).order_by(Outgoing.id)).all()
            return [(row.status, self.text_of(row)) for row in rows]

    def text_of(self, row: Outgoing) -> str:
        if row.content is None:
            return ""
        content = unseal(self.means.settings.field_key, row.content)
        if "wipe" in content:
            return ""
        return bubble_from(content["bubble"]).text if content["bubble"] else content["own"]["text"]

    def rows(self, table: Any) -> list[Any]:
        with Session(self.means.database) as session:
            return list(session.scalars(select(table).order_by(table.id)).all())


def settings_in(home: Path) -> Settings:
    """Settings for a gateway whose files are all in `home`."""
    return Settings(
        home=home,
        database_url=f"sqlite:///{home / 'test.sqlite3'}",
        demo=True,
        field_key=b"f" * 32,
        lookup_key=b"l" * 32,
        console_key=None,
        turn_secret="turn-secret",
        action_secret="action-secret",
        turn_url="http://127.0.0.1:1",
        action_port=1,
        gateway_host="127.0.0.1",
        gateway_port=1,
        console_host="127.0.0.1",
        console_port=1,
        languages=(),
        secure_cookies=False,
    )


def words_in(home: Path) -> Path:
    """A project folder with a domain and a Persian catalogue of the tests' own, over the real criteria."""
    root = home / "words"
    shutil.copytree(WORDS, root)
    shutil.copy(ROOT / "locales" / "languages.yml", root / "locales" / "languages.yml")
    (root / "criteria").symlink_to(ROOT / "criteria")
    return root


def database_of(settings: Settings) -> Engine:
    """A new database with two offices, of which one is switched off."""
    engine = open_database(settings.database_url)
    Table.metadata.create_all(engine)
    with transaction(engine) as session:
        public = bytes(PrivateKey.generate().public_key)
        session.add(Office(id="TH-BKK", public_key=public, private_key=b"sealed", answer_days=3))
        session.add(Office(id="TH-MSO", public_key=public, private_key=b"sealed", active=False))
    return engine


def stamp(database: Engine) -> None:
    """Note that `database`, whose tables are the newest, is the newest: as if it had been migrated."""
    with database.begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory(str(MIGRATIONS)), "head")


@contextmanager
def new_gateway(home: Path, database_url: str | None = None) -> Iterator[Gateway]:
    """A gateway without a network, with all its files in `home`, its database too unless there is another."""
    settings, words = settings_in(home), words_in(home)
    settings = replace(settings, database_url=database_url or settings.database_url)
    clock, channel, engine = Clock(), Recorder(), FakeEngine()
    database = database_of(settings)
    for waiting in (TAKEABLE, SENDABLE):  # of this process, and so of all gateways before
        waiting.crowded = count(1)
    means = Means(
        database=database,
        settings=settings,
        catalogue=load_catalogue(words),
        languages=("en", "fa"),
        exits=load_exit_words(words / "locales", ("en", "fa")),
        places=load_choice_words(words / "locales", ("en", "fa")),
        limits={"test": channel.limits, "web": channel.limits},
        referrals=intake,
        clock=clock,
    )
    yield Gateway(
        means=means,
        inbox=Inbox(means),
        dialogue=Dialogue(means, engine),
        outbox=Outbox(means, {"test": channel}),
        engine=engine,
        channel=channel,
        clock=clock,
    )
    database.dispose()
