"""Step 4 of the message's way: the door through which Rasa calls the actions, on the loopback, with a secret.

rasa_sdk's own server listens everywhere, asks no secret and answers an error with the whole request; here its
executor stands behind a door of ours, which logs and answers no more than the name of what failed.
"""

from __future__ import annotations

import gc
import hmac
import json
import logging
import os
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.knowledge import load_all_knowledge
from actions.registry import build_executor
from bot.understanding.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parent.parent
LOG = logging.getLogger("actions")
LOOPBACK = "127.0.0.1"
KEEP_SECONDS = (
    60  # a connection between calls: longer than Rasa's side (15 s), so that it is never closed under a call
)
MOST_BYTES = 1_000_000  # of a call, unpacked: a turn's state is some kilobytes


class CallError(Exception):
    """A call that is not one: too long, or not a JSON object."""


def create_app(secret: str, executor: ActionExecutor) -> Starlette:
    """The application. `secret` is what every call must bring in `X-Action-Secret`.

    Answers 200 with events and responses, 400 when the action or the call is refused, 403 without the secret,
    404 for an action that is not here, 500 when the action failed.
    """

    async def webhook(request: Request) -> JSONResponse:
        given = request.headers.get("x-action-secret", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return JSONResponse({"error": "forbidden"}, 403)
        try:
            call = _read(await _body(request), request.headers.get("content-encoding", ""))
        except CallError as error:
            return JSONResponse({"error": str(error), "action_name": ""}, 400)
        return await _run(executor, call)

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/healthz", healthz)])


async def _run(executor: ActionExecutor, call: dict[str, Any]) -> JSONResponse:
    name = str(call.get("next_action"))
    try:
        result = await executor.run(call)
    except ActionExecutionRejection:
        return JSONResponse({"error": "refused", "action_name": name}, 400)
    except ActionNotFoundException:
        LOG.warning("action_unknown name=%s", name)
        return JSONResponse({"error": "no such action", "action_name": name}, 404)
    except Exception as error:  # noqa: BLE001 - whatever failed in an action, Rasa is told that it did
        # The kind and the place, never the message: it may hold an answer.
        LOG.error("action_failed name=%s kind=%s at=%s", name, type(error).__name__, _place(error))  # noqa: TRY400
        return JSONResponse({"error": "failed", "action_name": name}, 500)
    return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise CallError("The call is too long.")
    return bytes(body)


def _read(body: bytes, encoding: str) -> dict[str, Any]:
    try:
        if encoding == "deflate":
            unpacking = zlib.decompressobj()
            body = unpacking.decompress(body, MOST_BYTES)
            if unpacking.unconsumed_tail:
                raise CallError("The call is too long.")
        call = json.loads(body)
    except (zlib.error, ValueError, RecursionError):
        raise CallError("The call is not JSON.") from None
    if not isinstance(call, dict):
        raise CallError("The call is not a JSON object.")
    # Rasa leaves the domain out for actions that do not ask for it; the executor wants to be told so.
    return {**call, "domain": call.get("domain") or {}}


def _place(error: Exception) -> str:
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}" if at is not None else "unknown"


def main() -> None:
    """Serves the actions of this package on `BOT_ACTION_PORT` until stopped."""
    secret = os.environ.get("BOT_ACTION_SECRET", "")
    if not secret:
        raise SystemExit("BOT_ACTION_SECRET is not set: run `bot secrets`, or start this through `bot run`.")
    known = load_all_knowledge(ROOT / "criteria", ROOT / "domain.yml", ROOT / "locales" / "languages.yml")
    if os.environ.get("BOT_KEEP_UNCLEAR") == "1":
        known = replace(known, vocabulary=load_vocabulary(ROOT))
    executor = build_executor(known)
    # What is loaded stays: the garbage collector need not look through it again at every call.
    gc.collect()
    gc.freeze()
    port = int(os.environ.get("BOT_ACTION_PORT", "5055"))
    uvicorn.run(
        create_app(secret, executor),
        host=LOOPBACK,
        port=port,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_keep_alive=KEEP_SECONDS,
    )


if __name__ == "__main__":
    main()
