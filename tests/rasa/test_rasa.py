"""The trained model in Rasa's own environment: what it is made of is sound, and whole talks go as written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from bot.processes.engine import Engine
from bot.processes.model import is_current, rasa_environment
from bot.processes.roster import RASA_PYTHON
from bot.settings import ROOT

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(600)]


# What Rasa warns of and is no fault here: it looks for responses in stories alone, and actions say most of them;
# and it adds the retrieval intent to the domain by itself, then finds it there twice. A word may mean one thing in
# one language and another in the next; within one language tests/understanding/test_messages.py looks.
NO_FAULTS = re.compile(
    r"The utterance '\w+' is not used in any story or rule\.|"
    r"The following duplicated intents have been found across multiple domain files: faq|"
    r"The example '.+' was found labeled with multiple different intents in the training data\..*"
)


def rasa(*words: str) -> str:
    secrets = {"BOT_TURN_SECRET": "test", "BOT_ACTION_SECRET": "test", "BOT_ACTION_PORT": "1"}
    ran = subprocess.run(
        [str(RASA_PYTHON), "-m", "rasa", *words],
        cwd=ROOT,
        env={**rasa_environment(os.environ), **secrets},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, (ran.stdout + ran.stderr)[-4000:]
    return ran.stdout + ran.stderr


def test_the_model_is_of_these_files() -> None:
    assert is_current(), "train it first: make train"


def test_words_stories_and_domain_fit_together() -> None:
    # One language has every intent; what else of the messages must hold, tests/understanding looks after for all.
    said = rasa("data", "validate", "--config", "config.yml", "--data", "nlu/en", "stories")
    warnings = re.findall(r"(?:User|Future)Warning: (.*)", said)
    assert [warning for warning in warnings if not NO_FAULTS.fullmatch(warning.strip())] == []


def test_whole_talks_go_as_written(tmp_path: Path) -> None:
    model = ("--model", "models/avrr.tar.gz")
    out = ("--out", str(tmp_path), "--no-plot")
    rasa("test", "core", "--stories", "tests/stories", *model, *out, "--fail-on-prediction-errors")


def take(engine: Engine, secret: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    facts: dict[str, Any] = {"referral": None, "inactive_offices": [], "answer_days": {}, "silent_minutes": None}
    turn = {
        "conversation": "c0ffee",
        "turn": 0,
        "language": None,
        "message": {"text": "hello"},
        "state": None,
        "facts": {**facts, "languages": ["en", "fa"]},
        **changes,
    }
    request = urllib.request.Request(
        f"{engine.turn_url}/webhooks/turn/take",
        json.dumps(turn).encode(),
        {"Content-Type": "application/json", "X-Turn-Secret": secret},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}


def test_a_turn_is_taken_and_asks_first_for_the_language(trained: Engine) -> None:
    status, answer = take(trained, trained.turn_secret)
    assert status == 200
    assert [say["name"] for say in answer["say"]] == ["choose_language"]
    assert answer["do"] == []


def test_the_same_turn_taken_twice_is_the_same(trained: Engine) -> None:
    first = take(trained, trained.turn_secret)
    assert take(trained, trained.turn_secret) == first


def test_without_the_secret_no_turn_is_taken(trained: Engine) -> None:
    assert take(trained, "wrong") == (403, {})
