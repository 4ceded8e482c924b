"""What an officer sees of WhatsApp's 24 hours."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_world import REFERENCE, World, make_world
from sqlalchemy import select

from bot.store.database import transaction
from bot.store.models import Outgoing, Person

PLACE = f"/referrals/{REFERENCE}"
ASKED_FIRST = "A set message asks them to write"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


@pytest.mark.parametrize(
    ("channel", "hours", "is_said"), [("whatsapp", 1, False), ("whatsapp", 24, True), ("web", 24, False)]
)
def test_whether_the_person_must_write_first_is_said(
    world: World, channel: str, hours: int, is_said: bool
) -> None:
    with transaction(world.engine) as session:
        session.scalars(select(Person).where(Person.address_key == REFERENCE)).one().channel = channel
    world.clock.on(hours=hours)
    anna = world.sign_in()
    anna.act("accept")
    page = anna.get(PLACE).text
    assert (ASKED_FIRST in page) is is_said
    assert ("reply-window reply-hint" in page) is is_said


@pytest.mark.parametrize(
    ("status", "reached", "words"),
    [
        ("sent", "delivered", "delivered"),
        ("sent", "read", "read"),
        ("sent", "failed", "not delivered"),
        ("held", "delivered", "waiting for the person to write"),
    ],
)
def test_what_the_platform_says_of_a_reply_is_shown(world: World, status: str, reached: str, words: str) -> None:
    anna = world.sign_in()
    anna.act("accept")
    anna.act("reply", text="Hello")
    with transaction(world.engine) as session:
        outgoing = session.scalars(select(Outgoing)).one()
        outgoing.status, outgoing.reached = status, reached
    assert f'<span class="delivery">{words}</span>' in anna.get(PLACE).text
