"""Beside the message's way: transactions that wait for one another are committed together.

SQLite writes one transaction at a time, and waits for the disk at the end of each, which takes longer than all the
rest. What waits meanwhile goes into the next one, as a whole: the disk is waited for once. PostgreSQL does this by
itself, where several commit at once, so there each keeps to its own transaction.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from anyio import CancelScope
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

MOST_TOGETHER = 100  # so that other processes are let in between
AT_ONCE = 8  # transactions, where several can be
T = TypeVar("T")


@dataclass(frozen=True)
class _Job:
    act: Callable[[Session], Any]
    outcome: Future[Any] = field(default_factory=Future)


class Line:
    """Where the gateway's transactions wait. One that fails is as if it had not been, and fails no other."""

    def __init__(self, database: Engine) -> None:
        alone = database.dialect.name != "sqlite"
        self._database, self._most = database, 1 if alone else MOST_TOGETHER
        self._hands = ThreadPoolExecutor(AT_ONCE if alone else 1, thread_name_prefix="line")
        self._waiting: deque[_Job] = deque()

    async def do(self, act: Callable[[Session], T]) -> T:
        """What `act` gives, once it is committed; its error, or the database's, if it is not.

        In a thread, in a session of its own. It may be called twice, the first time for nothing: what it does must
        be of the session alone, or right to be done twice. Whoever is cancelled hears first what came of it.
        """
        job = _Job(act)
        self._waiting.append(job)
        self._hands.submit(self._next)
        with CancelScope(shield=True):
            given: T = await asyncio.wrap_future(job.outcome)
        return given

    def _next(self) -> None:
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < self._most:
            try:
                job = self._waiting.popleft()
            except IndexError:  # another hand was faster
                break
            if job.outcome.set_running_or_notify_cancel():
                jobs.append(job)
        if jobs:
            self._do(jobs)

    def _do(self, jobs: Sequence[_Job]) -> None:
        try:
            given = self._committed(jobs)
        except BaseException as error:  # noqa: BLE001 - whoever waits for it has to hear it
            if len(jobs) == 1 or isinstance(error, OperationalError):  # the database's own: each would fail alike
                for job in jobs:
                    job.outcome.set_exception(error)
                return
            for job in jobs:
                self._do([job])
        else:
            for job, one in zip(jobs, given, strict=True):
                job.outcome.set_result(one)

    def _committed(self, jobs: Sequence[_Job]) -> list[Any]:
        given = []
        with self._database.begin() as connection:
            for job in jobs:
                with Session(connection, expire_on_commit=False) as session, session.begin():
                    given.append(job.act(session))
        return given
