"""After a kill nobody waits for a lease or a claim of who is dead."""

from __future__ import annotations

import asyncio

from gateway_rig import Gateway
from turns import says

from bot.channels.channel import TryLaterError
from bot.conversation.left_behind import free_left_behind
from bot.store.database import transaction
from bot.store.models import Outgoing


def starts(gateway: Gateway) -> None:
    with transaction(gateway.means.database) as session:
        free_left_behind(session, gateway.clock.at)


def test_what_a_killed_gateway_held_is_taken_and_sent_at_once(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain")

    async def scene() -> list[bool]:
        await gateway.bring("one", address="a")
        await gateway.take_all()
        assert len(await gateway.outbox._claim(4)) == 1
        await gateway.bring("two", address="b")
        assert len(await gateway.dialogue._claim(4)) == 1
        before = [await gateway.dialogue.take_one(), await gateway.outbox.send_one()]
        starts(gateway)
        return [*before, await gateway.dialogue.take_one(), await gateway.outbox.send_one()]

    assert asyncio.run(scene()) == [False, False, True, True]


def test_a_long_wait_that_a_platform_asked_for_goes_on(gateway: Gateway) -> None:
    gateway.engine.answer = says("plain")
    gateway.channel.errors = [TryLaterError(300)]
    asyncio.run(gateway.talk("one"))
    (before,) = gateway.rows(Outgoing)
    starts(gateway)
    (after,) = gateway.rows(Outgoing)
    assert after.next_try_at == before.next_try_at
