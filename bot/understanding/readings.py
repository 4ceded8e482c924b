"""Beside the message's way: how the trained model reads messages, through the same child as `bot parse`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.processes.roster import RASA_PYTHON, RASA_QUIET
from bot.processes.start_error import StartError
from bot.settings import ROOT
from bot.understanding.messages import Message

OFFERED = 3  # so many readings become buttons where the model is not sure
DANGER = "danger"


@dataclass(frozen=True)
class Reading:
    """A message and its readings, best first, with their probabilities from 0 to 1; never empty."""

    message: Message
    ranking: tuple[tuple[str, float], ...]

    @property
    def intent(self) -> str:
        """The best reading, also where the model is not sure of it."""
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the best reading."""
        return self.ranking[0][1]

    @property
    def right(self) -> bool:
        """Whether the best reading is the true intent."""
        return self.intent == self.message.intent

    def acted_on(self, unclear: float) -> bool:
        """Whether the best reading is answered at once: from the limit `unclear` on, and danger always."""
        return self.confidence >= unclear or self.intent == DANGER

    @property
    def near(self) -> bool:
        """Whether the true intent is among the readings that would be offered as buttons."""
        return self.message.intent in [intent for intent, _ in self.ranking[:OFFERED]]


def reader_command(models: Path) -> list[str]:
    """How the child is started that reads JSON lines; `StartError` when Rasa's environment is not there."""
    if not RASA_PYTHON.exists():
        raise StartError("Rasa's environment is missing: run `make run`, which makes it.")
    return [str(RASA_PYTHON), "-W", "ignore", "-m", "nlu.engine.parse", "--models", str(models.resolve())]


def reader_environment() -> dict[str, str]:
    """What the child runs with; its working directory is the project's root."""
    return {**os.environ, **RASA_QUIET, "PYTHONPATH": str(ROOT)}


def read_all(messages: Sequence[Message], models: Path) -> list[Reading]:
    """The readings of the messages, in their order; about 20 ms each. `StartError` when the model cannot be had.

    `models`: a trained model, or a folder whose newest is taken. What is wrong with it the child says itself.
    """
    lines = (json.dumps({"lang": message.language, "text": message.text}) for message in messages)
    done = subprocess.run(  # noqa: S603  # our own module
        reader_command(models),
        cwd=ROOT,
        env=reader_environment(),
        input="".join(f"{line}\n" for line in lines).encode(),
        stdout=subprocess.PIPE,
        check=False,
    )
    answers = done.stdout.splitlines()
    if done.returncode or len(answers) != len(messages):
        raise StartError("The messages could not be read by the model: the reason is above.")
    return [reading_of(message, line) for message, line in zip(messages, answers, strict=True)]


def reading_of(message: Message, line: bytes | str) -> Reading:
    """A message with the child's answer to it."""
    ranking = json.loads(line)["ranking"]
    return Reading(message, tuple((each["intent"], each["confidence"]) for each in ranking))
