"""What a person sees of each messenger, and does there: they press what is shown; what they do is a delivery."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Protocol

from chaos_people import TELEGRAM_SECRET, Delivery, Platforms
from fake_graph_api import Someone, text_of, titles
from graph_limits import Json


class Owner(Protocol):
    """Whose phone it is."""

    @property
    def name(self) -> str:
        """`P` and five digits."""

    @property
    def address(self) -> str:
        """On the platform."""


class Phone(Protocol):
    """What a person sees of their platform, and does there."""

    def news(self) -> list[str]:
        """What came since they did something last."""

    def press(self, title: str) -> Delivery | None:
        """A press on the newest of these buttons that came since; None if there is none."""

    def write(self, words: str) -> Delivery:
        """Words typed."""


@dataclass
class Telegram:
    """A person's Telegram."""

    owner: Owner
    platforms: Platforms
    done: int = 0
    seen: int = 0

    def news(self) -> list[str]:
        return [str(one["text"]) for one in self._ours()]

    def press(self, title: str) -> Delivery | None:
        for message in reversed(self._ours()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for key in row:
                    if key["text"] == title:
                        fake, chat = self.platforms.bot_api, int(self.owner.address)
                        return self._delivery(fake.tap_data(chat, message, key["callback_data"]))
        return None

    def write(self, words: str) -> Delivery:
        return self._delivery(self.platforms.bot_api.write(int(self.owner.address), text=words))

    def _ours(self) -> list[Json]:
        fake, chat = self.platforms.bot_api, int(self.owner.address)
        return [one for one in fake.ours(chat) if one["message_id"] > self.seen] if chat in fake.chats else []

    def _delivery(self, update: Json) -> Delivery:
        self.seen = max(self.platforms.bot_api.chats[int(self.owner.address)])
        self.done += 1
        headers = {"content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}
        return Delivery(self.owner.name, self.done - 1, "/telegram", headers, json.dumps(update).encode())


@dataclass
class WhatsApp:
    """A person's WhatsApp. `looked`: how much of what Meta took was looked through."""

    owner: Owner
    platforms: Platforms
    done: int = 0
    looked: int = 0
    came: list[Json] = field(default_factory=list)

    @property
    def who(self) -> Someone:
        return Someone(f"668{self.owner.name[1:]:0>8}", self.owner.address)

    def news(self) -> list[str]:
        taken = self.platforms.graph.sent[self.looked :]
        self.looked += len(taken)
        self.came += [one for one in taken if {one.get("to"), one.get("recipient")} & self.who.known_as]
        return [text_of(one) for one in self.came]

    def press(self, title: str) -> Delivery | None:
        if not any(title in titles(one) for one in self.came):
            return None
        return self._delivery(self.platforms.graph.presses(self.who, title))

    def write(self, words: str) -> Delivery:
        return self._delivery(self.platforms.graph.says(self.who, body=words))

    def _delivery(self, message: Json) -> Delivery:
        self.news()
        self.came.clear()
        self.done += 1
        graph = self.platforms.graph
        body, headers = graph.signed(graph.batch([message], who=[self.who]))
        return Delivery(self.owner.name, self.done - 1, "/whatsapp", headers, body)


PHONES = {"telegram": Telegram, "whatsapp": WhatsApp}
