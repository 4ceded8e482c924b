"""Turns at the turn engine without the gateway: Rasa and the actions are real, and the state is carried here."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from held import OURS
from talks import TALK, Turns

from bot.processes.engine import Engine

Message = Mapping[str, Any]
FACTS = {
    "referral": None,
    "inactive_offices": [],
    "answer_days": {},
    "silent_minutes": 0,
    "languages": ["en"],
    "operator": "",
}


def tap(intent: str, **entities: str) -> Message:
    """A button pressed."""
    return {"tap": {"intent": intent, "entities": entities}}


# What the buttons of the talk mean, in its order.
TAPS = (
    tap("change_language", language="en"),
    tap("affirm"),
    *(tap("inform", answer=answer) for answer in ("yes", "adult", "yes", "TH", "BD", "own_country")),
    *(tap("inform", answer=answer) for answer in ("no", "none", "none", "no", "no", "no", "no", "no", "no")),
    *(tap("affirm"), tap("affirm"), tap("affirm")),
    *(tap("inform", answer=answer) for answer in ("ok", "me", "done", "chat", "any", "say_iom")),
    tap("affirm"),
)
_PRESSED = iter(TAPS)
MESSAGES: Sequence[Message] = [next(_PRESSED) if step.startswith("[") else {"text": step} for step in TALK]


@dataclass
class Conversation:
    """One conversation: `turn` and `state` are what the gateway would keep; `sent`, whether it has a referral."""

    name: str
    turn: int = 0
    state: Mapping[str, Any] | None = None
    sent: bool = False

    async def take(self, client: aiohttp.ClientSession, secret: str, message: Message) -> float:
        """One turn; its seconds. The language is unknown until it is chosen."""
        self.turn += 1
        request = {
            "conversation": self.name,
            "turn": self.turn,
            "language": "en" if self.turn > 1 else None,
            "message": message,
            "state": self.state,
            "facts": FACTS,
        }
        began = time.perf_counter()
        async with client.post("/webhooks/turn/take", json=request, headers={"X-Turn-Secret": secret}) as answer:
            taken = await answer.json()
        took = time.perf_counter() - began
        self.state = taken["state"]
        self.sent = any(effect["effect"] == "refer" for effect in taken["do"])
        return took


@dataclass
class EngineAlone:
    """Rasa and the actions, talked with as the gateway does."""

    engine: Engine
    name: str = "ours"
    pieces: Mapping[str, str] = field(default_factory=lambda: {name: OURS[name] for name in ("rasa", "actions")})
    stored: int = 0

    @property
    def address(self) -> str:
        """Where Rasa listens."""
        return self.engine.turn_url

    async def talk(self, client: aiohttp.ClientSession, number: int, steps: Sequence[str] = TALK) -> Turns:
        """A turn is timed until its answer; a part of the talk is its first steps."""
        conversation = Conversation(f"bench-{number}")
        turns = []
        for step, message in zip(steps, MESSAGES, strict=False):
            turns.append((step, await conversation.take(client, self.engine.turn_secret, message)))
        self.stored += conversation.sent
        return turns

    def referrals(self) -> int:
        """How many were asked to be stored."""
        return self.stored
