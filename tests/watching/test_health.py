"""`/healthz` says that the process lives; `/readyz` names each part that it needs and how it is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from gateway_rig import Gateway, new_gateway, stamp
from sqlalchemy import text

from bot.conversation.means import Means
from bot.gateway import create_gateway
from bot.store.database import open_database
from bot.store.schema import Schema, schema_of
from bot.watching.health import STUCK_SECONDS, Health

WELL = {"database": "ok", "engine": "ok", "outbox": "ok"}


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        stamp(made.means.database)
        yield made


def parts(gateway: Gateway, *, engine: bool = True) -> dict[str, str]:
    return dict(Health(gateway.means.database, gateway.clock, lambda: engine).parts())


async def asked(means: Means, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(create_gateway(means).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
        return await client.get(path)


def test_each_part_that_is_not_well_is_named(gateway: Gateway) -> None:
    assert parts(gateway) == WELL
    assert parts(gateway, engine=False) == {**WELL, "engine": "away"}


@pytest.mark.network
def test_an_engine_that_is_away_is_503_and_the_process_still_lives(gateway: Gateway) -> None:
    ready = asyncio.run(asked(gateway.means, "/readyz"))
    assert (ready.status_code, ready.json()) == (503, {**WELL, "engine": "away"})
    assert asyncio.run(asked(gateway.means, "/healthz")).status_code == 200


def test_a_message_that_nobody_sends_is_a_stuck_outbox_and_one_tried_again_is_not(
    gateway: Gateway,
) -> None:
    async def say() -> None:
        await gateway.bring("hello")
        await gateway.take_all()

    asyncio.run(say())
    gateway.clock.forward(seconds=STUCK_SECONDS)
    assert parts(gateway) == WELL
    gateway.clock.forward(seconds=1)
    assert parts(gateway) == {**WELL, "outbox": "stuck"}
    gateway.channel.errors.append(ConnectionError())
    asyncio.run(gateway.outbox.send_one())
    assert parts(gateway) == WELL
    asyncio.run(gateway.send_all())
    gateway.clock.forward(hours=1)
    asyncio.run(gateway.send_all())
    assert parts(gateway) == WELL


@pytest.mark.network
def test_a_database_is_behind_ahead_or_away(gateway: Gateway, tmp_path: Path) -> None:
    database = gateway.means.database
    for revision, said in (("0007", Schema.OLD), ("9999", Schema.NEWER)):
        with database.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        assert parts(gateway)["database"] == said
    with database.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert parts(gateway) == {"database": "not migrated", "engine": "ok", "outbox": "unknown"}
    (tmp_path / "no.sqlite3").mkdir()
    lost = open_database(f"sqlite:///{tmp_path / 'no.sqlite3'}")
    assert schema_of(lost) is Schema.AWAY
    ready = asyncio.run(asked(replace(gateway.means, database=lost), "/readyz"))
    assert (ready.status_code, ready.json()["database"], ready.json()["outbox"]) == (503, "away", "unknown")
    lost.dispose()
