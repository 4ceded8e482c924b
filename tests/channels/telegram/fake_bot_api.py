"""A Bot API of our own to test against: it keeps chats, and is as strict as Telegram's where ours must obey."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot_api_calls import RefusalError, captioned, check_markup, check_text, file_of, read_parameters
from fake_chats import BOT, FakeChats
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "7000000001:" + "test-token_" * 3
KEPT = 48 * 3600  # seconds in which a message may be deleted
PER_CHAT, IN_ALL = 1, 30  # messages in a second


@dataclass
class FakeBotApi(FakeChats):
    """`script`: refusals for the next calls of a method, before any succeeds."""

    no_voice: set[int] = field(default_factory=set)  # chats of people who take no voice messages
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    script: dict[str, deque[Exception]] = field(default_factory=dict)
    results: list[tuple[str, Any]] = field(default_factory=list)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    strict_pace: bool = True
    _sent: deque[tuple[float, int]] = field(default_factory=deque)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/bot{token}/{method}", self._serve, methods=["GET", "POST"])])

    def called(self, method: str) -> list[dict[str, Any]]:
        return [parameters for name, parameters in self.calls if name == method]

    async def _serve(self, request: Request) -> Response:
        method = request.path_params["method"]
        try:
            result = self._answer(request.path_params["token"], method, await read_parameters(request, method))
        except RefusalError as refused:
            answer = {"ok": False, "error_code": refused.code, "description": refused.description}
            if refused.parameters:
                answer["parameters"] = refused.parameters
            return JSONResponse(answer, refused.code)
        if method == "getUpdates" and not result:
            await asyncio.sleep(0.01)  # a short long poll
        self.results.append((method, result))
        return JSONResponse({"ok": True, "result": result})

    def _answer(self, token: str, method: str, parameters: dict[str, Any]) -> Any:
        if token != TOKEN:
            raise RefusalError(401, "Unauthorized")
        self.calls.append((method, parameters))
        planned = self.script.get(method)
        if planned:
            raise planned.popleft()
        act = getattr(self, f"_do_{_snake(method)}", None)
        if act is None:
            raise RefusalError(404, "Not Found: method not found")
        return act(parameters)

    def _do_get_me(self, _asked: Mapping[str, Any]) -> Any:
        return {
            **BOT,
            "can_join_groups": False,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    def _do_send_message(self, asked: Mapping[str, Any]) -> Any:
        chat = self._reachable(asked)
        check_text(asked)
        markup = asked.get("reply_markup")
        check_markup(markup)
        self._check_pace(chat)
        shown = {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}
        return self._new_message(chat, BOT, {"text": asked["text"], **shown})

    def _do_send_voice(self, asked: Mapping[str, Any]) -> Any:
        chat = self._reachable(asked)
        if chat in self.no_voice:
            raise RefusalError(400, "Bad Request: VOICE_MESSAGES_FORBIDDEN")
        self._check_pace(chat)
        sound = asked["voice"]["content"]
        if sound[:4] != b"OggS" or b"OpusHead" not in sound[:64] or len(sound) > 1 << 20:
            raise RefusalError(400, "Bad Request: wrong type of the file content")
        return self._new_message(chat, BOT, {"voice": file_of(sound), **captioned(asked)})

    def _do_send_document(self, asked: Mapping[str, Any]) -> Any:
        chat = self._reachable(asked)
        self._check_pace(chat)
        return self._new_message(
            chat, BOT, {"document": file_of(asked["document"]["content"]), **captioned(asked)}
        )

    def _do_edit_message_text(self, asked: Mapping[str, Any]) -> Any:
        check_text(asked)
        return self._edited(asked, asked["text"])

    def _do_edit_message_reply_markup(self, asked: Mapping[str, Any]) -> Any:
        return self._edited(asked, None)

    def _edited(self, asked: Mapping[str, Any], text: str | None) -> Any:
        chat = self._reachable(asked)
        message = self.chats[chat].get(int(asked["message_id"]))
        if message is None or not message["from"]["is_bot"]:
            raise RefusalError(400, "Bad Request: message to edit not found")
        markup = asked.get("reply_markup")
        check_markup(markup)
        if (text or message["text"], markup) == (message["text"], message.get("reply_markup")):
            raise RefusalError(
                400, "Bad Request: message is not modified: specified new message content is the same"
            )
        message["text"] = text or message["text"]
        message["edit_date"] = self._date()
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        return message

    def _do_delete_message(self, asked: Mapping[str, Any]) -> Any:
        chat = self._reachable(asked)
        number = int(asked["message_id"])
        if number not in self.chats[chat]:
            raise RefusalError(400, "Bad Request: message to delete not found")
        self._check_young(chat, number)
        del self.chats[chat][number]
        return True

    def _do_delete_messages(self, asked: Mapping[str, Any]) -> Any:
        chat, numbers = self._reachable(asked), asked["message_ids"]
        if not 1 <= len(numbers) <= 100:
            raise RefusalError(400, "Bad Request: wrong number of message identifiers")
        known = [number for number in numbers if number in self.chats[chat]]
        for number in known:
            self._check_young(chat, number)
        for number in known:
            del self.chats[chat][number]
        return True

    def _do_answer_callback_query(self, asked: Mapping[str, Any]) -> Any:
        if asked["callback_query_id"] not in self.queries:
            raise RefusalError(
                400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
            )
        self.queries.remove(asked["callback_query_id"])
        return True

    def _do_leave_chat(self, _asked: Mapping[str, Any]) -> Any:
        return True

    def _do_set_webhook(self, asked: Mapping[str, Any]) -> Any:
        if not asked["url"].startswith("https://"):
            raise RefusalError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", asked.get("secret_token", "-")):
            raise RefusalError(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = dict(asked)
        return True

    def _do_delete_webhook(self, asked: Mapping[str, Any]) -> Any:
        self.webhook = {"url": ""}
        if asked.get("drop_pending_updates"):
            self.pending.clear()
        return True

    def _do_get_webhook_info(self, _asked: Mapping[str, Any]) -> Any:
        return {
            "url": self.webhook["url"],
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
        }

    def _do_get_updates(self, asked: Mapping[str, Any]) -> Any:
        if self.webhook["url"]:
            raise RefusalError(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = asked.get("offset")
        if offset is not None:
            self.pending = [update for update in self.pending if update["update_id"] >= int(offset)]
        return self.pending[: int(asked.get("limit", 100))]

    def _do_set_my_commands(self, asked: Mapping[str, Any]) -> Any:
        for command in asked["commands"]:
            if (
                not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"])
                or not 1 <= len(command["description"]) <= 256
            ):
                raise RefusalError(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands[asked.get("language_code", "")] = asked["commands"]
        return True

    def _do_set_my_name(self, asked: Mapping[str, Any]) -> Any:
        return self._profiled("name", 64, asked)

    def _do_set_my_description(self, asked: Mapping[str, Any]) -> Any:
        return self._profiled("description", 512, asked)

    def _do_set_my_short_description(self, asked: Mapping[str, Any]) -> Any:
        return self._profiled("short_description", 120, asked)

    def _profiled(self, what: str, most: int, asked: Mapping[str, Any]) -> Any:
        if len(asked[what]) > most:
            raise RefusalError(400, f"Bad Request: bot {what} is too long")
        self.profile[(what, asked.get("language_code", ""))] = asked[what]
        return True

    def _reachable(self, asked: Mapping[str, Any]) -> int:
        chat = int(asked["chat_id"])
        if chat in self.blocked:
            raise RefusalError(403, "Forbidden: bot was blocked by the user")
        if chat not in self.chats:
            raise RefusalError(400, "Bad Request: chat not found")
        return chat

    def _check_pace(self, chat: int) -> None:
        now = self.now()
        while self._sent and now - self._sent[0][0] >= 1:
            self._sent.popleft()
        to_chat = sum(other == chat for _, other in self._sent)
        if self.strict_pace and (to_chat >= PER_CHAT or len(self._sent) >= IN_ALL):
            raise RefusalError(429, "Too Many Requests: retry after 3", retry_after=3)
        self._sent.append((now, chat))

    def _check_young(self, chat: int, number: int) -> None:
        if self._date() - self.chats[chat][number]["date"] > KEPT:
            raise RefusalError(400, "Bad Request: message can't be deleted for everyone")


def _snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()
