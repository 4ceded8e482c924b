"""What a call of the Bot API brings with it, read and checked as strictly as Telegram does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

UPLOADED = {"sendVoice": "voice", "sendDocument": "document"}  # each file of ours, by its method


class RefusalError(Exception):
    """An answer that is no `ok`; `parameters` are those of the Bot API."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


async def read_parameters(request: Request, method: str) -> dict[str, Any]:
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/"):
        return await _uploaded(request, method)
    if kind.startswith("application/json"):
        return dict(await request.json())
    given = {**request.query_params, **(await request.form())}
    return {name: _value(str(value)) for name, value in given.items()}


async def _uploaded(request: Request, method: str) -> dict[str, Any]:
    async with request.form() as form:
        given: dict[str, Any] = {}
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                given[name] = _value(value)
            elif UPLOADED.get(method) == name:
                given[name] = {"name": value.filename, "content": await value.read()}
            else:
                raise RefusalError(400, "Bad Request: nothing else of ours is uploaded")
        return given


def file_of(content: bytes) -> dict[str, Any]:
    return {"file_id": "f", "file_unique_id": "u", "duration": 1, "file_size": len(content)}


def captioned(asked: Mapping[str, Any]) -> dict[str, str]:
    caption = asked.get("caption", "")
    if len(caption) > 1024:
        raise RefusalError(400, "Bad Request: message caption is too long")
    return {"caption": caption} if caption else {}


def _value(text: str) -> Any:
    return json.loads(text) if text[:1] in {"[", "{"} or text in {"true", "false"} else text


def check_text(asked: Mapping[str, Any]) -> None:
    if not str(asked.get("text", "")).strip():
        raise RefusalError(400, "Bad Request: message text is empty")
    if len(asked["text"]) > 4096:
        raise RefusalError(400, "Bad Request: message is too long")
    if asked.get("parse_mode"):
        raise RefusalError(400, "Bad Request: people's words are never markup")


def check_markup(markup: Any) -> None:
    keys = [key for row in (markup or {}).get("inline_keyboard", []) for key in row]
    if len(keys) > 100:
        raise RefusalError(400, "Bad Request: reply markup is too long")
    for key in keys:
        if not key["text"] or not 1 <= len(key["callback_data"].encode()) <= 64:
            raise RefusalError(400, "Bad Request: BUTTON_DATA_INVALID")
