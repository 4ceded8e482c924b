"""Which message is taken up next, by whom, for how long, and with what."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from gateway_rig import START, Gateway
from sqlalchemy import update
from turns import REFER, says

from bot.conversation.claims import BOT, LEASE, Claim, LeaseLostError, behind_others, claim, done, release
from bot.conversation.in_turn import NEWCOMERS_FIRST, InTurn
from bot.store.database import transaction
from bot.store.models import Incoming, Office, Person

MINUTE = timedelta(minutes=1)


def wait_of(gateway: Gateway, *addresses: str) -> None:
    """A message of each waits, a second apart."""

    async def scene() -> None:
        for address in addresses:
            await gateway.bring(f"of {address}", address=address)
            gateway.clock.forward(seconds=1)

    asyncio.run(scene())


def claimed(gateway: Gateway, most: int = 9) -> list[Claim]:
    with transaction(gateway.means.database) as session:
        return claim(session, gateway.means, gateway.clock(), most)


def words(claims: Sequence[Claim]) -> list[str]:
    return [one.kept["content"]["text"] for one in claims]


def put(gateway: Gateway, table: Any, **values: Any) -> None:
    with transaction(gateway.means.database) as session:
        session.execute(update(table).values(**values))


def known(gateway: Gateway, *addresses: str) -> None:
    """People to whom something was said before."""
    for address in addresses:
        asyncio.run(gateway.talk("hello", address=address))


def test_a_message_is_taken_with_all_that_taking_it_needs(gateway: Gateway) -> None:
    known(gateway, "a")
    gateway.clock.forward(minutes=3)
    wait_of(gateway, "a")
    (held,) = claimed(gateway)
    person, message = gateway.person(), gateway.rows(Incoming)[-1]
    assert (held.message_id, held.person_id, held.attempts) == (message.id, person.id, 1)
    assert (held.received_at, held.talk) == (message.received_at, BOT)
    assert held.kept == {"content": {"text": "of a"}, "silent_minutes": 3, "refused": 0}
    assert held.screen == gateway.screen()
    assert {key: value for key, value in held.request.items() if key != "facts"} == {
        "conversation": person.conversation,
        "turn": 2,
        "language": None,
        "state": None,
    }
    assert (held.request["facts"]["silent_minutes"], held.request["facts"]["referral"]) == (3, None)


def test_a_person_is_leased_for_longer_than_a_turn_and_by_a_word_that_nobody_guesses(gateway: Gateway) -> None:
    wait_of(gateway, "a", "b")
    first, second = claimed(gateway)
    assert [row.lease for row in gateway.rows(Person)] == [first.lease, second.lease]
    assert {row.lease_until for row in gateway.rows(Person)} == {gateway.clock() + LEASE}
    assert [row.attempts for row in gateway.rows(Incoming)] == [1, 1]
    assert first.lease != second.lease
    assert {len(first.lease), len(second.lease)} == {32}
    assert timedelta(seconds=30) == LEASE


@pytest.mark.parametrize(
    ("after", "again"),
    [(timedelta(0), 0), (LEASE, 0), (LEASE + timedelta(seconds=1), 1), (-3 * MINUTE, 1), (-MINUTE, 0)],
    ids=["at once", "as it ends", "once it ran out", "a clock set right since", "a clock a little behind"],
)
def test_a_leased_person_is_left_alone_until_the_lease_runs_out(
    gateway: Gateway, after: timedelta, again: int
) -> None:
    wait_of(gateway, "a")
    put(gateway, Incoming, next_try_at=START - timedelta(hours=1))
    assert len(claimed(gateway)) == 1
    gateway.clock.at += after
    assert len(claimed(gateway)) == again


@pytest.mark.parametrize(
    ("until", "due"), [(-MINUTE, 1), (timedelta(0), 1), (MINUTE, 0), (2 * MINUTE, 0), (3 * MINUTE, 1)]
)
def test_what_is_put_off_waits_but_not_for_a_clock_that_was_set_right(
    gateway: Gateway, until: timedelta, due: int
) -> None:
    wait_of(gateway, "a")
    put(gateway, Incoming, next_try_at=gateway.clock() + until)
    assert len(claimed(gateway)) == due


def test_as_many_are_taken_as_are_asked_for_those_who_wait_longest_first(gateway: Gateway) -> None:
    known(gateway, *"abcd")
    wait_of(gateway, *"dbca")
    assert words(claimed(gateway, 3)) == ["of d", "of b", "of c"]
    assert words(claimed(gateway, 3)) == ["of a"]
    assert claimed(gateway, 3) == []


@pytest.mark.parametrize(("most", "taken"), [(1, "a"), (2, "ac"), (3, "acx"), (4, "acxy"), (5, "xaycz")])
def test_newcomers_are_taken_last_unless_there_is_room_for_all(gateway: Gateway, most: int, taken: str) -> None:
    known(gateway, "a", "c")
    wait_of(gateway, *"xaycz")
    assert words(claimed(gateway, most)) == [f"of {address}" for address in taken]


@pytest.mark.parametrize(("most", "taken"), [(1, "x"), (2, "xy"), (3, "xyz"), (4, "xyza")])
def test_once_in_four_times_that_there_are_too_many_newcomers_are_first(
    gateway: Gateway, most: int, taken: str
) -> None:
    known(gateway, "a", "c", "d", "e", "f")
    wait_of(gateway, *"xayczdef")
    assert words(claimed(gateway, 1) + claimed(gateway, 1) + claimed(gateway, 1)) == ["of a", "of c", "of d"]
    put(gateway, Person, lease=None)
    assert words(claimed(gateway, most)) == [f"of {address}" for address in taken]


def test_newcomers_are_not_the_first_to_come_first(gateway: Gateway) -> None:
    known(gateway, *"abcd")
    wait_of(gateway, *"xabcd")
    waiting = InTurn(Incoming, Person.turn, most_turns=0, ahead=MINUTE, locked=())
    with transaction(gateway.means.database) as session:
        found = [waiting.rows(session, gateway.clock(), 1) for _ in range(NEWCOMERS_FIRST + 1)]
    assert [[row.turn for row in rows] for rows in found] == [[1], [1], [1], [0], [1]]


def test_of_one_person_the_first_alone_is_taken(gateway: Gateway) -> None:
    wait_of(gateway, "a", "a", "b")
    held, other = claimed(gateway)
    assert words([held, other]) == ["of a", "of b"]
    assert gateway.person("a").id == held.person_id
    with transaction(gateway.means.database) as session:
        person = release(session, held)
        done(session, held)
        assert person.id == held.person_id
    assert [(row.status, row.content is None) for row in gateway.rows(Incoming)] == [
        ("done", True),
        ("waiting", False),
        ("waiting", False),
    ]
    assert (gateway.person("a").lease, gateway.person("a").lease_until) == (None, None)
    assert gateway.person("b").lease == other.lease
    assert words(claimed(gateway)) == ["of a"]


@pytest.mark.parametrize("lease", [None, "another"])
def test_a_lease_that_was_lost_is_not_given_back(gateway: Gateway, lease: str | None) -> None:
    wait_of(gateway, "a")
    (held,) = claimed(gateway)
    put(gateway, Person, lease=lease)
    with transaction(gateway.means.database) as session, pytest.raises(LeaseLostError):
        release(session, held)
    assert gateway.person().lease == lease


def test_what_else_waits_of_a_person_goes_behind_the_others_and_what_is_put_off_stays(gateway: Gateway) -> None:
    wait_of(gateway, "a", "a", "b")
    later = gateway.clock() + MINUTE
    with transaction(gateway.means.database) as session:
        session.execute(update(Incoming).where(Incoming.id == 2).values(next_try_at=later))
    before = [row.next_try_at for row in gateway.rows(Incoming)]
    with transaction(gateway.means.database) as session:
        assert behind_others(session, gateway.person("a"), gateway.clock())
    assert [row.next_try_at for row in gateway.rows(Incoming)] == [gateway.clock(), later, before[2]]
    with transaction(gateway.means.database) as session:
        assert not behind_others(session, gateway.person("a"), START - MINUTE)


def test_whoever_has_a_referral_is_taken_with_what_became_of_it(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_consent", state={"slots": {"age": "adult"}})
    known(gateway, "a")
    gateway.engine.answer = says("plain", do=[REFER], state={"slots": {"age": "adult"}})
    asyncio.run(gateway.press("Yes, send it"))
    wait_of(gateway, "a", "b")
    with_one, without = claimed(gateway)
    with transaction(gateway.means.database) as session:
        facts = gateway.means.referrals.open_referral_facts(session, with_one.person_id)
    assert facts is not None
    assert (with_one.request["facts"]["referral"], without.request["facts"]["referral"]) == (facts, None)
    assert (with_one.talk, without.talk) == (BOT, BOT)
    assert with_one.request["state"] == {"slots": {"age": "adult"}}
    assert with_one.request["facts"]["silent_minutes"] == 0


def test_an_office_that_was_moved_half_is_where_the_criteria_say(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        session.get_one(Office, "TH-BKK").latitude = 1.0
    wait_of(gateway, "a")
    (held,) = claimed(gateway)
    assert held.request["facts"]["moved_offices"] == {}


def test_the_offices_that_cannot_be_chosen_are_told_in_order(gateway: Gateway) -> None:
    wait_of(gateway, "a")
    (held,) = claimed(gateway)
    inactive = held.request["facts"]["inactive_offices"]
    listed = {key for key, office in gateway.means.catalogue.offices.by_id.items() if office.active}
    assert inactive == sorted((listed - {"TH-BKK"}) | {"TH-MSO"})


def test_nothing_waits_and_nothing_is_taken(gateway: Gateway) -> None:
    assert claimed(gateway) == []
