"""Nothing is lost and nothing is done twice, whenever the gateway is killed and wherever it dies."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from threading import Event

import pytest
from chaos_nursery import Life
from chaos_people import Writer, writers
from chaos_points import IN_TURNS
from chaos_world import World

pytestmark = pytest.mark.network
KILLED = -9
OUTBOX_WORKERS = 4  # each may hold one bubble that was sent and not yet noted when the process dies
PEOPLE = 24  # 216 messages; `make chaos` has more


def test_nothing_is_lost_or_doubled_under_kills_at_random(world: World) -> None:
    world.live()
    chance, ending = random.Random(11), Event()

    def all_of_them() -> Iterator[Writer]:
        yield from writers(PEOPLE)
        ending.set()

    with world.writing(all_of_them()):
        while not ending.is_set():
            time.sleep(chance.uniform(0.1, 0.5))
            world.kill()
            world.live()
    world.settle()
    found = world.found()
    assert found.wrong == []
    assert world.kills >= 3
    assert found.doubles <= OUTBOX_WORKERS * world.kills


def test_a_gateway_dies_at_every_point_and_nothing_is_lost_or_doubled(world: World) -> None:
    """People write all the time; each life has another point before it, and the next goes on where it ended."""
    reached = Event()

    def without_end() -> Iterator[Writer]:
        number = 0
        while not reached.is_set():
            yield from writers(1, number)
            number += 1

    with world.writing(without_end(), at_once=8):
        for point in IN_TURNS:
            world.live(Life(die_at=point, times=2), ready=False)
            assert world.nursery.ended() == KILLED, point
            world.kills += 1
        reached.set()
        world.live()
    world.settle()
    found = world.found()
    assert found.wrong == []
    assert found.referrals > 0
    assert found.doubles <= OUTBOX_WORKERS * world.kills
    assert "Traceback" not in world.logged()
