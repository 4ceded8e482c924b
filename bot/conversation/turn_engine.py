"""Step 3, understood: the gateway's side of the turn engine, which is given everything and keeps nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from bot.http import Http, HttpError
from bot.settings import Settings
from bot.speech import Say

TIMEOUT = 20.0  # seconds for a whole turn


class EngineAwayError(Exception):
    """No turn was taken; it will be tried again. `answered`: the engine is there, and failed in it."""

    def __init__(self, reason: str, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.answered = answered


class EngineRefusedError(Exception):
    """The engine does not take this message, or answered with something that is no turn."""


@dataclass(frozen=True)
class Taken:
    """What came of a turn: what to say, what to do, and the state to carry on.

    `heard`: how the message was read, an intent; `sure`: it can mean nothing else.
    """

    say: Sequence[Say]
    do: Sequence[Mapping[str, Any]]
    state: Mapping[str, Any] | None
    heard: str = ""
    sure: bool = False


class TurnEngine(Protocol):
    """Takes turns."""

    async def take(self, request: Mapping[str, Any]) -> Taken:
        """One turn; `EngineAwayError` or `EngineRefusedError` when there is none."""


class HttpTurnEngine:
    """The turn engine behind `settings.turn_url`."""

    def __init__(self, settings: Settings, client: Http) -> None:
        self._url = f"{settings.turn_url}/webhooks/turn/take"
        self._headers = {"X-Turn-Secret": settings.turn_secret}
        self._client = client

    async def take(self, request: Mapping[str, Any]) -> Taken:
        """One turn over HTTP. An error's words are never passed on: they may hold a person's."""
        try:
            answer = await self._client.post(self._url, request, headers=self._headers, seconds=TIMEOUT)
        except HttpError as error:
            raise EngineAwayError(str(error)) from None
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise EngineAwayError(f"status {answer.status}", answered=True)
        if answer.status != HTTPStatus.OK or answer.body is None:
            size = "too many" if answer.body is None else len(answer.body)
            raise EngineRefusedError(f"status {answer.status}, {size} bytes")
        try:
            return read_answer(answer.json())
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise EngineRefusedError(f"the answer is no turn: {type(error).__name__}") from None


def read_answer(raw: Any) -> Taken:
    """A turn's answer from its JSON; `KeyError`, `TypeError` or `AttributeError` when it has another form."""
    effects = list(raw["do"])
    if not all(isinstance(effect, dict) and isinstance(effect.get("effect"), str) for effect in effects):
        raise TypeError("an effect without a name")
    state = raw["state"]
    if state is not None and not isinstance(state, dict):
        raise TypeError("a state that is no object")
    heard = raw.get("heard") or {}
    says = [Say.from_json(say) for say in raw["say"]]
    return Taken(says, effects, state, heard.get("intent") or "", heard.get("confidence") == 1.0)
