"""Step 7, office told: what happened to referrals is told to their offices, by reference code and no more."""

from __future__ import annotations

from dataclasses import dataclass

from anyio.to_thread import run_sync

from bot.conversation.means import Means
from bot.conversation.working import work
from bot.referrals.notify import Notifier, tell_offices
from bot.store.database import transaction

EVERY = 5.0  # seconds


@dataclass(frozen=True)
class OfficeNews:
    """The worker that tells offices."""

    means: Means
    notifier: Notifier

    async def run(self) -> None:
        """Tell for ever."""
        await work("office_news", self._once, every=EVERY)

    async def _once(self) -> None:
        await run_sync(self.tell)

    def tell(self) -> int:
        """Tell all that is still to be told; how much it was. A failed round is told again."""
        with transaction(self.means.database) as session:
            return tell_offices(session, self.notifier)
