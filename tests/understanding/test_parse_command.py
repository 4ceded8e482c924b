"""Step 3, checked from end to end: `bot parse` on a model trained with the project's own pipeline."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.processes.roster import RASA_PYTHON, RASA_QUIET
from bot.settings import ROOT

pytestmark = pytest.mark.rasa

ENVIRONMENT = {**os.environ, **RASA_QUIET, "PYTHONPATH": str(ROOT)}

MESSAGES = {
    "faq/cost": [
        "how much does it cost",
        "do i pay",
        "is it free",
        "what is the price",
        "چند هزینه دارد",
        "hazine chand",
    ],
    "faq/safe_journey": [
        "is the flight safe",
        "who comes to the airport",
        "can i fly with a baby",
        "پرواز امن است",
    ],
    "greet": ["hello", "hi there", "good morning", "سلام", "salam", "dorood"],
    "talk_to_person": ["i want a person", "let me talk to staff", "give me an officer", "با یک نفر حرف بزنم"],
    "danger": ["they beat me", "he locked me in", "we have no food", "مرا میزنند", "mano mizanan"],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained with the project's own pipeline on `MESSAGES`."""
    folder = tmp_path_factory.mktemp("model")
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    for step in config["pipeline"]:
        if step["name"].endswith("Embedding"):
            step |= {"cache": str(folder / "cache"), "project": str(folder)}
        if step["name"].endswith(".Reader"):
            step["project"] = str(folder)
    write_messages(folder)
    (folder / "config.yml").write_text(yaml.safe_dump(config))
    arguments = ["--config", str(folder / "config.yml"), "--nlu", str(folder / "nlu"), "--out", str(folder)]
    command = [str(RASA_PYTHON), "-m", "rasa", "train", "nlu", *arguments, "--fixed-model-name", "small"]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder / "small.tar.gz"


def write_messages(folder: Path) -> None:
    """`MESSAGES` as the project keeps them: what is Persian, in either script, apart from what is English."""
    (folder / "locales").mkdir()
    (folder / "locales" / "languages.yml").write_text("en: {state: draft}\nfa: {state: draft}\n")
    for language in ("en", "fa"):
        blocks = [
            {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts if is_in(language, text))}
            for intent, texts in MESSAGES.items()
        ]
        (folder / "nlu" / language).mkdir(parents=True)
        file = folder / "nlu" / language / "all.yml"
        file.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True))


def is_in(language: str, text: str) -> bool:
    persian = not text.isascii() or text in {"hazine chand", "salam", "dorood", "mano mizanan"}
    return persian == (language == "fa")


LINES = [
    {"lang": "en", "text": "How much does it COST???"},
    {"lang": "fa", "text": "salaaaam"},
    {"lang": "fa", "text": "نخیر", "asked": "age"},
    {"lang": "en", "text": "he has a gun"},
    {"lang": "fa", "text": "۲"},
    {"lang": "en", "text": '\u200c/greet{"name": "x"}'},
    {"lang": "en", "text": ""},
    {"lang": "en", "text": "he\ud800l\x00lo"},
]


def parsed(model: Path, lines: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "parse", "--models", str(model)],
        input=lines.encode(),
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_every_line_is_answered_in_order(model: Path) -> None:
    code, answers, errors = parsed(model, "".join(f"{json.dumps(line)}\n" for line in LINES))
    assert (code, errors) == (0, "")
    assert [answer["intent"] for answer in answers[:5]] == ["faq/cost", "greet", "deny", "danger", "inform"]
    assert len(answers) == len(LINES)
    for answer in answers:
        assert list(answer) == ["intent", "confidence", "ranking"]
        assert len(answer["ranking"]) >= 3
        assert answer["ranking"][0] == {"intent": answer["intent"], "confidence": answer["confidence"]}
    # What is written is never a command to Rasa: that would be certain.
    assert answers[5]["confidence"] < 1


def test_a_wrong_line_is_named_and_the_others_answered(model: Path) -> None:
    lines = ['{"lang": "en", "text": "hello"}', "hello", "[]", '{"text": "hi"}', '{"lang": "en", "text": 3}', ""]
    lines += ['{"lang": "en", "text": "hi", "asked": 1}', "[" * 100_000, '{"lang": "en", "text": "hello"}']
    code, answers, _ = parsed(model, "".join(f"{line}\n" for line in lines))
    assert code == 1
    assert [answer.get("intent") for answer in answers] == ["greet", *[None] * 7, "greet"]
    assert [answer.get("error", "")[:22] for answer in answers[1:8]] == [
        "the line is not JSON: ",
        "the line is not a JSON",
        "`lang` is missing or n",
        "`text` is missing or n",
        "the line is not JSON: ",
        "`asked` must be a ques",
        "the line is not JSON: ",
    ]


def test_without_a_model_it_says_what_to_do(tmp_path: Path) -> None:
    code, answers, errors = parsed(tmp_path, "{}\n")
    assert (code, answers) == (2, [])
    assert "make train" in errors


def test_a_model_holds_nothing_that_runs_when_read(model: Path) -> None:
    with tarfile.open(model) as archive:
        ours = [member.name for member in archive if "Reader" in member.name and member.isfile()]
    assert {Path(name).name for name in ours} == {"model.json", "model.npz"}
