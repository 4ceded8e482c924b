from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from console_settings import add_person
from referral_world import AT, BANGKOK, World, make_world, send
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.referrals import lifecycle
from bot.referrals.counting import LONGER, WAITS, wait_of
from bot.referrals.intake import erase, withdraw
from bot.store.models import Officer
from bot.store.tally import Tally, count


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def counters(session: Session, *kinds: str) -> dict[tuple[str, str], int]:
    rows = session.scalars(select(Tally)).all()
    assert {(row.month, row.office) for row in rows} <= {("2026-11", BANGKOK)}
    return {(row.kind, row.value): row.count for row in rows if row.kind in kinds or not kinds}


def test_a_referral_is_counted_by_what_it_holds_and_one_refused_is_not(world: World) -> None:
    with Session(world.engine) as session:
        person = add_person(session)
        send(world, session, person, reasons=["fear", "child"], answers={"origin": "AF"})
        with pytest.raises(AssertionError):
            send(world, session, person, "AAAA-2222")  # one is open already
        send(world, session, add_person(session, "p2"), "BBBB-2222", outcome=None, reasons=[], answers={})
        assert counters(session) == {
            ("sent", ""): 2,
            ("language", "fa"): 2,
            ("origin", "AF"): 1,
            ("origin", "not_said"): 1,
            ("verdict", "COUNSELLOR"): 1,
            ("verdict", "unfinished"): 1,
            ("reason", "fear"): 1,
            ("reason", "child"): 1,
        }


def test_the_first_contact_and_the_end_are_counted_once(world: World) -> None:
    with Session(world.engine) as session:
        referral = send(world, session, add_person(session))
        officer = session.get_one(Officer, 1)
        at = AT + timedelta(days=2)
        lifecycle.accept(session, referral.id, officer, "1" * 32, at)
        lifecycle.step(session, referral.id, officer, "contacted", "2" * 32, at)
        lifecycle.step(session, referral.id, officer, "counselling", "3" * 32, at + timedelta(days=1))
        for _ in range(2):
            lifecycle.close(session, referral.id, officer, "helped", "4" * 32, at)
        assert counters(session, "ended", "first_contact") == {
            ("first_contact", "three_days"): 1,
            ("ended", "helped"): 1,
        }


def test_one_withdrawn_is_counted_so_and_one_closed_before_is_not_counted_again(world: World) -> None:
    with Session(world.engine) as session:
        officer, first, second = session.get_one(Officer, 1), add_person(session), add_person(session, "p2")
        closed = send(world, session, first)
        lifecycle.dismiss(session, closed.id, officer, "spam", "1" * 32, AT)
        erase(session, first, AT)
        send(world, session, second, "BBBB-2222")
        withdraw(session, world.settings, second, AT)
        erase(session, second, AT)
        assert counters(session, "ended") == {("ended", "spam"): 1, ("ended", "withdrawn"): 1}


def test_a_counter_is_undone_with_what_it_counts(world: World) -> None:
    with Session(world.engine) as session:
        count(session, AT, [("asked", "cost")] * 2)
        session.commit()
        count(session, AT, [("asked", "cost"), ("asked", "scam")])
        session.rollback()
        assert [(row.value, row.count) for row in session.scalars(select(Tally))] == [("cost", 2)]


def test_waits_are_in_groups_that_leave_none_out() -> None:
    assert [wait_of(longest) for longest, _ in WAITS] == [code for _, code in WAITS]
    assert wait_of(WAITS[-1][0] + timedelta(seconds=1)) == LONGER
    assert wait_of(timedelta()) == WAITS[0][1]
