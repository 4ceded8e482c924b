"""The core of the store on a PostgreSQL of its own, where several write at once; other tests have SQLite."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from gateway_rig import START, Gateway
from postgresql_world import CONSOLE_KEY, OFFICE, count, send
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from bot.console.app import create_app
from bot.console.sessions import start_session
from bot.conversation.purge import KEPT, Purge
from bot.referrals import lifecycle
from bot.referrals.queue import SORTS, TABS, Wish, list_referrals
from bot.store.database import MIGRATIONS, open_database, transaction
from bot.store.models import Consent, Office, Officer, Person, Referral, ReferralEvent, Table

pytestmark = pytest.mark.network  # it listens on a socket file alone


def test_migrations_go_up_down_and_up_and_make_the_models_tables(url: str) -> None:
    engine = open_database(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    for go, version in ((command.downgrade, "base"), (command.upgrade, "head")):
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            go(config, version)
            if version == "base":
                assert inspect(connection).get_table_names() == ["alembic_version"]
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Table.metadata)
    engine.dispose()
    assert differences == []


def test_every_page_of_the_queue_is_shown(gateway: Gateway) -> None:
    send(gateway, [f"AAAA-{number}" for number in range(60)], flags=["unhcr"])
    send(gateway, ["BBBB-1"], flags=["child"])
    later = START + timedelta(days=30)
    with transaction(gateway.means.database) as session:
        cookie = start_session(session, 1, later, None)
    settings = replace(gateway.means.settings, console_key=CONSOLE_KEY)
    app = create_app(settings, gateway.means.database, clock=lambda: later)

    async def ask(path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://console") as client:
            return await client.get(path, headers={"cookie": f"console={cookie}"})

    paths = [f"/?tab={tab}&sort={sort}" for tab in TABS for sort in SORTS]
    paths += ["/?tab=new&flag=child&language=en", "/queue/changes?since=1", "/referrals/BBBB-1", "/healthz"]
    assert {path: asyncio.run(ask(path)).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert asyncio.run(ask("/search?reference=bbbb-1")).status_code == 303
    page = asyncio.run(ask("/?tab=overdue")).text
    assert page.index("BBBB-1") < page.index("AAAA-59")
    with Session(gateway.means.database) as session:
        officer, wish, after, seen = session.get_one(Officer, 1), Wish("overdue", "due"), None, set()
        while True:
            found = list_referrals(session, officer, wish, later, after)
            seen |= {one.id for one in found.referrals}
            if (after := found.after) is None:
                break
    assert len(seen) == 61


def test_what_is_over_goes(gateway: Gateway) -> None:
    send(gateway, ["AAAA-2222", "BBBB-2222"])
    with transaction(gateway.means.database) as session:
        officer = session.get_one(Officer, 1)
        lifecycle.accept(session, 1, officer, "1", START)
        lifecycle.close(session, 1, officer, "helped", "2", START)
    asyncio.run(gateway.talk("hello"))
    purge = Purge(gateway.means)
    assert purge.forget(START + KEPT) > 0
    assert [person.id for person in gateway.rows(Person)] == [2]  # who waits for an office
    with Session(gateway.means.database) as session:
        kept = timedelta(days=session.get_one(Office, OFFICE).kept_days)
    assert purge.forget_referrals(START + kept - timedelta(seconds=1)) == 0
    assert purge.forget_referrals(START + kept) == 1
    assert [count(gateway, table) for table in (Referral, Consent)] == [1, 1]
    assert {row.referral_id for row in gateway.rows(ReferralEvent)} == {2}
