"""What dies beside the turns: in the purge, an apology, a receipt, a migration, a backup."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from chaos_nursery import Life
from chaos_people import STAYS, Writer, writers
from chaos_points import ELSEWHERE, POINTS
from chaos_world import World, waited_for
from sqlalchemy import func, select, update

from bot.store.database import transaction
from bot.store.models import Incoming, Outgoing, Person, PurgeMark, Referral, Table
from bot.store.purge_mark import LEAP

pytestmark = pytest.mark.network
KILLED = -9


def dies(world: World, life: Life) -> None:
    world.live(life, ready=False)
    assert world.nursery.ended() == KILLED, life
    world.kills += 1


def rows(world: World, table: Any, *where: Any) -> int:
    with transaction(world.database) as session:
        return session.scalar(select(func.count(table.id)).where(*where)) or 0


def test_there_are_enough_points() -> None:
    assert len(POINTS) >= 25
    assert set(POINTS) > ELSEWHERE


def test_a_purge_that_dies_is_done_again_and_takes_no_more(world: World) -> None:
    """Who asked an office for help stays known to it, without what was said; the others go."""
    world.live()
    world.bring(writers(8))
    waits = Writer("P00100", "telegram", "5559999", STAYS, ("P00100/00", "P00100/01 erase"))
    world.bring([waits])
    world.settle()
    world.kill()
    asked = rows(world, Referral, Referral.open.is_(True))
    assert rows(world, Person) > asked > 0
    with transaction(world.database) as session:  # the two days are waited for as a leap has to be
        session.execute(update(PurgeMark).values(waited=LEAP.total_seconds()))
    for point in ("in_purge", "in_purge_of_talk"):
        dies(world, Life(die_at=point, days=2))
    assert rows(world, Person) > asked  # what was begun was not committed
    world.live(Life(days=2))
    waited_for(lambda: rows(world, Person) == asked)
    waited_for(lambda: rows(world, Person, Person.state.is_not(None)) == 0)
    assert rows(world, Referral, Referral.open.is_(True)) == asked
    assert rows(world, Incoming, Incoming.status != "done") == 0


def test_an_apology_that_dies_is_said_once(world: World) -> None:
    world.engine.failing = True
    writer = Writer("P00001", "whatsapp", "TH.1000000000000001", STAYS, ("P00001/00",))
    world.live(Life(die_at="in_apology", patience=0.2), ready=False)
    world.bring([writer])
    assert world.nursery.ended() == KILLED
    world.live(Life(patience=0.2))
    waited_for(lambda: world.platforms.graph.sent)
    world.engine.failing = False
    world.settle()
    assert len(world.platforms.graph.sent) == 2  # the apology and the answer
    with transaction(world.database) as session:
        assert session.scalars(select(Outgoing.status)).all() == ["sent", "sent"]


def test_a_receipt_that_dies_is_noted_when_it_comes_again(world: World) -> None:
    writer = Writer("P00001", "whatsapp", "TH.1000000000000001", STAYS, ("P00001/00",))
    graph = world.platforms.graph
    world.live(Life(die_at="in_receipt"))
    world.bring([writer])
    world.settle()
    body, headers = graph.signed(graph.batch(statuses=[graph.status(graph.sent[0], "read")]))

    def bring() -> int:
        try:
            return world.client.post(f"{world.address}/whatsapp", content=body, headers=headers).status_code
        except Exception:  # noqa: BLE001 - whatever a client says of a peer that died
            return 0

    assert bring() != 200
    assert world.nursery.ended() == KILLED
    world.live()
    assert [bring(), bring()] == [200, 200]
    with transaction(world.database) as session:
        assert session.scalars(select(Outgoing.reached)).all() == ["read"]


@pytest.mark.parametrize("times", [1, 4, 10])
def test_a_migration_that_dies_is_made_again_from_where_it_was(world: World, times: int) -> None:
    for left in world.home.glob("bot.sqlite3*"):
        left.unlink()
    world.database.dispose()
    dies(world, Life("migration", "in_migration", times))
    world.live(Life("migration"), ready=False)
    assert world.nursery.ended() == 0
    with world.database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_a_backup_that_dies_leaves_nothing_that_looks_like_one(world: World) -> None:
    for point in ("in_backup_copy", "in_backup_seal"):
        dies(world, Life("backup", point))
        assert not (world.home / "one.sealed").exists()
    world.live(Life("backup"), ready=False)
    assert world.nursery.ended() == 0
    assert (world.home / "one.sealed").stat().st_size > 0
    assert not [*world.home.glob(".snapshot*"), *world.home.glob("*.unfinished")]
