"""Rasa itself, trained on messages and asked others: run by ways.py with a folder that holds both.

In: config.yml, learned.json (text, language, intent) and asked.json (texts). Out: rankings.json.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from pathlib import Path

from rasa.core.agent import Agent
from rasa.model_training import train_nlu

# Rasa takes what stands before a slash for the intent and the rest for a retrieval key.
_SLASH = "__"


def main(folder: Path) -> None:
    """Writes the rankings, ten intents each, in the order of the messages asked."""
    blocks = defaultdict(list)
    for text, _, intent in json.loads((folder / "learned.json").read_text()):
        blocks[intent.replace("/", _SLASH)].append(f"- {text}")
    nlu = ['version: "3.1"', "nlu:"]
    for intent, lines in blocks.items():
        nlu += [f"- intent: {intent}", "  examples: |", *(f"    {line}" for line in lines)]
    (folder / "nlu.yml").write_text("\n".join([*nlu, ""]))
    model = train_nlu(str(folder / "config.yml"), str(folder / "nlu.yml"), str(folder))
    agent = Agent.load(model)
    asked = json.loads((folder / "asked.json").read_text())
    rankings = [_ranking(asyncio.run(agent.parse_message(text))) for text in asked]
    (folder / "rankings.json").write_text(json.dumps(rankings))


def _ranking(parsed: dict[str, list[dict[str, object]]]) -> list[tuple[str, object]]:
    return [(str(one["name"]).replace(_SLASH, "/"), one["confidence"]) for one in parsed["intent_ranking"]]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
