"""Step 9, said: what waits until a person writes again, because the platform takes no words of ours before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.channels.channel import Knock
from bot.conversation.claims import changed
from bot.conversation.means import Means
from bot.referrals.window import Seen, window_is_open
from bot.store.models import Outgoing, Person

CLOSED_AT = "closed_at"  # in a message's content: when the platform said that its window is closed

RELEASED = (
    update(Outgoing)
    .where(Outgoing.person_id == bindparam("person"), Outgoing.status == "held")
    .values(status="waiting", next_try_at=bindparam("at"), attempts=0, provider_id=None, reached=None)
)


def must_wait(person: Seen, content: Mapping[str, Any], at: datetime) -> bool:
    """Whether a message has to wait for the person to write, by our clock or by the platform's word."""
    said = content.get(CLOSED_AT)
    refused = said is not None and datetime.fromisoformat(said) >= person.last_seen_at
    return refused or not window_is_open(person, at)


def knock_for(session: Session, means: Means, person: Person) -> Knock | Literal["held", "failed"]:
    """The set message to send now, or the status of a message for which there is none.

    Only somebody with an open referral is written to after a day of silence, and is asked to write once.
    """
    facts = means.referrals.open_referral_facts(session, person.id)
    if facts is None or not facts["open"]:
        return "failed"
    # What was never tried was put aside in silence, and nobody was asked to write for it.
    held = select(Outgoing.id).where(
        Outgoing.person_id == person.id, Outgoing.status == "held", Outgoing.attempts > 0
    )
    if session.scalar(held.limit(1)) is not None:
        return "held"
    return Knock(person.language, facts["reference"])


def release_held(session: Session, person: Person, at: datetime) -> bool:
    """The person has written: what was held goes out now, in its order. Whether anything was."""
    return changed(session, RELEASED, person=person.id, at=at) > 0
