from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from referral_world import AT, World, make_world
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from bot.referrals.audit import FIRST, append_audit, digest_of, verify
from bot.store.database import transaction
from bot.store.models import Audit

ROWS = 20


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = make_world(tmp_path)
    with transaction(made.engine) as session:
        for number in range(ROWS):
            append_audit(session, "read", f"REF-{number}", AT + timedelta(seconds=number), number % 3 or None)
    return made


def test_a_chain_left_alone_holds(world: World) -> None:
    with transaction(world.engine) as session:
        found = verify(session)
        assert (found.rows, found.broken_at) == (ROWS, None)
        assert found.head == session.get_one(Audit, ROWS).digest


def test_an_empty_chain_holds(tmp_path: Path) -> None:
    with transaction(make_world(tmp_path).engine) as session:
        assert verify(session).head == FIRST


@pytest.mark.parametrize("column", ["at", "officer_id", "act", "subject", "previous", "digest"])
def test_any_field_changed_in_any_row_is_found(world: World, column: str) -> None:
    other: dict[str, object] = {"at": AT - timedelta(days=1), "officer_id": 9}
    for row in range(1, ROWS + 1):
        with Session(world.engine) as session:
            session.execute(update(Audit).where(Audit.id == row).values({column: other.get(column, "f" * 16)}))
            assert verify(session).broken_at == row
            session.rollback()


def forge(session: Session, row: int) -> None:
    """Someone who can write changes a row and works its digest out again."""
    changed = session.get_one(Audit, row)
    changed.subject = "OTHER"
    changed.digest = digest_of(changed)


def swap(session: Session, row: int) -> None:
    for old, new in ((row, 1000), (row + 1, row), (1000, row + 1)):
        session.execute(text("UPDATE audit SET id = :new WHERE id = :old"), {"old": old, "new": new})


def put_in(session: Session, row: int) -> None:
    session.execute(text("UPDATE audit SET id = id + 1000 WHERE id > :row"), {"row": row})
    session.execute(text("UPDATE audit SET id = id - 999 WHERE id > 1000"))
    before = session.get_one(Audit, row)
    added = Audit(id=row + 1, at=AT, officer_id=None, act="read", subject="FALSE", previous=before.digest)
    added.digest = digest_of(added)
    session.add(added)


def take_out(session: Session, row: int) -> None:
    session.execute(delete(Audit).where(Audit.id == row))


def take_out_and_close_the_gap(session: Session, row: int) -> None:
    take_out(session, row)
    session.execute(text("UPDATE audit SET id = id - 1 WHERE id > :row"), {"row": row})


@pytest.mark.parametrize("tamper", [forge, swap, put_in, take_out, take_out_and_close_the_gap])
def test_rows_forged_moved_added_or_removed_are_found(
    world: World, tamper: Callable[[Session, int], None]
) -> None:
    for row in random.Random(1).sample(range(2, ROWS - 1), 8):
        with Session(world.engine) as session:
            tamper(session, row)
            session.flush()
            session.expire_all()
            assert verify(session).broken_at is not None
            session.rollback()
