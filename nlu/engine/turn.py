"""The turn channel: one request is one turn. It takes a message and a state, and gives what to say and a state.

On loopback only, with a shared secret. Step 3 of the message's way, Rasa's side of it.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from nlu.engine.reading import read_tap
from nlu.engine.say import Collected
from nlu.engine.state import CARRIED, Carried

QUESTION_SLOT = "requested_slot"


class SwallowedErrors(logging.Handler):
    """Rasa logs an action that failed and goes on as if it had not; here the turn learns of it and is refused."""

    def emit(self, record: logging.LogRecord) -> None:
        """Notes the kind of error, never its words."""
        carried = CARRIED.get(None)
        if carried is not None:
            kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "error"
            carried.failures.append(kind)


class TurnChannel(InputChannel):
    """Rasa's only way in."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        logging.getLogger("rasa.core.processor").addHandler(SwallowedErrors(level=logging.ERROR))

    @classmethod
    def name(cls) -> str:
        """The path under /webhooks."""
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnChannel:
        """From `credentials.yml`; a missing secret stops the start."""
        secret = (credentials or {}).get("secret") or ""
        if not secret or secret.startswith("$"):
            raise ValueError("The turn channel has no secret: set BOT_TURN_SECRET.")
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """GET / tells that it is up; POST /take takes a turn."""
        turn = Blueprint("turn_webhook")

        @turn.get("/")
        async def up(_request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @turn.post("/take")
        async def take(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get("x-turn-secret", "").encode(), self.secret.encode()):
                return response.json({"error": "forbidden"}, status=403)
            return await answer(request.json, on_new_message)

        return turn


async def answer(turn: dict[str, Any], on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
    """One turn taken: 200 with `say`, `do`, `state` and `heard`, or 503 when anything in it failed."""
    state = turn.get("state") or {}
    facts = {**turn["facts"], "language": turn["language"], "turn": turn["turn"]}
    carried = Carried(came=state, facts=facts)
    token = CARRIED.set(carried)
    output = Collected()
    try:
        await on_new_message(message_of(turn, state, output))
    finally:
        CARRIED.reset(token)
    if carried.failures or carried.tracker is None:
        return response.json({"error": "failed", "kinds": carried.failures}, status=503)
    latest = carried.tracker.latest_message
    heard = (latest.parse_data if latest else {}).get("intent", {})
    return response.json(
        {
            "say": output.said,
            "do": carried.effects(),
            "state": carried.goes(),
            "heard": {
                "intent": heard.get("full_retrieval_intent_name") or heard.get("name"),
                "confidence": heard.get("confidence"),
            },
        }
    )


def message_of(turn: dict[str, Any], state: dict[str, Any], output: Collected) -> UserMessage:
    """The message as Rasa takes it: words are read by the model, a tap is already read."""
    metadata = situation(turn, state)
    message = turn["message"]
    if "text" in message:
        # Rasa takes words with a leading slash for commands; here they are words like any other.
        text = message["text"].lstrip("/ ") or "?"
        return UserMessage(text, output, turn["conversation"], input_channel="turn", metadata=metadata)
    tap = message.get("tap") or {"intent": "inform", "entities": {"not_text": message.get("attachment")}}
    if "location" in message:
        latitude, longitude = message["location"]
        tap = {"intent": "inform", "entities": {"latitude": latitude, "longitude": longitude}}
    if message.get("typed"):
        tap = {**tap, "entities": {**tap.get("entities", {}), "typed": "yes"}}
    return UserMessage(
        "", output, turn["conversation"], read_tap(tap, metadata), input_channel="turn", metadata=metadata
    )


def situation(turn: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    """What the reading of a message may know of its place: language, question asked, silence."""
    slots = state.get("slots", {})
    return {
        "language": turn["language"],
        "asked": slots.get(QUESTION_SLOT) or slots.get("screen"),
        "silent_minutes": turn["facts"].get("silent_minutes"),
        "has_answers": bool(slots.get("trail")),
        "arriving": turn["language"] is None,
    }
