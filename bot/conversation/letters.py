"""Step 9, said: what the outbox holds in its hands, and which of what waits it takes up next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from bot.channels.channel import Bubble, Knock
from bot.conversation.quota import known_first
from bot.store.models import Outgoing, Person

# Nothing is put off for as long as this: it was by a clock that was ahead, and has been set right since.
AHEAD = timedelta(days=1)


@dataclass(frozen=True)
class Letter:
    """One message to send. `bubble` is None for what the person did, shown to them again.

    `knock`: the platform takes only this instead, and the message is held until the person writes. `wipe`: no
    message, but those to take off the person's screen. `until`: the row is ours as long as it says so; another
    may have its number once the person has left. `more`: another bubble of the same message comes after it.
    """

    id: int
    channel: str
    address: str
    attempts: int
    until: datetime
    bubble: Bubble | None
    knock: Knock | None = None
    wipe: tuple[str, ...] = ()
    more: bool = False


def sendable(session: Session, at: datetime, most: int) -> Sequence[tuple[Outgoing, Person]]:
    """Up to `most` that may be sent at `at`, locked: the first of each person that waits."""
    earlier = aliased(Outgoing)
    before = select(earlier.id).where(
        earlier.person_id == Outgoing.person_id, earlier.status == "waiting", earlier.id < Outgoing.id
    )
    wanted = (
        select(Outgoing, Person)
        .join(Person, Person.id == Outgoing.person_id)
        .where(Outgoing.status == "waiting", _due(at), ~before.exists())
        .order_by(Outgoing.next_try_at, Outgoing.id)
        .with_for_update(skip_locked=True, of=Outgoing)
    )
    found: Sequence[tuple[Outgoing, Person]] = known_first(session, wanted, 1, most)
    return found


def _due(at: datetime) -> ColumnElement[bool]:
    return or_(Outgoing.next_try_at <= at, Outgoing.next_try_at > at + AHEAD)
