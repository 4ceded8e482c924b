"""Step 1 on Telegram, without a public address: updates are asked for, and confirmed only once they are stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import anyio
import structlog
from telegram.error import Conflict, InvalidToken

from bot.channels.telegram.api import Api
from bot.channels.telegram.reading import ALLOWED_UPDATES
from bot.conversation.working import whereabouts

WAIT = 25  # seconds for which Telegram holds a question open
AGAIN = 3.0  # seconds after a fault
log = structlog.get_logger(__name__)


@dataclass
class Polling:
    """One poller a bot: Telegram refuses a second. `bring` stores an update, or raises when it cannot."""

    api: Api
    bring: Callable[[Any], Awaitable[None]]
    wait: int = WAIT
    again: float = AGAIN
    _offset: int | None = None

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            await self._through_faults()

    async def _through_faults(self) -> None:
        try:
            await self.once()
        except Conflict:
            # A webhook stands, or another process polls: the first is ours to take away.
            log.error("telegram.conflict", remedy="stop the other process that polls with this token")  # noqa: TRY400
            await self.api.touch(lambda bot: bot.delete_webhook(drop_pending_updates=False))
            await anyio.sleep(self.again)
        except InvalidToken:
            log.error("telegram.token_refused", remedy="look at BOT_TELEGRAM_TOKEN")  # noqa: TRY400
            await anyio.sleep(self.again * 10)
        except Exception as error:  # noqa: BLE001 - the network, the database: asked again, nothing was confirmed
            log.warning("telegram.poll_failed", error=whereabouts(error))
            await anyio.sleep(self.again)

    async def once(self) -> None:
        """Ask once, and store all that came, each before the next is confirmed."""
        for raw in await self.api.updates(self._offset, self.wait, ALLOWED_UPDATES):
            await self.bring(raw)
            number = raw.get("update_id") if isinstance(raw, dict) else None
            if isinstance(number, int):
                # The next may be smaller: after a quiet week Telegram begins anew, at random.
                self._offset = number + 1
