"""How every worker works: again and again, and through any fault, of which only the kind is ever logged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from bot.conversation.bell import WorkBell

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


def whereabouts(error: BaseException) -> str:
    """The kind of `error` and the last three places it came through, without its words."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join((type(error).__name__, *frames[-3:]))
