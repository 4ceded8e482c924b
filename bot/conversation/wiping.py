"""Step 2, stored: what stands on a person's screen, to be taken off through the outbox when they leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.conversation.means import Means
from bot.store.models import Incoming, Outgoing, Person
from bot.store.sealing import seal


def on_screen(session: Session, means: Means, person: Person, at: datetime) -> list[str]:
    """The platform's ids of the messages, ours and the person's, that can still be taken off."""
    limits = means.limits.get(person.channel)
    hours = limits.wipe_hours if limits else None
    if hours is None:
        return []
    since = at - timedelta(hours=hours)
    ours = select(Outgoing.provider_id).where(
        Outgoing.person_id == person.id, Outgoing.provider_id.is_not(None), Outgoing.sent_at > since
    )
    theirs = select(Incoming.provider_id).where(
        Incoming.person_id == person.id, Incoming.provider_id.is_not(None), Incoming.received_at > since
    )
    return [*filter(None, session.scalars(ours)), *filter(None, session.scalars(theirs))]


def queue_wipe(session: Session, means: Means, person: Person, provider_ids: Sequence[str], at: datetime) -> None:
    """Have these messages taken off before anything more is sent to the person; nothing to do is normal."""
    if provider_ids:
        content = {"say": None, "bubble": None, "wipe": list(provider_ids)}
        sealed = seal(means.settings.field_key, content)
        session.add(Outgoing(person_id=person.id, content=sealed, written_at=at, next_try_at=at))
        session.flush()
