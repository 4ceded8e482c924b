"""How every worker works: again and again, and through any fault, of which only the kind is ever logged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio
import structlog

from bot.conversation.bell import WorkBell

T = TypeVar("T")
R = TypeVar("R")
log = structlog.get_logger(__name__)


async def work(
    name: str, once: Callable[[], Awaitable[object]], *, every: float, bell: WorkBell | None = None
) -> None:
    """Call `once` for ever: at once again while it gives something true, else at a ring or after `every` seconds.

    A fault (the database is away, say) is logged and tried again; its words are not, for they may be a person's.
    """
    bell = bell or WorkBell()
    while True:
        unheard = bell.unheard
        try:
            busy = await once()
        except Exception as error:  # noqa: BLE001 - a worker outlives every fault
            log.error("worker.fault", worker=name, error=whereabouts(error))  # noqa: TRY400
            busy = False
        if not busy:
            await bell.heard(unheard, every)


async def work_beside(
    name: str,
    claim: Callable[[int], Awaitable[Sequence[T]]],
    do: Callable[[T], Awaitable[bool]],
    *,
    hands: int,
    every: float,
    bell: WorkBell,
) -> None:
    """For ever: claim as many pieces of work as hands are free, and do each beside the others.

    A hand whose piece gave False, or a fault, rests for `every` seconds: it is no use to hurry. When there is no
    more to claim, it is looked for at a ring, or after `every` seconds: a piece that leaves another behind it
    rings. Faults are logged as by `work`.
    """
    free, more = hands, False

    async def use_hand(piece: T) -> None:
        nonlocal free
        if not await _careful(name, do, piece):
            await anyio.sleep(every)
        free += 1
        if more:
            bell.ring()

    async with anyio.create_task_group() as busy:
        while True:
            unheard, asked = bell.unheard, free
            pieces = (await _careful(name, claim, asked) or ()) if asked else ()
            free -= len(pieces)
            for piece in pieces:
                busy.start_soon(use_hand, piece)
            more = len(pieces) == asked  # all that was asked for: there may be more, for the next free hand
            if not (more and free):
                await bell.heard(unheard, every)


async def _careful(name: str, act: Callable[[T], Awaitable[R]], on: T) -> R | None:
    try:
        return await act(on)
    except Exception as error:  # noqa: BLE001 - a worker outlives every fault
        log.error("worker.fault", worker=name, error=whereabouts(error))  # noqa: TRY400
        return None


def whereabouts(error: BaseException) -> str:
    """The kind of `error` and the last three places it came through, without its words."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join((type(error).__name__, *frames[-3:]))
