"""Beside the message's way: the trained model on messages from a file, one JSON object a line, for `bot parse`.

Runs in Rasa's environment, from the project's root: `python -m nlu.engine.parse [--models PATH]`, standard
input to standard output, each line answered as it comes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from nlu.engine.put_off import put_off_all


class LineError(ValueError):
    """A line is no message; the text says what is wrong and what to do."""


def main() -> int:
    """0 when every line was answered, 1 when some line was wrong, 2 when there is no model."""
    parser = argparse.ArgumentParser(description="Readings of messages by the newest trained model.")
    parser.add_argument("--models", type=Path, default=Path("models"), help="a folder of models, or one")
    models = parser.parse_args().models
    model = newest(models)
    agent = model and _load(model)
    if not agent:
        sys.stderr.write(f"bot parse: no trained model in {models}; train one with `make train`\n")
        return 2
    # A byte that is not UTF-8 spoils its own line, not the whole input.
    source = open(0, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115  # standard input
    return asyncio.run(_answer_all(agent, source, sys.stdout))


def message_of(line: str) -> tuple[str, dict[str, Any]]:
    """A line's text and context; `LineError` when it is not what `bot parse --help` describes."""
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError):
        raise LineError("the line is not JSON: write one JSON object per line") from None
    if not isinstance(raw, dict):
        raise LineError('the line is not a JSON object: write {"lang": "fa", "text": "…"}')
    for name in ("lang", "text"):
        if not isinstance(raw.get(name), str):
            raise LineError(f"`{name}` is missing or not a string")
    asked = raw.get("asked")
    if asked is not None and not isinstance(asked, str):
        raise LineError("`asked` must be a question's id, or be left out")
    return raw["text"], {"language": raw["lang"], "asked": asked}


def answer_of(parsed: Mapping[str, Any]) -> dict[str, Any]:
    """A reading as it is written out: intents in full; of an unclear message, the best reading there was."""
    ranking = [
        {"intent": reading["name"], "confidence": round(reading["confidence"], 4)}
        for reading in parsed["intent_ranking"]
    ]
    return {**ranking[0], "ranking": ranking}


def newest(models: Path) -> Path | None:
    """The model at `models`, or the newest of that folder; found here, since Rasa takes seconds to be loaded."""
    if models.is_dir():
        return max(models.glob("*.tar.gz"), key=lambda model: model.stat().st_mtime, default=None)
    return models if models.is_file() and models.name.endswith(".tar.gz") else None


def _load(model: Path) -> Any:
    """Rasa's agent on the model, or `None` when the file is none."""
    logging.captureWarnings(capture=True)  # Rasa's libraries warn of their own old age at import
    logging.disable(logging.WARNING)
    # Rasa's other log would write messages among the answers.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    put_off_all()
    from nlu.engine.loaded import TurnAgent  # noqa: PLC0415  # slow, and only after the arguments are right

    agent = TurnAgent()
    try:
        agent.load_model(model)
    except tarfile.ReadError:
        return None
    return agent


async def _answer_all(agent: Any, source: TextIO, target: TextIO) -> int:
    wrong = 0
    for line in source:
        try:
            answer = answer_of(await _parse(agent, *message_of(line)))
        except LineError as error:
            wrong = 1
            answer = {"error": str(error)}
        # ASCII, so that the far end's encoding does not matter; at once, for a pipe that waits
        target.write(json.dumps(answer) + "\n")
        target.flush()
    return wrong


async def _parse(agent: Any, text: str, metadata: dict[str, Any]) -> dict[str, Any]:
    from rasa.core.channels.channel import UserMessage  # noqa: PLC0415  # as in _load
    from rasa.shared.core.trackers import DialogueStateTracker  # noqa: PLC0415

    message = UserMessage(text, metadata=metadata)
    # As the turn channel does: what is written is never a command.
    message.text = text.lstrip("/ ")
    parsed: dict[str, Any] = await agent.processor.parse_message(message, DialogueStateTracker("parse", []))
    return parsed


if __name__ == "__main__":
    raise SystemExit(main())
