"""Who a delivery is of: someone new, someone known by either name, someone another gateway stored meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from gateway_rig import START, Gateway
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.channels.channel import Arrival, Text
from bot.conversation import inbox
from bot.conversation.names import find_person
from bot.store.models import Incoming, Person
from bot.store.sealing import unseal


def bring(gateway: Gateway, address: str, also: str | None = None) -> None:
    arrival = Arrival(address, str(len(gateway.rows(Incoming))), Text("hello"), also=also)
    assert asyncio.run(gateway.inbox.receive("test", arrival))


def silences(gateway: Gateway) -> list[int | None]:
    key = gateway.means.settings.field_key
    return [unseal(key, row.content)["silent_minutes"] for row in gateway.rows(Incoming)]


def names_of(gateway: Gateway) -> list[tuple[str, str | None, Any]]:
    """Both keys of every person, and the address we write to."""
    key = gateway.means.settings.field_key
    return [(row.address_key, row.other_key, unseal(key, row.address)) for row in gateway.rows(Person)]


def test_who_comes_by_two_names_is_new_under_both(gateway: Gateway) -> None:
    bring(gateway, "a", also="number")
    key = gateway.inbox.address_key
    assert names_of(gateway) == [(key("test", "a"), key("test", "number"), "a")]
    assert gateway.rows(Incoming)[0].person_id == gateway.person().id
    assert (gateway.person().created_at, gateway.person().last_seen_at) == (START, START)


def test_who_was_known_by_a_number_is_the_same_person_by_another_name(gateway: Gateway) -> None:
    bring(gateway, "number")
    bring(gateway, "a", also="number")
    bring(gateway, "a")
    key = gateway.inbox.address_key
    assert names_of(gateway) == [(key("test", "a"), key("test", "number"), "a")]
    assert silences(gateway) == [None, 0, 0]


@pytest.mark.parametrize(
    ("seconds", "minutes"), [(59, 0), (60, 1), (-3600, 0)], ids=["less", "one", "a clock set back"]
)
def test_silence_is_never_less_than_none(gateway: Gateway, seconds: int, minutes: int) -> None:
    bring(gateway, "a")
    gateway.clock.forward(seconds=seconds)
    bring(gateway, "a")
    assert silences(gateway) == [None, minutes]


def stored_by_another(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """As on PostgreSQL: the person is not found yet for so many `times`, and is there when the row is written."""
    asked: list[Sequence[str]] = []

    def find(session: Session, channel: str, keys: Sequence[str]) -> Person | None:
        asked.append(keys)
        return None if len(asked) <= times else find_person(session, channel, keys)

    monkeypatch.setattr(inbox, "find_person", find)


def test_who_was_stored_by_another_gateway_meanwhile_is_that_person(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(gateway, "a")
    gateway.clock.forward(minutes=2)
    stored_by_another(monkeypatch, 1)
    bring(gateway, "a", also="number")
    key = gateway.inbox.address_key
    assert names_of(gateway) == [(key("test", "a"), key("test", "number"), "a")]
    assert {row.person_id for row in gateway.rows(Incoming)} == {gateway.person().id}
    assert silences(gateway) == [None, 2]


def test_a_row_that_cannot_be_written_for_another_reason_is_an_error_and_stores_nothing(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(gateway, "a")
    stored_by_another(monkeypatch, 9)
    with pytest.raises(IntegrityError):
        bring(gateway, "a")
    assert len(gateway.rows(Incoming)) == len(gateway.rows(Person)) == 1
