"""Transactions that wait are committed together, and none pays for another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.store.database import open_database, transaction
from bot.store.line import Line
from bot.store.models import KeyCheck, Table

MANY = 10


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path / 'line.sqlite3'}")
    Table.metadata.create_all(engine)
    yield engine
    engine.dispose()


def write(session: Session, name: str) -> str:
    session.add(KeyCheck(setting=name, process="test", value=b""))
    session.flush()
    if name == "wrong":
        raise ValueError(name)
    return name


def written(database: Engine) -> list[str]:
    with transaction(database) as session:
        return sorted(session.scalars(select(KeyCheck.setting)))


async def beside_one_that_lasts(line: Line, names: list[str]) -> list[str | BaseException]:
    """What becomes of these, all of which come while another transaction runs."""
    going, end = threading.Event(), threading.Event()

    def last(session: Session) -> str:
        going.set()
        end.wait(timeout=60)
        return write(session, "first")

    first = asyncio.ensure_future(line.do(last))
    await asyncio.to_thread(going.wait, 60)
    others = [asyncio.ensure_future(line.do(partial(write, name=name))) for name in names]
    await asyncio.sleep(0)
    end.set()
    return await asyncio.gather(first, *others, return_exceptions=True)


def test_what_waits_is_committed_as_one(database: Engine) -> None:
    commits: list[object] = []
    event.listen(database, "commit", commits.append)
    names = [f"{number}" for number in range(MANY)]
    assert asyncio.run(beside_one_that_lasts(Line(database), names)) == ["first", *names]
    assert len(commits) == 2
    assert written(database) == sorted(["first", *names])


def test_one_that_fails_leaves_nothing_and_the_others_are_committed(database: Engine) -> None:
    found = asyncio.run(beside_one_that_lasts(Line(database), ["a", "wrong", "b"]))
    assert [repr(one) for one in found] == ["'first'", "'a'", "ValueError('wrong')", "'b'"]
    assert written(database) == ["a", "b", "first"]


def test_all_hear_that_the_database_is_away_and_it_is_asked_once(database: Engine) -> None:
    def away(_connection: object) -> None:
        begun.append(1)
        if len(begun) > 1:
            raise OperationalError("BEGIN", None, Exception())

    begun: list[int] = []
    event.listen(database, "begin", away)
    first, *others = asyncio.run(beside_one_that_lasts(Line(database), ["a", "b", "c"]))
    assert (first, [type(one) for one in others]) == ("first", [OperationalError] * 3)
    assert len(begun) == 2
    event.remove(database, "begin", away)
    assert written(database) == ["first"]


def test_who_is_cancelled_is_so_after_the_commit(database: Engine) -> None:
    async def scene() -> None:
        line, going, end = Line(database), threading.Event(), threading.Event()

        def last(session: Session) -> str:
            going.set()
            end.wait(timeout=60)
            return write(session, "kept")

        task = asyncio.ensure_future(line.do(last))
        await asyncio.to_thread(going.wait, 60)
        task.cancel()
        end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await line.do(lambda session: write(session, "next")) == "next"

    asyncio.run(scene())
    assert written(database) == ["kept", "next"]
