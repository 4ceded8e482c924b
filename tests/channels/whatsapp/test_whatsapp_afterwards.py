"""What is done after a delivery: each piece waits from when it came, so many waits are no longer than one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.channels.whatsapp.afterwards import Afterwards


class Time:
    """A clock that goes only while somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)


def run_until(enough: Callable[[], bool], run: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def scene() -> None:
        async with asyncio.timeout(10):
            running = asyncio.create_task(run())
            while not enough():  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0)
            running.cancel()

    asyncio.run(scene())


def test_each_waits_from_when_it_came() -> None:
    time, done = Time(), list[tuple[float, int]]()

    async def do(item: int) -> None:
        done.append((time.at, item))

    later = Afterwards[int]("test", do, after=2.0, hands=20, now=time, sleep=time.sleep)
    for item in range(100):
        later.put(item)
    time.at = 0.5
    later.put(100)
    run_until(lambda: len(done) == 101, later.run)
    assert sorted(done) == [*((2.0, item) for item in range(100)), (2.5, 100)]
    assert time.slept == [1.5, 0.5]


def test_no_more_at_once_than_hands_and_one_alone_keeps_the_order() -> None:
    for hands in (1, 3):
        busy, most, done = 0, 0, list[int]()

        async def do(item: int, done: list[int] = done) -> None:
            nonlocal busy, most
            busy += 1
            most = max(most, busy)
            await asyncio.sleep(0)
            busy -= 1
            done.append(item)

        soon = Afterwards[int]("test", do, hands=hands)
        for item in range(20):
            soon.put(item)
        run_until(lambda done=done: len(done) == 20, soon.run)  # type: ignore[misc]
        assert most == hands
        assert sorted(done) == list(range(20))
        assert hands > 1 or done == list(range(20))


def test_with_too_much_the_oldest_is_left_out() -> None:
    async def do(_: int) -> None:
        pytest.fail("nothing runs")

    few = Afterwards[int]("test", do, most=3)
    for item in range(5):
        few.put(item)
    assert asyncio.run(few.due(9)) == [2, 3, 4]


def test_one_that_fails_fails_no_other() -> None:
    done: list[int] = []

    async def do(item: int) -> None:
        if item == 0:
            raise RuntimeError
        done.append(item)

    later = Afterwards[int]("test", do, hands=2)
    for item in range(5):
        later.put(item)
    run_until(lambda: len(done) == 4, later.run)
    assert done == [1, 2, 3, 4]
