"""Stand-ins at both ends of the gateway: an engine that answers as told, a channel that remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.routing import BaseRoute

from bot.channels.channel import Bubble, Delivered, Limits
from bot.conversation.turn_engine import Taken, read_answer

Answer = Mapping[str, Any]
REFER = {
    "effect": "refer",
    "office": "TH-BKK",
    "reference": "K7PM-2QXD",
    "content": {
        "outcome": "LIKELY",
        "reasons": [],
        "routes": ["R1"],
        "flags": [],
        "to_check": [],
        "answers": {"age": "adult"},
        "adults": 1,
        "children": 0,
        "contact": {"way": "chat", "number": None, "time": None, "style": []},
        "criteria_version": "2026-11-22",
        "special_need": False,
    },
}


def says(*names: str, do: list[dict[str, Any]] | None = None, state: Any = None) -> Answer:
    """A turn that says the responses `names`, without variables."""
    return {
        "say": [{"name": name, "variables": {}, "buttons": []} for name in names],
        "do": do or [],
        "state": state,
        "heard": {"intent": "any", "confidence": 1.0},
    }


def count_turns(request: Mapping[str, Any]) -> Answer:
    """An answer of a function: its state holds every text that was heard."""
    state = request["state"] or {"seen": []}
    return says("plain", state={"seen": [*state["seen"], request["message"].get("text")]})


@dataclass
class FakeEngine:
    """`answer` is an answer, an error to raise, or a function of the request that gives either."""

    answer: Answer | Exception | Callable[[Mapping[str, Any]], Answer | Exception] = field(
        default_factory=lambda: says("ask_age")
    )
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    before_answer: Callable[[], object] = lambda: None

    @property
    def messages(self) -> list[Mapping[str, Any]]:
        return [request["message"] for request in self.asked]

    async def take(self, request: Mapping[str, Any]) -> Taken:
        self.asked.append(request)
        answer = self.answer(request) if callable(self.answer) else self.answer
        self.before_answer()
        if isinstance(answer, Exception):
            raise answer
        return read_answer(answer)


@dataclass
class Recorder:
    """`errors` are raised, one at each delivery, before any succeeds."""

    name: str = "test"
    limits: Limits = field(default_factory=lambda: Limits(text=4096, title=64, choices=30))
    sent: list[tuple[str, Bubble]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def routes(self) -> list[BaseRoute]:
        return []

    async def deliver(self, address: str, bubble: Bubble) -> Delivered:
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append((address, bubble))
        return Delivered(f"p{len(self.sent)}")
