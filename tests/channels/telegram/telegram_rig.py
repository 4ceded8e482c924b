"""The Telegram channel over the fake Bot API, without a socket: a gateway of one's own, and a clock for both."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from fake_bot_api import TOKEN, FakeBotApi
from gateway_rig import START, Gateway, new_gateway
from starlette.applications import Starlette

from bot.channels.channel import Bubble, Choice
from bot.channels.telegram import LIMITS, Telegram
from bot.channels.telegram.api import Api
from bot.channels.telegram.pace import Pace
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox
from bot.settings import TelegramSettings

SECRET = "a-secret_of-the-webhook"
SETTINGS = TelegramSettings(TOKEN, SECRET, "https://telegram.test", polling=False)
CHAT = 5550001


@dataclass
class Rig:
    """`seconds` is the time for channel, fake and gateway alike; a wait of the channel moves it."""

    gateway: Gateway
    fake: FakeBotApi
    channel: Telegram
    web: httpx.AsyncClient
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.forward(seconds)

    def forward(self, seconds: float) -> None:
        self.seconds += seconds
        self.gateway.clock.forward(seconds=seconds)

    async def post(self, update: Any, secret: str | None = SECRET, **given: Any) -> int:
        """What the webhook answers to one delivery."""
        headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
        body = given or {"json": update}
        return (await self.web.post("/telegram", headers=headers, **body)).status_code

    async def settle(self) -> None:
        """Take and send all there is, as long as that takes, and do what is to be tidied."""
        await self.gateway.take_all()
        for _ in range(200):
            while await self.gateway.outbox.send_one():
                pass
            if not [status for status, _ in self.gateway.queued() if status == "waiting"]:
                break
            self.forward(0.5)
        await self.tidy()

    async def tidy(self) -> None:
        """Do every touch that waits."""
        await self.channel.touches.do_all()

    async def write(self, chat: int = CHAT, **content: Any) -> None:
        assert await self.post(self.fake.write(chat, **content)) == 200
        await self.settle()

    async def tap(self, title: str, chat: int = CHAT) -> None:
        assert await self.post(self.fake.tap(chat, title)) == 200
        await self.settle()

    def said(self, chat: int = CHAT) -> list[str]:
        return [message["text"] for message in self.fake.ours(chat)]


@contextmanager
def telegram(home: Path, settings: TelegramSettings = SETTINGS, *, over_http: bool = False) -> Iterator[Rig]:
    """A rig with its files in `home`. `over_http`: it calls what is at `settings.api`, and the fake is idle."""
    with new_gateway(home) as gateway:
        means = replace(gateway.means, limits={Telegram.name: LIMITS})
        fake = FakeBotApi()
        rig = Rig(gateway, fake, None, None)  # type: ignore[arg-type]  # set below: each needs the other
        fake.now = rig.now
        transport = None if over_http else httpx.ASGITransport(fake.app)
        api = Api(settings, Pace(rig.now, rig.sleep), transport)
        gateway.means, gateway.inbox = means, Inbox(means)
        rig.channel = Telegram(gateway.inbox, means, settings, api)
        gateway.dialogue = Dialogue(means, gateway.engine)
        gateway.outbox = Outbox(means, {Telegram.name: rig.channel})
        app = Starlette(routes=rig.channel.routes())
        rig.web = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway.test")
        assert gateway.clock.at == START
        yield rig


def bubble(text: str = "Hello", *titles: str, place: bool = False) -> Bubble:
    """What is said, with an answer for each title."""
    choices = tuple(Choice(f"id{number}", title) for number, title in enumerate(titles))
    return Bubble(text, "en", "ltr", choices, place=place)


def refusing(rig: Rig, method: str, *errors: Exception) -> None:
    """The next calls of `method` are refused so."""
    rig.fake.script[method] = deque(errors)


def buttons(message: dict[str, Any]) -> list[list[str]]:
    """The titles of a message's buttons, row by row."""
    return [[key["text"] for key in row] for row in message.get("reply_markup", {}).get("inline_keyboard", [])]
