"""Rasa says what, never how: a response's name and variables go back to the gateway, which has the words."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class TurnSpeech(NaturalLanguageGenerator):
    """Gives a response's name where Rasa expects its text."""

    def __init__(self, endpoint_config: Any = None, domain: Domain | None = None) -> None:
        super().__init__()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any]:
        """The name, in the place of words."""
        return {"text": utter_action}


class Collected(OutputChannel):
    """Everything said in one turn, in order, as the gateway's `Say`s."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """The channel's name, as Rasa asks for it."""
        return "turn"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """One response, with the variables and buttons an action gave it."""
        given = message.get("custom") or {}
        self.said.append(
            {
                "name": message["utter_action"],
                "variables": given.get("variables", {}),
                "buttons": given.get("buttons", []),
            }
        )
