"""A clock that leaps ahead erases nobody at once; a bot that was off forgets all the same, some hours later."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from gateway_rig import START, Gateway, new_gateway
from structlog.testing import capture_logs

from bot.conversation.purge import Purge
from bot.processes.installation import forgetting
from bot.store.database import transaction
from bot.store.purge_mark import LEAP, NEXT_LOOK, leapt, left_to_wait

LOOKS = LEAP // NEXT_LOOK  # of one run, before a leap is believed
MINUTE = timedelta(minutes=1)
NONE = timedelta(0)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        yield made


def look(gateway: Gateway, now: datetime) -> timedelta:
    with transaction(gateway.means.database) as session:
        return left_to_wait(session, now)


def test_a_clock_three_days_ahead_erases_nobody_and_says_so_until_it_is_set_right(gateway: Gateway) -> None:
    done: list[datetime] = []
    purge = Purge(gateway.means, done.append)
    asyncio.run(gateway.talk("hello"))
    asyncio.run(purge._once())
    assert not forgetting(gateway.means.settings).wrong
    gateway.clock.forward(days=3)
    with capture_logs() as logs:
        asyncio.run(purge._once())
        gateway.clock.forward(minutes=5)
        asyncio.run(purge._once())
    assert [(line["event"], line["minutes_left"]) for line in logs] == [("purge.waits", 360), ("purge.waits", 355)]
    said = forgetting(gateway.means.settings).wrong
    assert "from 2026-03-01 09:00 to 2026-03-04 09:05 UTC" in said
    assert "in 5.9 hours" in said
    gateway.clock.forward(days=-3)
    asyncio.run(purge._once())
    assert gateway.find() is not None
    assert done == [START, START + timedelta(minutes=5)]
    assert not forgetting(gateway.means.settings).wrong


def test_a_bot_that_was_off_for_days_forgets_after_six_hours_of_running(gateway: Gateway) -> None:
    purge = Purge(gateway.means)
    asyncio.run(gateway.talk("hello"))
    asyncio.run(purge._once())
    gateway.clock.forward(days=3)
    for _ in range(LOOKS):
        asyncio.run(purge._once())
        assert gateway.find() is not None
        gateway.clock.at += NEXT_LOOK
    asyncio.run(purge._once())
    assert gateway.find() is None
    gateway.clock.forward(hours=1)
    with capture_logs() as logs:
        asyncio.run(purge._once())
    assert logs == []


def test_a_step_of_six_hours_is_none(gateway: Gateway) -> None:
    assert look(gateway, START) == NONE
    assert look(gateway, START + LEAP) == NONE
    assert look(gateway, START + LEAP * 2 + MINUTE) == LEAP


def test_only_what_it_has_run_counts_and_a_stop_begins_nothing_anew(gateway: Gateway) -> None:
    look(gateway, START)
    first = START + timedelta(days=3)
    assert [look(gateway, first), look(gateway, first + MINUTE)] == [LEAP, LEAP - MINUTE]
    off = first + timedelta(hours=20)
    assert [look(gateway, off), look(gateway, off + MINUTE)] == [LEAP - MINUTE, LEAP - 2 * MINUTE]
    assert look(gateway, off - timedelta(hours=5)) == LEAP - 2 * MINUTE  # back, and still far ahead


def test_a_clock_set_right_after_it_was_behind_leaps_too(gateway: Gateway) -> None:
    look(gateway, START)
    assert look(gateway, START - timedelta(days=3)) == NONE
    assert look(gateway, START) == LEAP


def test_a_gateway_that_is_ahead_waits_as_long_as_another_is_right(gateway: Gateway) -> None:
    for minute in range(LOOKS * 5 // 10):
        right = START + minute * 10 * MINUTE
        assert look(gateway, right) == NONE
        assert look(gateway, right + timedelta(days=3)) == LEAP
    with transaction(gateway.means.database) as session:
        assert leapt(session) is not None
