"""A turn: taken once and in order, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from gateway_rig import Gateway
from sqlalchemy import update
from turns import REFER, count_turns, says

from bot.conversation.claims import LEASE
from bot.store.database import transaction
from bot.store.models import Consent, Incoming, Office, Outgoing, Person, Referral


class Killed(BaseException):
    """The process ends here."""


def test_a_turn_says_and_remembers_what_the_engine_gave(gateway: Gateway) -> None:
    gateway.engine.answer = count_turns

    async def scene() -> list[str]:
        await gateway.talk("one")
        return await gateway.talk("two")

    assert asyncio.run(scene()) == ["All right."]
    assert gateway.state() == {"seen": ["one", "two"]}
    first, second = gateway.engine.asked
    assert (first["turn"], second["turn"]) == (1, 2)
    assert first["conversation"] == second["conversation"] == gateway.person().conversation
    inactive = first["facts"].pop("inactive_offices")
    assert "TH-MSO" in inactive  # switched off
    assert "MY-KUL" in inactive  # active in criteria/, but without keys here
    assert "TH-BKK" not in inactive
    assert first["facts"] == {
        "operator": gateway.means.settings.operator,
        "referral": None,
        "answer_days": {"TH-BKK": 3, "TH-MSO": 3},
        "moved_offices": {},
        "silent_minutes": None,
        "languages": ["en", "fa"],
        "keep_unclear": False,
    }


def test_an_office_that_was_moved_is_there_from_the_next_message_on(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("one")
        with transaction(gateway.means.database) as session:
            office = session.get_one(Office, "TH-MSO")
            office.latitude, office.longitude = 0.0, 98.5
        await gateway.talk("two")

    asyncio.run(scene())
    first, second = (asked["facts"]["moved_offices"] for asked in gateway.engine.asked)
    assert (first, second) == ({}, {"TH-MSO": [0.0, 98.5]})


def test_the_content_goes_when_the_message_is_done(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello"))
    (message,) = gateway.rows(Incoming)
    assert (message.status, message.content) == ("done", None)


def test_messages_of_one_person_are_taken_in_order_by_many_workers(gateway: Gateway) -> None:
    gateway.engine.answer = count_turns

    async def scene() -> None:
        for number in range(10):
            await gateway.bring(f"a{number}", address="a")
            await gateway.bring(f"b{number}", address="b")
        for _ in range(30):
            await asyncio.gather(*(gateway.dialogue.take_one() for _ in range(4)))

    asyncio.run(scene())
    assert gateway.state("a") == {"seen": [f"a{n}" for n in range(10)]}
    assert gateway.state("b") == {"seen": [f"b{n}" for n in range(10)]}


def test_killed_between_the_answer_and_the_commit_the_turn_is_taken_again_once(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_consent")

    def kill() -> None:
        raise Killed

    async def scene() -> None:
        await gateway.talk("hello")
        gateway.engine.answer = says("sent", do=[REFER], state={"sent": True})
        gateway.engine.before_answer = kill
        await gateway.bring("yes, send it")
        with pytest.raises(Killed):
            await gateway.dialogue.take_one()
        gateway.engine.before_answer = lambda: None
        assert not await gateway.dialogue.take_one()  # the dead worker still holds the lease
        gateway.clock.at += LEASE + timedelta(seconds=1)
        await gateway.take_all()

    asyncio.run(scene())
    assert len(gateway.rows(Referral)) == len(gateway.rows(Consent)) == 1
    assert gateway.state() == {"sent": True}
    assert len(gateway.rows(Outgoing)) == 2


def test_a_worker_whose_lease_ran_out_changes_nothing(gateway: Gateway) -> None:
    gateway.engine.answer = count_turns

    def lose() -> None:
        with transaction(gateway.means.database) as session:
            session.execute(update(Person).values(lease="another"))

    async def scene() -> None:
        gateway.engine.before_answer = lose
        await gateway.bring("hello")
        assert await gateway.dialogue.take_one()

    asyncio.run(scene())
    assert gateway.state() is None
    assert gateway.rows(Outgoing) == []
    assert gateway.rows(Incoming)[0].status == "waiting"


def test_a_person_who_leaves_while_a_turn_is_taken_wins(gateway: Gateway) -> None:
    def leave() -> None:
        with transaction(gateway.means.database) as session:
            gateway.inbox._leave(session, channel="test", address="a")

    async def scene() -> None:
        await gateway.talk("hello")
        gateway.engine.answer = says("plain", state={"late": True})
        gateway.engine.before_answer = leave
        await gateway.talk("my story")

    asyncio.run(scene())
    assert gateway.find() is None
    assert gateway.rows(Outgoing) == []
    assert all(row.content is None for row in gateway.rows(Incoming))
