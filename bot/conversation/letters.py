"""Step 9, said: what the outbox holds in its hands, and which of what waits it takes up next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.channels.channel import Bubble, Knock
from bot.conversation.in_turn import InTurn
from bot.store.models import Outgoing, Person


@dataclass(frozen=True)
class Letter:
    """One message to send. `bubble` is None for what the person did, shown to them again.

    `knock`: the platform takes only this instead, and the message is held until the person writes. `wipe`: no
    message, but those to take off the person's screen. `until`: the row is ours as long as it says so; another
    may have its number once the person has left. `more`: another bubble of the same message comes after it.
    """

    id: int
    person_id: int
    channel: str
    address: str
    attempts: int
    until: datetime
    bubble: Bubble | None
    knock: Knock | None = None
    wipe: tuple[str, ...] = ()
    more: bool = False


SENDABLE = InTurn(
    Outgoing,
    Person.channel,
    Person.address,
    Person.last_seen_at,
    most_turns=1,
    ahead=timedelta(days=1),
    locked=(Outgoing,),
)
MORE = select(Outgoing.id).where(Outgoing.person_id == bindparam("person"), Outgoing.status == "waiting").limit(1)


def more_waits(session: Session, person_id: int) -> bool:
    """Whether a message to this person waits."""
    return session.connection().scalar(MORE, {"person": person_id}) is not None
