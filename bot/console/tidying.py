"""Step 8 of the message's way, at the door: the console's worker that deletes what the door needs no more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete, or_
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from bot.console.desk import Desk
from bot.console.login import WINDOW
from bot.console.sessions import IDLE, WHOLE
from bot.store.database import transaction
from bot.store.models import Invitation, LoginAttempt, OfficerSession, PasskeyChallenge

EVERY = 600.0  # seconds
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Tidying:
    """The worker, and its desk."""

    desk: Desk

    async def run(self) -> None:
        """Tidy for ever; a fault is logged by its kind and tried again."""
        while True:
            try:
                await run_in_threadpool(self.tidy)
            except Exception as error:  # noqa: BLE001 -- the worker outlives every fault
                log.error("tidying.fault", error=type(error).__name__)  # noqa: TRY400 -- its words may hold a login
            await asyncio.sleep(EVERY)

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
