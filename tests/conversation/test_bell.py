"""A ring brings one worker, and none of those that look at that moment misses it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.conversation.bell import WorkBell
from bot.conversation.working import work, work_beside

LONG = 60.0  # seconds: no test waits for it


class Work:
    """Workers over one bell, that note each look and take what there is."""

    def __init__(self) -> None:
        self.bell, self.waiting, self.looks, self.taken = WorkBell(), 0, 0, 0
        self.before_answer: Callable[[], None] = lambda: None

    async def once(self) -> bool:
        self.looks += 1
        found = self.waiting > 0
        self.waiting -= found
        self.taken += found
        self.before_answer()
        return found

    def comes(self) -> None:
        self.waiting += 1
        self.bell.ring()

    def scene(self, workers: int, act: Callable[[], Awaitable[None]], every: float = LONG) -> None:
        async def play() -> None:
            tasks = [
                asyncio.create_task(work("test", self.once, every=every, bell=self.bell)) for _ in range(workers)
            ]
            await asyncio.sleep(0.01)
            await act()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run(play())


def test_one_of_several_idle_workers_comes() -> None:
    some = Work()

    async def act() -> None:
        assert some.looks == 4  # each once, at the start
        some.comes()
        await asyncio.sleep(0.01)

    some.scene(4, act)
    assert (some.taken, some.looks) == (1, 6)  # the one that came looked until there was nothing


def test_as_many_come_as_rings() -> None:
    some = Work()

    async def act() -> None:
        for _ in range(4):
            some.comes()
        await asyncio.sleep(0.01)

    some.scene(4, act)
    assert (some.taken, some.waiting) == (4, 0)


def test_what_comes_while_the_only_worker_looks_is_not_missed() -> None:
    some = Work()

    def comes_too_late() -> None:
        some.before_answer = lambda: None
        some.comes()

    some.before_answer = comes_too_late
    some.scene(1, lambda: asyncio.sleep(0.01))
    assert (some.taken, some.waiting) == (1, 0)


def test_without_a_ring_a_worker_looks_now_and_then() -> None:
    some = Work()

    async def act() -> None:
        some.waiting = 1  # of another process, which rings no bell here
        await asyncio.sleep(0.1)

    some.scene(1, act, every=0.02)
    assert some.taken == 1


def test_a_worker_that_came_by_itself_is_not_rung_for_in_vain() -> None:
    some = Work()

    async def act() -> None:
        await asyncio.sleep(0.1)
        some.comes()
        await asyncio.sleep(0.01)

    some.scene(1, act, every=0.02)
    assert some.taken == 1


async def hands_at_work(some: Work, act: Callable[[], Awaitable[None]], hands: int, every: float = LONG) -> int:
    """The most pieces that were done beside one another, each of which is done when `some.before_answer` says."""
    busy = most = 0

    async def claim(free: int) -> list[int]:
        some.looks += 1
        pieces = min(free, some.waiting)
        some.waiting -= pieces
        return [1] * pieces

    async def do(piece: int) -> bool:
        nonlocal busy, most
        busy += piece
        most = max(most, busy)
        await asyncio.sleep(0.01)
        busy -= piece
        some.taken += piece
        some.before_answer()
        return True

    task = asyncio.create_task(work_beside("test", claim, do, hands=hands, every=every, bell=some.bell))
    await act()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return most


def test_hands_take_as_many_pieces_at_once_as_there_are_hands_and_all_in_the_end() -> None:
    some = Work()
    some.waiting = 10
    assert asyncio.run(hands_at_work(some, lambda: asyncio.sleep(0.5), hands=4)) == 4
    assert (some.taken, some.waiting) == (10, 0)


def test_a_piece_that_fails_frees_its_hand_after_a_rest() -> None:
    some = Work()
    some.waiting = 3

    def fail() -> None:
        raise RuntimeError("a body with words")

    some.before_answer = fail
    assert asyncio.run(hands_at_work(some, lambda: asyncio.sleep(0.5), hands=1, every=0.01)) == 1
    assert (some.taken, some.waiting) == (3, 0)


def test_a_hand_is_free_for_what_comes_while_another_is_busy() -> None:
    some = Work()

    async def act() -> None:
        await asyncio.sleep(0.01)
        some.comes()
        await asyncio.sleep(0.005)
        some.comes()
        await asyncio.sleep(0.3)

    asyncio.run(hands_at_work(some, act, hands=2))
    assert some.taken == 2
