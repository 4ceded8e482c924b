"""Step 4, Rasa's side of the door: how an action is called and its answer looked at, without doing either anew.

Rasa connects anew for every call, and checks the schema of all answers each time before it checks an answer by
it: that was most of the CPU of a turn.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig

_FORM = RemoteAction.action_response_format_spec()
_ANSWERS = Draft202012Validator(_FORM)
# Every kind of event has one form; of these an event must have exactly one.
_EVENTS = {
    form["properties"]["event"]["const"]: Draft202012Validator(form)
    for form in _FORM["properties"]["events"]["items"]["oneOf"]
}


class Actions(EndpointConfig):  # type: ignore[misc]  # rasa's classes are untyped here
    """The actions' address, to which connections are kept for calls to come."""

    _connections: aiohttp.TCPConnector | None = None

    def session(self) -> aiohttp.ClientSession:
        """A session as Rasa opens and closes it for each call, over the connections of this address."""
        if self._connections is None:  # it belongs to the loop that calls
            self._connections = aiohttp.TCPConnector()
        return aiohttp.ClientSession(
            headers=self.headers, connector=self._connections, connector_owner=False, raise_for_status=False
        )

    async def close(self) -> None:
        """Lets the connections go; to be called before the loop ends."""
        if self._connections is not None:
            await self._connections.close()


def check_answer(_action: RemoteAction, answer: Any) -> bool:
    """True for an action's answer in the form that Rasa asks for; else jsonschema's `ValidationError`."""
    events = answer.get("events") if isinstance(answer, dict) else None
    if isinstance(events, list) and all(map(_is_event, events)):
        answer = {**answer, "events": []}
    wrong = best_match(_ANSWERS.iter_errors(answer))
    if wrong is not None:
        raise wrong
    return True


def _is_event(event: Any) -> bool:
    """Whether it has the form of the kind that it says it is of: 23 forms need not be tried."""
    kind = event.get("event") if isinstance(event, dict) else None
    return isinstance(kind, str) and kind in _EVENTS and _EVENTS[kind].is_valid(event)


def check_answers_once() -> None:
    """From now on Rasa checks answers by `check_answer`."""
    RemoteAction._validate_action_result = check_answer  # noqa: SLF001  # no setting of Rasa has it
