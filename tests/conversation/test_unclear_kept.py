"""Step 4, acted on and checked: what a turn asks to keep is kept sealed, without a link, and not for long."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from gateway_rig import Gateway
from sqlalchemy import text
from turns import says

from bot.conversation.dialogue import Dialogue
from bot.conversation.purge import UNCLEAR_KEPT, Purge
from bot.store.database import transaction
from bot.store.models import Incoming, UnclearMessage
from bot.store.sealing import unseal
from bot.store.unclear import forget_unclear, kept_unclear

LEFT = "my name is <word>"
KEEP = says("plain", do=[{"effect": "language", "language": "en"}, {"effect": "keep_unclear", "text": LEFT}])


@pytest.fixture
def keeping(gateway: Gateway) -> Gateway:
    """The same gateway, where the operator has switched it on."""
    gateway.means = replace(gateway.means, settings=replace(gateway.means.settings, keep_unclear=True))
    gateway.dialogue = Dialogue(gateway.means, gateway.engine)
    return gateway


def test_it_is_off_and_the_turn_is_told_so(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("my name is Rahim"))
    assert gateway.engine.asked[-1]["facts"]["keep_unclear"] is False


def test_where_it_is_off_a_turn_that_wants_it_is_refused_whole(gateway: Gateway) -> None:
    gateway.engine.answer = KEEP
    asyncio.run(gateway.talk("my name is Rahim"))
    assert gateway.rows(UnclearMessage) == []
    assert gateway.person().language is None
    assert [row.status for row in gateway.rows(Incoming)] == ["waiting"]


def test_before_a_language_is_chosen_nothing_is_kept(keeping: Gateway) -> None:
    keeping.engine.answer = says("plain", do=[{"effect": "keep_unclear", "text": LEFT}])
    asyncio.run(keeping.talk("my name is Rahim"))
    assert keeping.rows(UnclearMessage) == []


def test_what_is_kept_is_sealed_and_has_no_more_than_a_language_and_a_day(
    keeping: Gateway, tmp_path: Path
) -> None:
    keeping.engine.answer = KEEP
    asyncio.run(keeping.talk("my name is Rahim"))
    assert keeping.engine.asked[-1]["facts"]["keep_unclear"] is True
    (row,) = keeping.rows(UnclearMessage)
    assert (row.language, row.day) == ("en", date(2026, 3, 1))
    assert unseal(keeping.means.settings.field_key, row.text) == LEFT
    assert set(UnclearMessage.__table__.columns.keys()) == {"id", "language", "day", "text"}
    files = b"".join(path.read_bytes() for path in tmp_path.glob("test.sqlite3*"))
    assert b"Rahim" not in files
    assert LEFT.encode() not in files


def test_the_order_of_rows_says_nothing(keeping: Gateway) -> None:
    keeping.engine.answer = KEEP

    async def scene() -> None:
        for _ in range(8):
            await keeping.talk("my name is Rahim")

    asyncio.run(scene())
    with transaction(keeping.means.database) as session:
        ids = session.execute(text("SELECT id FROM unclear_message ORDER BY rowid")).scalars().all()
    assert len(ids) == 8
    assert max(ids) > 8


def test_after_ninety_days_it_goes(keeping: Gateway) -> None:
    keeping.engine.answer = KEEP
    asyncio.run(keeping.talk("my name is Rahim"))
    purge, now = Purge(keeping.means), keeping.clock()
    assert timedelta(days=90) == UNCLEAR_KEPT
    assert purge.forget_unclear(now + UNCLEAR_KEPT - timedelta(days=1)) == 0
    assert len(keeping.rows(UnclearMessage)) == 1
    assert purge.forget_unclear(now + UNCLEAR_KEPT) == 1
    assert keeping.rows(UnclearMessage) == []


def test_the_worker_that_forgets_looks_at_it_too(keeping: Gateway) -> None:
    keeping.engine.answer = KEEP
    asyncio.run(keeping.talk("my name is Rahim"))
    keeping.clock.at += UNCLEAR_KEPT
    asyncio.run(Purge(keeping.means)._once())
    assert keeping.rows(UnclearMessage) == []


def test_erasing_leaves_no_yes_behind_and_kept_words_that_nobody_can_be_found_by(keeping: Gateway) -> None:
    keeping.engine.answer = {**KEEP, "state": {"slots": {"keep_unclear": "yes"}, "loop": None}}
    asyncio.run(keeping.talk("my name is Rahim"))
    keeping.engine.answer = says("plain", do=[{"effect": "erase"}])
    asyncio.run(keeping.talk("delete"))
    assert keeping.state() is None
    assert len(keeping.rows(UnclearMessage)) == 1


def test_kept_words_are_read_by_language_each_once_and_all_forgotten_at_a_word(keeping: Gateway) -> None:
    async def scene() -> None:
        for words, language in (("b c", "en"), ("b c", "en"), ("a b", "en"), ("d e", "fa")):
            do = [{"effect": "language", "language": language}, {"effect": "keep_unclear", "text": words}]
            keeping.engine.answer = says("plain", do=do)
            await keeping.talk("any words", address=language)

    asyncio.run(scene())
    with transaction(keeping.means.database) as session:
        kept = kept_unclear(session, keeping.means.settings.field_key)
        assert kept == {"en": ["a b", "b c"], "fa": ["d e"]}
        assert forget_unclear(session) == 4
        assert kept_unclear(session, keeping.means.settings.field_key) == {}
