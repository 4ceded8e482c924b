"""What Meta reports of a message that it took: how far it came, and what is sent again."""

from __future__ import annotations

import asyncio

import pytest
from whatsapp_rig import Rig

from bot.store.models import Outgoing


@pytest.mark.parametrize(
    ("states", "reached"),
    [
        (("sent", "delivered", "read"), "read"),
        (("read", "delivered", "sent"), "read"),
        (("delivered", "delivered"), "delivered"),
        (("failed", "delivered"), "delivered"),
        (("delivered", "failed"), "delivered"),
        (("failed",), "failed"),
        (("deleted", "warning"), None),
    ],
)
def test_receipts_in_any_order(rig: Rig, states: tuple[str, ...], reached: str | None) -> None:
    [sent] = rig.says("Hello")
    for state in states:
        codes = (131026,) if state == "failed" else ()
        rig.notes(rig.graph.status(sent, state, *codes))
    assert [row.reached for row in rig.rows(Outgoing)] == [reached]
    assert len(rig.graph.sent) == 1


@pytest.mark.parametrize("code", [131056, 130429])
def test_what_was_taken_and_then_not_delivered_is_sent_again_a_few_times(rig: Rig, code: int) -> None:
    rig.says("Hello")
    for _ in range(8):
        rig.notes(rig.graph.status(rig.graph.sent[-1], "failed", code))
        rig.clock.forward(seconds=10)
        rig.send()
    assert len(rig.graph.sent) == 5
    assert [row.reached for row in rig.rows(Outgoing)] == ["failed"]


def test_a_receipt_that_is_faster_than_the_answer_is_looked_at_again(rig: Rig) -> None:
    rig.channel._to_note._after = 0
    [sent] = rig.says("Hello")
    [row] = rig.rows(Outgoing)

    def set_id(provider_id: str | None) -> None:
        from bot.store.database import transaction

        with transaction(rig.means.database) as session:
            session.get_one(Outgoing, row.id).provider_id = provider_id

    set_id(None)
    rig.notes(rig.graph.status(sent, "read"))
    set_id(row.provider_id)

    async def scene() -> None:
        async with asyncio.timeout(10):
            running = asyncio.create_task(rig.channel._to_note.run())
            while rig.rows(Outgoing)[0].reached is None:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
            running.cancel()

    asyncio.run(scene())
    assert rig.rows(Outgoing)[0].reached == "read"


def test_a_receipt_of_nothing_we_know_changes_nothing(rig: Rig) -> None:
    [sent] = rig.says("Hello")
    rig.notes(rig.graph.status({**sent, "id": "wamid.UNKNOWN"}, "failed", 131026))
    assert rig.rows(Outgoing)[0].reached is None
