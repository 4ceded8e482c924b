"""Every list, count and search is a walk along an index: nothing is sorted, and no table is read to its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from console_settings import CONSOLE_KEY, add_person
from referral_world import AT, BANGKOK, World, make_world, send
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from bot.referrals.duplicates import possible_duplicates
from bot.referrals.queue import (
    DUE_TABS,
    SORTS,
    TABS,
    Place,
    Wish,
    count_newer,
    count_referrals,
    find_referral,
    list_referrals,
    newest_id,
)
from bot.store.models import Officer, Referral

AFTER = Place(True, AT + timedelta(days=1), 7)
WISHES = [Wish(tab, sort) for tab in TABS for sort in SORTS if sort != "due" or tab in DUE_TABS]
WISHES.append(Wish("closed", language="my"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = make_world(tmp_path_factory.mktemp("walks"))
    yield made
    made.engine.dispose()


def plans(world: World, ask: Callable[[Session], object]) -> list[str]:
    """How SQLite finds what `ask` asks for, step by step."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    with Session(world.engine) as session:
        event.listen(world.engine, "before_cursor_execute", note)
        ask(session)
        event.remove(world.engine, "before_cursor_execute", note)
        connection = session.connection()
        found = [
            row[-1]
            for statement, values in asked
            if statement.startswith("SELECT") and "FROM referral" in statement
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert any("SEARCH" in step for step in found)
    return found


def is_a_walk(steps: list[str]) -> bool:
    return not [step for step in steps if "TEMP B-TREE" in step or step.startswith("SCAN referral")]


@pytest.mark.parametrize("after", [None, AFTER], ids=["first", "on"])
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: f"{wish.tab}-{wish.sort}-{wish.language}")
def test_a_page_of_the_list(world: World, wish: Wish, after: Place | None) -> None:
    assert is_a_walk(
        plans(world, lambda session: list_referrals(session, session.get_one(Officer, 1), wish, AT, after))
    )


def test_the_counts_and_the_latest(world: World) -> None:
    assert is_a_walk(plans(world, lambda session: count_referrals(session, session.get_one(Officer, 1), AT)))
    assert is_a_walk(plans(world, lambda session: count_newer(session, BANGKOK, 1)))
    assert is_a_walk(plans(world, lambda session: newest_id(session, BANGKOK)))


def test_one_found_and_others_of_its_number(world: World) -> None:
    with Session(world.engine) as session, session.begin():
        send(world, session, add_person(session))

    def ask(session: Session) -> object:
        referral = find_referral(session, BANGKOK, "K7PM-2QXD")
        assert isinstance(referral, Referral)
        return possible_duplicates(session, world.settings, CONSOLE_KEY, referral, AT)

    assert is_a_walk(plans(world, ask))


def test_what_is_no_walk_is_seen(world: World) -> None:
    unsorted = select(Referral).where(Referral.office_id == BANGKOK).order_by(Referral.sealed)
    assert not is_a_walk(plans(world, lambda session: session.scalars(unsorted).all()))
