"""Step 8 of the message's way, at the door: the console's worker that deletes what the door needs no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from bot.console.desk import Desk
from bot.console.login import WINDOW
from bot.console.sessions import IDLE, WHOLE
from bot.console.working import work
from bot.store.database import transaction
from bot.store.models import Invitation, LoginAttempt, OfficerSession, PasskeyChallenge

EVERY = 600.0  # seconds


@dataclass(frozen=True)
class Tidying:
    """The worker, and its desk."""

    desk: Desk

    async def run(self) -> None:
        """Tidy for ever."""
        await work("tidying", self.tidy, every=EVERY)

    def tidy(self) -> None:
        """Delete what is over now."""
        with transaction(self.desk.engine) as session:
            forget_stale(session, self.desk.clock())


def forget_stale(session: Session, at: datetime) -> None:
    """Delete sessions that are over or idle, links and challenges that are too old, tries that count no more."""
    session.execute(
        delete(OfficerSession).where(
            or_(OfficerSession.started_at <= at - WHOLE, OfficerSession.last_seen_at <= at - IDLE)
        )
    )
    session.execute(delete(Invitation).where(Invitation.expires_at <= at))
    session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at <= at))
    session.execute(delete(LoginAttempt).where(LoginAttempt.at <= at - WINDOW))
