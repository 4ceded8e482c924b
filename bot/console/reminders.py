"""Step 7 of the message's way: the console's worker that reminds offices of answers that are overdue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from starlette.applications import Starlette

from bot.console.desk import Desk
from bot.console.mail import Letter, Post
from bot.console.tidying import Tidying
from bot.console.working import work
from bot.referrals.overdue import Reminder, claim_reminders, take_back
from bot.store.database import transaction

EVERY = 600.0  # seconds
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Reminders:
    """The worker: its desk, and how letters go."""

    desk: Desk
    post: Post

    async def run(self) -> None:
        """Remind for ever."""
        await work("reminders", self.remind, every=EVERY)

    def remind(self) -> int:
        """Send what is due now; how many went. What could not be sent is tried again later."""
        with transaction(self.desk.engine) as session:
            reminders = claim_reminders(session, self.desk.clock())
        return sum(self._send(reminder) for reminder in reminders)

    def _send(self, reminder: Reminder) -> bool:
        try:
            self.post.send(self.letter(reminder))
        except Exception as error:  # noqa: BLE001 -- one mailbox must not keep the others from theirs
            log.error("reminder.failed", office=reminder.office, error=type(error).__name__)  # noqa: TRY400 -- as above
            with transaction(self.desk.engine) as session:
                take_back(session, reminder)
            return False
        return True

    def letter(self, reminder: Reminder) -> Letter:
        """The reminder in the words of whoever set it up: a line for the subject, then the text."""
        pages = self.desk.pages
        text = pages.render(pages.language_for(reminder.language), "reminder.html", reminder=reminder)
        subject, _, rest = text.strip().partition("\n")
        return Letter(reminder.to, subject, rest.strip() + "\n")


def reminding(desk: Desk, post: Post | None) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """The life of the application: its workers run beside it, this one where letters can go at all."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        workers = [Tidying(desk).run(), *([Reminders(desk, post).run()] if post is not None else [])]
        tasks = [asyncio.create_task(worker) for worker in workers]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return lifespan
