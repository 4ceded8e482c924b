"""What comes in beside messages: what could not be read, what became of ours, a page that was left."""

from __future__ import annotations

import asyncio
import hashlib

import pytest
from gateway_rig import START, Gateway
from sqlalchemy import update
from turns import says

from bot.channels.channel import Arrival, Receipt, Text
from bot.conversation.bell import heard
from bot.conversation.inbox import LARGEST_ASIDE
from bot.store.database import transaction
from bot.store.models import Incoming, Outgoing, Person
from bot.store.sealing import lookup_hash, unseal


def set_aside(gateway: Gateway, raw: bytes, channel: str = "test") -> None:
    asyncio.run(gateway.inbox.set_aside(channel, raw))


def read_aside(gateway: Gateway) -> list[str]:
    key = gateway.means.settings.field_key
    kept = [unseal(key, row.content) for row in gateway.rows(Incoming)]
    assert all(set(one) == {"raw"} for one in kept)
    return [one["raw"] for one in kept]


def test_what_could_not_be_read_is_kept_sealed_of_nobody_and_is_not_taken(gateway: Gateway) -> None:
    set_aside(gateway, b"{not json")
    (row,) = gateway.rows(Incoming)
    assert (row.channel, row.status, row.person_id) == ("test", "aside", None)
    assert (row.received_at, row.next_try_at) == (START, START)
    assert read_aside(gateway) == ["{not json"]
    asyncio.run(gateway.take_all())
    assert gateway.engine.asked == []


def test_what_could_not_be_read_is_known_by_a_keyed_hash_of_all_of_it(gateway: Gateway) -> None:
    set_aside(gateway, b"{not json")
    (row,) = gateway.rows(Incoming)
    digest = hashlib.sha256(b"{not json").hexdigest()
    assert row.delivery_key == lookup_hash(gateway.means.settings.lookup_key, "aside", "test", digest)


def test_what_could_not_be_read_may_come_again_and_is_kept_once_a_channel(gateway: Gateway) -> None:
    for channel in ("test", "web", "test"):
        set_aside(gateway, b"{not json", channel)
    assert [row.channel for row in gateway.rows(Incoming)] == ["test", "web"]


def test_of_what_could_not_be_read_so_much_is_kept_and_broken_letters_are_marked(gateway: Gateway) -> None:
    set_aside(gateway, b"\xff" + b"x" * LARGEST_ASIDE)
    assert read_aside(gateway) == ["\ufffd" + "x" * (LARGEST_ASIDE - 1)]


def sent(gateway: Gateway, provider_id: str) -> None:
    """A message that the platform took, under its id."""
    asyncio.run(gateway.talk("hello"))
    with transaction(gateway.means.database) as session:
        session.execute(update(Outgoing).values(provider_id=provider_id))


def noted(gateway: Gateway, receipt: Receipt, channel: str = "test") -> tuple[bool, int]:
    """Whether the message is known, and how many of those who send were rung for."""
    rung = gateway.means.bells.queued.unheard
    known = asyncio.run(gateway.inbox.receipt(channel, receipt))
    return known, gateway.means.bells.queued.unheard - rung


def test_what_became_of_a_message_is_kept_and_nothing_is_sent_for_it(gateway: Gateway) -> None:
    sent(gateway, "m1")
    assert noted(gateway, Receipt("m1", "delivered")) == (True, 0)
    (row,) = gateway.rows(Outgoing)
    assert (row.status, row.reached) == ("sent", "delivered")


@pytest.mark.parametrize(("provider_id", "channel"), [("m2", "test"), ("m1", "web")])
def test_what_became_of_a_message_that_is_not_ours_changes_nothing(
    gateway: Gateway, provider_id: str, channel: str
) -> None:
    sent(gateway, "m1")
    assert noted(gateway, Receipt(provider_id, "delivered"), channel) == (False, 0)
    assert gateway.rows(Outgoing)[0].reached is None


def test_a_message_that_is_to_be_sent_again_rings_for_those_who_send(gateway: Gateway) -> None:
    sent(gateway, "m1")
    assert noted(gateway, Receipt("m1", "later", seconds=60)) == (True, 1)
    assert gateway.rows(Outgoing)[0].status == "waiting"


def test_who_leaves_the_page_goes_without_a_last_line_and_nobody_else_does(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello", address="b")
        await gateway.talk("hello")
        await gateway.inbox.receive("web", Arrival("a", "1", Text("hello")))
        await gateway.inbox.leave("test", "a")

    asyncio.run(scene())
    assert [gateway.find(*who) is not None for who in (("b",), ("a",), ("a", "web"))] == [True, False, True]
    assert len(gateway.rows(Person)) == 2
    assert [row.status for row in gateway.rows(Outgoing)] == ["sent"]


def test_who_leaves_the_page_unknown_is_no_error(gateway: Gateway) -> None:
    asyncio.run(gateway.inbox.leave("test", "a"))
    assert gateway.rows(Person) == []


def test_another_page_of_who_left_hears_of_it(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain")

    async def scene() -> list[bool]:
        await gateway.talk("hello")
        bells = {address: gateway.means.bells.sent.of(address) for address in ("a", "b")}
        listening = [bell.listen() for bell in bells.values()]
        await gateway.inbox.leave("test", "a")
        for event in listening:
            await heard(event, 0)
        return [event.is_set() for event in listening]

    assert asyncio.run(scene()) == [True, False]


def test_the_key_of_an_address_is_a_keyed_hash_that_no_upgrade_changes(gateway: Gateway) -> None:
    key = lookup_hash(gateway.means.settings.lookup_key, "address", "test", "a")
    assert gateway.inbox.address_key("test", "a") == key
    assert gateway.inbox.address_key("web", "a") != key
