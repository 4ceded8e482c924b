"""What is kept of a delivery, and when a second one is known to be the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from gateway_rig import START, Gateway
from sqlalchemy import insert
from sqlalchemy.orm import Session
from turns import says

from bot.channels.channel import Arrival, Attachment, Content, Location, Preset, Pressed, Text
from bot.conversation import inbox
from bot.conversation.names import find_person
from bot.conversation.quota import MOST_OF_ONE
from bot.store.database import transaction
from bot.store.models import Incoming, Outgoing, Person
from bot.store.sealing import lookup_hash, unseal


def bring(gateway: Gateway, *arrivals: Arrival, channel: str = "test", echo: bool = False) -> list[bool]:
    async def scene() -> list[bool]:
        return [await gateway.inbox.receive(channel, arrival, echo=echo) for arrival in arrivals]

    return asyncio.run(scene())


def kept(gateway: Gateway) -> list[Any]:
    """What waits to be taken of each delivery, None of one that is not to be taken."""
    key = gateway.means.settings.field_key
    return [row.content and unseal(key, row.content)["content"] for row in gateway.rows(Incoming)]


def test_a_delivery_is_kept_sealed_and_waits_from_the_moment_it_came(gateway: Gateway) -> None:
    assert bring(gateway, Arrival("a", "1", Text("hello"), own_id="m1")) == [True]
    (row,) = gateway.rows(Incoming)
    person = gateway.person()
    assert (row.channel, row.person_id, row.status, row.provider_id) == ("test", person.id, "waiting", "m1")
    assert (row.received_at, row.next_try_at, row.attempts) == (START, START, 0)
    said = unseal(gateway.means.settings.field_key, row.content)
    assert said == {"content": {"text": "hello"}, "silent_minutes": None, "refused": 0}
    assert unseal(gateway.means.settings.field_key, person.address) == "a"
    assert gateway.rows(Outgoing) == []


def test_what_the_link_says_of_an_office_is_kept_with_the_message(gateway: Gateway) -> None:
    bring(gateway, Arrival("a", "1", Text("hello"), preset=Preset(language="fa", office="TH-BKK")))
    (row,) = gateway.rows(Incoming)
    assert unseal(gateway.means.settings.field_key, row.content)["office"] == "TH-BKK"
    assert gateway.person().language == "fa"


@pytest.mark.parametrize(("unique", "among"), [(False, "a"), (True, "")])
def test_a_delivery_is_known_by_a_keyed_hash_of_its_id(gateway: Gateway, unique: bool, among: str) -> None:
    bring(gateway, Arrival("a", "1", Text("hello"), delivery_is_unique=unique))
    (row,) = gateway.rows(Incoming)
    assert row.delivery_key == lookup_hash(gateway.means.settings.lookup_key, "delivery", "test", among, "1")


def test_where_ids_are_the_channels_own_one_id_is_one_message_whoever_it_is_of(gateway: Gateway) -> None:
    twice = [Arrival(address, "1", Text("hello"), delivery_is_unique=True) for address in ("a", "b")]
    assert bring(gateway, *twice) == [True, False]
    assert gateway.find("b") is None


def test_the_same_id_on_another_channel_is_another_message(gateway: Gateway) -> None:
    assert bring(gateway, Arrival("a", "1", Text("hello"))) == [True]
    assert bring(gateway, Arrival("a", "1", Text("hello")), channel="web") == [True]
    assert len(gateway.rows(Person)) == 2


def test_a_second_delivery_does_nothing_at_all(gateway: Gateway) -> None:
    bring(gateway, Arrival("a", "1", Text("hello")))
    gateway.clock.forward(hours=1)
    assert bring(gateway, Arrival("a", "1", Text("hello"), own_id="m1"), echo=True) == [False]
    assert gateway.person().last_seen_at == START
    (row,) = gateway.rows(Incoming)
    assert (row.received_at, row.provider_id) == (START, None)
    assert gateway.rows(Outgoing) == []


def test_a_late_second_delivery_of_an_exit_word_leaves_nothing_again(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", state={"slots": {"age": "adult"}})

    async def scene() -> bool:
        await gateway.talk("hello")
        await gateway.bring("quit", delivery="left")
        await gateway.talk("hello again")
        return await gateway.bring("quit", delivery="left")

    assert asyncio.run(scene()) is False
    assert gateway.state() == {"slots": {"age": "adult"}}


def test_stored_by_another_gateway_meanwhile_it_is_a_second_delivery(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrival = Arrival("a", "1", Text("hello"))
    key = lookup_hash(gateway.means.settings.lookup_key, "delivery", "test", "a", "1")

    def faster(session: Session, channel: str, keys: Sequence[str]) -> Person | None:
        session.execute(
            insert(Incoming).values(channel=channel, delivery_key=key, received_at=START, next_try_at=START)
        )
        return find_person(session, channel, keys)

    monkeypatch.setattr(inbox, "find_person", faster)
    assert bring(gateway, arrival) == [False]
    assert gateway.find("a") is None


def test_a_correction_is_taken_only_while_what_it_corrects_is_the_last(gateway: Gateway) -> None:
    first, second = Arrival("a", "1", Text("helo")), Arrival("a", "2", Text("hello"), corrects="1")
    late, other = Arrival("a", "3", Text("hallo"), corrects="1"), Arrival("b", "4", Text("hi"), corrects="2")
    assert bring(gateway, first, second, late, other) == [True] * 4
    assert kept(gateway) == [{"text": "helo"}, {"text": "hello"}, None, None]
    assert [row.status for row in gateway.rows(Incoming)] == ["waiting", "waiting", "done", "done"]


def test_who_writes_is_seen_and_what_was_held_for_them_goes_out(gateway: Gateway) -> None:
    bring(gateway, Arrival("a", "1", Text("hello")))
    with transaction(gateway.means.database) as session:
        person_id = gateway.person().id
        late = {"person_id": person_id, "written_at": START, "next_try_at": START, "attempts": 3}
        session.add_all([Outgoing(status="held", **late), Outgoing(status="failed", **late)])
    gateway.clock.forward(hours=1)
    bring(gateway, Arrival("a", "2", Text("hello")))
    assert gateway.person().last_seen_at == gateway.clock.at
    held, failed = gateway.rows(Outgoing)
    assert (held.status, held.next_try_at, held.attempts) == ("waiting", gateway.clock.at, 0)
    assert failed.status == "failed"


def test_nothing_is_shown_again_unless_it_was_asked_for(gateway: Gateway) -> None:
    asyncio.run(gateway.inbox.receive("test", Arrival("a", "1", Text("hello"))))
    assert gateway.rows(Outgoing) == []


def test_shown_again_it_is_one_message_to_the_person_themselves(gateway: Gateway) -> None:
    bring(gateway, Arrival("a", "1", Text("hello")), echo=True)
    (shown,) = gateway.rows(Outgoing)
    own = unseal(gateway.means.settings.field_key, shown.content)
    assert own == {"say": None, "bubble": None, "own": {"text": "hello", "delivery": "1"}}


def shown_again(gateway: Gateway) -> list[Any]:
    """What was shown again, in its order."""
    key = gateway.means.settings.field_key
    read = [unseal(key, row.content) for row in gateway.rows(Outgoing)]
    return [one["own"] for one in read if "own" in one]


def test_a_press_is_shown_again_by_the_words_of_its_button(gateway: Gateway) -> None:
    asyncio.run(gateway.talk("hello"))
    bring(gateway, Arrival("a", "p", Pressed(gateway.button("18 or older"))), echo=True)
    assert shown_again(gateway) == [{"text": "18 or older", "delivery": "p"}]
    row = gateway.rows(Outgoing)[-1]
    assert (row.person_id, row.status) == (gateway.person().id, "waiting")
    assert (row.written_at, row.next_try_at) == (START, START)


@pytest.mark.parametrize("content", [Pressed("of another screen"), Attachment("photo"), Location(13.7, 100.5)])
def test_what_has_no_words_is_not_shown_again_and_is_taken(gateway: Gateway, content: Content) -> None:
    asyncio.run(gateway.talk("hello"))
    assert bring(gateway, Arrival("a", "p", content), echo=True) == [True]
    assert shown_again(gateway) == []
    assert gateway.rows(Incoming)[-1].status == "waiting"


def test_what_is_not_taken_is_not_shown_again(gateway: Gateway) -> None:
    arrivals = [Arrival("a", str(number), Text("hello")) for number in range(MOST_OF_ONE)]
    assert all(bring(gateway, *arrivals))
    late = [Arrival("a", "late", Text("hello"), corrects="1"), Arrival("a", "more", Text("hello"))]
    assert bring(gateway, *late, echo=True) == [True, True]
    assert shown_again(gateway) == []


def test_what_was_stored_wakes_those_who_wait_for_it(gateway: Gateway) -> None:
    bells = gateway.means.bells
    bring(gateway, Arrival("a", "1", Text("hello")))
    assert (bells.arrived.unheard, bells.queued.unheard) == (1, 0)
    bring(gateway, Arrival("a", "2", Text("again")), echo=True)
    assert (bells.arrived.unheard, bells.queued.unheard) == (2, 1)
    bring(gateway, Arrival("a", "2", Text("again")), echo=True)
    assert (bells.arrived.unheard, bells.queued.unheard) == (2, 1)


def test_a_last_line_and_what_was_held_wake_those_who_send(gateway: Gateway) -> None:
    bells = gateway.means.bells
    bring(gateway, Arrival("a", "1", Text("hello")))
    with transaction(gateway.means.database) as session:
        held = {"person_id": gateway.person().id, "written_at": START, "next_try_at": START}
        session.add(Outgoing(status="held", **held))
    bring(gateway, Arrival("a", "2", Text("again")))
    assert (bells.arrived.unheard, bells.queued.unheard) == (2, 1)
    bring(gateway, Arrival("a", "3", Text("quit")))
    assert (bells.arrived.unheard, bells.queued.unheard) == (2, 2)


def test_that_too_much_was_written_wakes_those_who_send(gateway: Gateway) -> None:
    arrivals = [Arrival("a", str(number), Text("hello")) for number in range(MOST_OF_ONE + 1)]
    assert all(bring(gateway, *arrivals))
    assert gateway.rows(Incoming)[-1].status == "done"
    assert gateway.means.bells.queued.unheard == 1
