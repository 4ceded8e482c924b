"""Step 7 of the message's way: the office is told that something is there, by reference code and no more.

What the office has to hear is an event marked `tell`, written with the act itself, so that no news is lost when
a process dies. `tell_offices` is called every few seconds by the gateway.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Protocol, TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.store.models import Referral, ReferralEvent

BATCH = 100  # events told in one transaction


@dataclass(frozen=True)
class News:
    """What an office is told: `act` is a code, one of those in `bot.referrals.history.TOLD`."""

    office: str
    reference: str
    act: str
    priority: bool


class Notifier(Protocol):
    """A way to reach an office. Whatever it raises leaves the news to be told again."""

    def tell(self, news: News) -> None:
        """Tell one office one thing."""


@dataclass(frozen=True)
class PrintingNotifier:
    """The twin that prints: one line with the office, what happened and the reference code."""

    stream: TextIO = sys.stdout

    def tell(self, news: News) -> None:
        """One line on the stream."""
        mark = " !" if news.priority else ""
        self.stream.write(f"{news.office} {news.act} {news.reference}{mark}\n")
        self.stream.flush()


def tell_offices(session: Session, notifier: Notifier) -> int:
    """Tell what is still to be told, oldest first; how many were told. After a failure the round is told again."""
    waiting = (
        select(ReferralEvent, Referral)
        .join(Referral, Referral.id == ReferralEvent.referral_id)
        .where(ReferralEvent.tell.is_(True))
        .order_by(ReferralEvent.id)
        .limit(BATCH)
        .with_for_update(of=ReferralEvent, skip_locked=True)
    )
    told = 0
    for event, referral in session.execute(waiting):
        notifier.tell(News(referral.office_id, referral.reference, event.act, referral.priority))
        event.tell = False
        told += 1
    return told
