"""Step 9, said: what became of a message after the platform took it. Receipts come late, twice, in any order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.channels.channel import Receipt
from bot.conversation.claims import changed
from bot.conversation.means import Means
from bot.conversation.window import CLOSED_AT
from bot.store.models import Outgoing, Person
from bot.store.sealing import seal, unseal

MOST_TRIES = 5  # of a message that the platform took and then did not deliver
# What a receipt may come after: one that was read has been delivered, whatever is said later.
AFTER: dict[str, tuple[str | None, ...]] = {
    "delivered": (None, "failed"),
    "read": (None, "failed", "delivered"),
    "failed": (None,),
}
SENT_AGAIN = frozenset({"later", "window"})  # what a receipt may say of a message that is to be sent again
log = structlog.get_logger(__name__)


def note_receipt(session: Session, means: Means, channel: str, receipt: Receipt) -> bool:
    """Keep what `receipt` says of a message of `channel`; False if there is no such message (any more)."""
    found = session.scalar(
        select(Outgoing)
        .join(Person, Person.id == Outgoing.person_id)
        .where(Person.channel == channel, Outgoing.provider_id == receipt.provider_id)
    )
    if found is None:
        return False
    if receipt.state in SENT_AGAIN:
        _send_again(session, means, found, receipt)
    else:
        _keep(found, receipt.state)
    log.info("receipt", outgoing=found.id, state=receipt.state)
    return True


def _keep(found: Outgoing, state: str) -> None:
    if found.reached in AFTER[state]:
        found.reached = state


def _send_again(session: Session, means: Means, found: Outgoing, receipt: Receipt) -> None:
    if found.status != "sent" or found.content is None or found.reached is not None:
        return
    if found.attempts >= MOST_TRIES:
        found.reached = "failed"
        return
    at, key = means.clock(), means.settings.field_key
    values: dict[str, Any] = {"status": "waiting", "next_try_at": at + timedelta(seconds=receipt.seconds)}
    if receipt.state == "window":
        values["content"] = seal(key, {**unseal(key, found.content), CLOSED_AT: at.isoformat()})
    again = update(Outgoing).where(Outgoing.id == found.id, Outgoing.status == "sent")
    changed(session, again.values(**values, provider_id=None))
