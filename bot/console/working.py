"""Beside the message's way: how every worker of the console works: again and again, and through any fault."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from starlette.concurrency import run_in_threadpool

log = structlog.get_logger(__name__)


async def work(name: str, once: Callable[[], object], *, every: float) -> None:
    """Call `once` in a thread for ever, with `every` seconds between; a fault is logged by its kind alone."""
    while True:
        try:
            await run_in_threadpool(once)
        except Exception as error:  # noqa: BLE001 -- the worker outlives every fault
            log.error("worker.fault", worker=name, error=type(error).__name__)  # noqa: TRY400 -- its words may be a person's
        await asyncio.sleep(every)
