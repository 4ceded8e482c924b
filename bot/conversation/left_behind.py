"""Beside the message's way: what a gateway held when it was killed is free as soon as the next one starts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.conversation.claims import changed
from bot.conversation.outbox import CLAIMED
from bot.store.models import Outgoing, Person


def free_left_behind(session: Session, at: datetime) -> None:
    """Every lease and claim given back, for a gateway that starts at `at`.

    On SQLite, which one gateway has to itself. On PostgreSQL others may be at work: there a lease or a claim runs
    out by itself. A claim is known by its time alone, so a wait that is as short is over too, and is asked for
    again by who asked for it.
    """
    if session.get_bind().dialect.name != "sqlite":
        return
    held = Person.lease.is_not(None)
    changed(session, update(Person).where(held).values(lease=None, lease_until=None))
    soon = Outgoing.next_try_at.between(at, at + CLAIMED)
    changed(session, update(Outgoing).where(Outgoing.status == "waiting", soon).values(next_try_at=at))
