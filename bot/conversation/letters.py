"""Step 9, said: what the outbox holds in its hands, and which of what waits it takes up next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from bot.channels.channel import Bubble, Knock
from bot.conversation.quota import newcomers_last
from bot.store.models import Outgoing, Person

_LOOKED_AT = 20
# Nothing is put off for as long as this: it was by a clock that was ahead, and has been set right since.
AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class Letter:
    """One message to send. `bubble` is None for what the person did, shown to them again.

    `knock`: the platform takes only this instead, and the message is held until the person writes. `wipe`: no
    message, but those to take off the person's screen. `until`: the row is ours as long as it says so; another
    may have its number once the person has left.
    """

    id: int
    channel: str
    address: str
    attempts: int
    until: datetime
    bubble: Bubble | None
    knock: Knock | None = None
    wipe: tuple[str, ...] = ()


def sendable(at: datetime) -> Select[Outgoing]:
    """What may be sent at `at`: the first of each person that waits, newcomers behind the others."""
    earlier = aliased(Outgoing)
    before = select(earlier.id).where(
        earlier.person_id == Outgoing.person_id, earlier.status == "waiting", earlier.id < Outgoing.id
    )
    return (
        select(Outgoing)
        .join(Person, Person.id == Outgoing.person_id)
        .where(Outgoing.status == "waiting", _due(at), ~before.exists())
        .order_by(newcomers_last(1), Outgoing.next_try_at, Outgoing.id)
        .limit(_LOOKED_AT)
    )


def _due(at: datetime) -> ColumnElement[bool]:
    return or_(Outgoing.next_try_at <= at, Outgoing.next_try_at > at + AHEAD)
