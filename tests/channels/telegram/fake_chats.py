"""What a person's Telegram shows and does: private chats, and the updates that come of what is done in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.responses import Response

BOT = {"id": 7000000001, "is_bot": True, "first_name": "Chat", "username": "neutral_chat_bot"}
EPOCH = 1_790_000_000


@dataclass
class FakeChats:
    """The chats of all people, by the number of each. `now` gives seconds."""

    now: Callable[[], float] = lambda: 0.0
    chats: dict[int, dict[int, dict[str, Any]]] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    pending: list[dict[str, Any]] = field(default_factory=list)
    emitted: list[dict[str, Any]] = field(default_factory=list)
    queries: set[str] = field(default_factory=set)
    webhook: dict[str, Any] = field(default_factory=lambda: {"url": ""})
    _message: int = 100
    _update: int = 500_000

    def messages(self, chat: int) -> list[dict[str, Any]]:
        """What stands in a chat, in order."""
        return list(self.chats[chat].values())

    def ours(self, chat: int) -> list[dict[str, Any]]:
        return [message for message in self.messages(chat) if message["from"]["is_bot"]]

    def write(self, chat: int, **content: Any) -> dict[str, Any]:
        """An update with a new message of the person of `chat`."""
        message = self._new_message(chat, _person(chat), {**content, **_marked(content.get("text", ""))})
        return self._emit("message", message)

    def edit(self, chat: int, number: int, **content: Any) -> dict[str, Any]:
        message = self.chats[chat][number]
        message.update(content, edit_date=self._date() + 1)
        return self._emit("edited_message", message)

    def tap(self, chat: int, title: str) -> dict[str, Any]:
        """A tap on the newest button that reads `title`; a sloppy name is an error of the test."""
        for message in reversed(self.ours(chat)):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for key in row:
                    if key["text"] == title:
                        return self.tap_data(chat, message, key["callback_data"])
        raise AssertionError(f"no button «{title}» in {[m.get('text') for m in self.ours(chat)]}")

    def tap_data(self, chat: int, message: dict[str, Any], data: str) -> dict[str, Any]:
        self._update += 1
        query = {
            "id": f"q{self._update}",
            "from": _person(chat),
            "message": json.loads(json.dumps(message)),
            "chat_instance": "1",
            "data": data,
        }
        self.queries.add(query["id"])
        return self._emit("callback_query", query)

    def block(self, chat: int) -> dict[str, Any]:
        self.blocked.add(chat)
        was = {"status": "member", "user": BOT}
        return self._emit(
            "my_chat_member",
            {
                "chat": _chat(chat),
                "from": _person(chat),
                "date": self._date(),
                "old_chat_member": was,
                "new_chat_member": {"status": "kicked", "user": BOT, "until_date": 0},
            },
        )

    async def post(self, update: dict[str, Any], client: httpx.AsyncClient, url: str | None = None) -> Response:
        """Deliver one update to the webhook, with the secret that was set with it."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        came = await client.post(url or self.webhook["url"], json=update, headers=headers)
        return Response(status_code=came.status_code)

    def _emit(self, kind: str, content: Any) -> dict[str, Any]:
        self._update += 1
        update = {"update_id": self._update, kind: json.loads(json.dumps(content))}
        self.pending.append(update)
        self.emitted.append(update)
        return update

    def _new_message(self, chat: int, sender: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
        self._message += 1
        message = {
            "message_id": self._message,
            "from": dict(sender),
            "chat": _chat(chat),
            "date": self._date(),
            **content,
        }
        self.chats.setdefault(chat, {})[self._message] = message
        return message

    def _date(self) -> int:
        return EPOCH + int(self.now())


def _marked(text: str) -> dict[str, Any]:
    """Telegram marks a command in a text."""
    command = re.match(r"/\w+", text)
    return {"entities": [{"type": "bot_command", "offset": 0, "length": command.end()}]} if command else {}


def _chat(chat: int) -> dict[str, Any]:
    return {"id": chat, "type": "private", "first_name": "Someone"}


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Someone", "language_code": "fa"}
