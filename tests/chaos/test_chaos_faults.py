"""What the gateway stands on goes away and comes back: nothing is lost, the person is told, nobody has to help."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing

import pytest
from chaos_nursery import Life
from chaos_people import STAYS, Writer, writers
from chaos_world import World, waited_for

pytestmark = pytest.mark.network
AWAY = 2.0  # seconds


def people(count: int) -> list[Writer]:
    """People who stay, on both messengers."""
    return [one for one in writers(4 * count) if one.ends == STAYS][:count]


@pytest.mark.parametrize(
    "away",
    [
        ["engine"],
        ["actions"],
        ["telegram", "whatsapp"],
        ["engine", "telegram", "whatsapp"],
        ["actions", "whatsapp"],
        ["engine", "database"],
        ["database", "telegram", "whatsapp"],
    ],
    ids=" and ".join,
)
def test_what_is_away_for_a_while_loses_nothing(world: World, away: Sequence[str]) -> None:
    world.live()
    held = sqlite3.connect(world.home / "bot.sqlite3", isolation_level=None)
    with closing(held), world.writing(people(6)):
        waited_for(lambda: world.log.acknowledged)
        world.engine.failing = "actions" in away
        if "database" in away:
            held.execute("BEGIN IMMEDIATE")
        for name in set(away) & world.servers.keys():
            world.servers[name].stop()
        time.sleep(AWAY)
        world.engine.failing = False
        if "database" in away:
            held.execute("ROLLBACK")
        for name in set(away) & world.servers.keys():
            world.servers[name].start()
    world.settle()
    found = world.found()
    assert found.wrong == []
    assert found.doubles == 0


def test_a_person_is_told_within_ten_seconds_that_the_engine_is_away(world: World) -> None:
    world.servers["engine"].stop()
    world.live()
    world.bring([Writer("P00001", "whatsapp", "TH.1000000000000001", STAYS, ("P00001/00",))])
    began = time.monotonic()
    waited_for(lambda: world.platforms.graph.sent)
    assert time.monotonic() - began <= 10 + 3  # a busy machine may be late
    world.servers["engine"].start()
    waited_for(lambda: len(world.platforms.graph.sent) == 2)


def test_a_database_that_is_locked_for_five_seconds_only_makes_people_wait(world: World) -> None:
    world.live()
    with closing(sqlite3.connect(world.home / "bot.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with world.writing(people(6)):
            time.sleep(5)
            assert world.answers()
            assert world.log.acknowledged == []
            other.execute("ROLLBACK")
    world.settle()
    assert world.found().wrong == []
    assert world.log.again == 0


def test_what_does_not_fit_on_a_full_disk_is_not_acknowledged_and_comes_again(world: World) -> None:
    with closing(sqlite3.connect(world.home / "bot.sqlite3")) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
    world.live(Life(pages=pages + 4))
    with world.writing(people(12)):
        waited_for(lambda: world.log.again > 10)
        assert world.answers()
        world.kill()
        world.live()
    world.settle()
    assert world.found().wrong == []


def test_a_stop_with_two_hundred_deliveries_under_way_loses_none(world: World) -> None:
    world.live()
    with world.writing(people(25), at_once=200):
        waited_for(lambda: len(world.log.acknowledged) > 20)
        assert world.kill(signal.SIGTERM) in {0, -signal.SIGTERM}
        world.live()
    world.settle()
    found = world.found()
    assert found.wrong == []
    assert found.doubles == 0
    assert "Traceback" not in world.logged()
