from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from gateway_rig import Gateway

from bot.channels.channel import Attachment, Content, Location, Text
from bot.conversation import inbox
from bot.conversation.content import LONGEST_TEXT, as_kept
from bot.store.models import Incoming, Person


def test_a_second_delivery_is_one_message(gateway: Gateway) -> None:
    async def scene() -> list[bool]:
        first = await gateway.bring("hello", delivery="same")
        await gateway.take_all()
        again = [await gateway.bring("hello", delivery="same") for _ in range(3)]
        await gateway.take_all()
        return [first, *again]

    assert asyncio.run(scene()) == [True, False, False, False]
    assert len(gateway.engine.asked) == 1
    assert len(gateway.rows(Incoming)) == 1


def test_fifty_deliveries_at_once_are_one_message_of_one_person(gateway: Gateway) -> None:
    async def scene() -> list[bool]:
        return await asyncio.gather(*(gateway.bring("hi", delivery="same") for _ in range(50)))

    assert sorted(asyncio.run(scene())) == [False] * 49 + [True]
    assert len(gateway.rows(Incoming)) == len(gateway.rows(Person)) == 1


def test_what_is_stored_beside_one_that_cannot_be_is_stored(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    def poisoned(content: Content) -> dict[str, Any]:
        if content == Text("poison"):
            raise ValueError
        return as_kept(content)

    monkeypatch.setattr(inbox, "as_kept", poisoned)

    async def scene() -> list[bool | BaseException]:
        words = ["one", "two", "poison", "three"]
        brought = (gateway.bring(word, address=word) for word in words)
        return await asyncio.gather(*brought, return_exceptions=True)

    one, two, poison, three = asyncio.run(scene())
    assert isinstance(poison, ValueError)
    assert (one, two, three) == (True, True, True)
    assert [row.status for row in gateway.rows(Incoming)] == ["waiting"] * 3
    assert len(gateway.rows(Person)) == 3


def test_the_same_delivery_id_from_another_person_is_another_message(gateway: Gateway) -> None:
    async def scene() -> None:
        assert await gateway.bring("hello", address="a", delivery="1")
        assert await gateway.bring("hello", address="b", delivery="1")

    asyncio.run(scene())
    assert len(gateway.rows(Incoming)) == 2


def test_a_second_delivery_long_after_the_person_was_forgotten_is_known(gateway: Gateway) -> None:
    async def scene() -> bool:
        await gateway.bring("hello", delivery="1")
        await gateway.talk("quit")
        return await gateway.bring("hello", delivery="1")

    assert asyncio.run(scene()) is False


def test_silence_is_counted_in_whole_minutes_since_the_last_message(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        gateway.clock.forward(minutes=16, seconds=59)
        await gateway.talk("hello")

    asyncio.run(scene())
    assert [request["facts"]["silent_minutes"] for request in gateway.engine.asked] == [None, 16]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("/restart", {"text": "restart"}),
        ('//inform{"answer":"adult"}', {"text": 'inform{"answer":"adult"}'}),
        ("a\x00b\ud800c\x1b", {"text": "abc"}),
        ("e\u0301", {"text": "\u00e9"}),
        ("x" * 9000, {"text": "x" * LONGEST_TEXT}),
        ("\u200b\u200b", {"attachment": "other"}),
        ("///", {"attachment": "other"}),
        ("{{7*7}} %s {0}", {"text": "{{7*7}} %s {0}"}),
        ("می‌خواهم", {"text": "می‌خواهم"}),
    ],
)
def test_text_is_cleaned(typed: str, kept: dict[str, str]) -> None:
    assert as_kept(Text(typed)) == kept


def test_an_attachment_is_its_kind_and_a_place_is_coarse(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk(Attachment("photo"))
        await gateway.talk(Location(13.7205, 100.5291))

    asyncio.run(scene())
    assert gateway.engine.messages == [{"attachment": "photo"}, {"location": [13.7, 100.5]}]


def test_no_plain_words_or_addresses_are_at_rest(gateway: Gateway, tmp_path: Path) -> None:
    canary, address = "canary-in-a-mine", "address-of-a-person"
    gateway.engine.answer = {
        "say": [{"name": "sent", "variables": {"code": {"kind": "text", "value": canary}}, "buttons": []}],
        "do": [],
        "state": {"slots": {"note": canary}},
    }

    async def scene() -> None:
        await gateway.talk(canary, address=address)
        await gateway.bring(canary, address=address)  # one that still waits

    asyncio.run(scene())
    at_rest = b"".join(path.read_bytes() for path in tmp_path.glob("test.sqlite3*"))
    assert (tmp_path / "test.sqlite3-wal").exists()
    assert canary in gateway.queued()[0][1]
    assert canary.encode() not in at_rest
    assert address.encode() not in at_rest
    assert b"How old" not in at_rest
