"""Step 3, checked from end to end: `bot parse` on a model trained with the project's own pipeline."""

import asyncio
import json
import os
import subprocess
import sys
import tarfile
from io import StringIO
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

import pytest
import yaml

from bot.processes.roster import RASA_PYTHON, RASA_QUIET
from bot.settings import ROOT
from nlu.engine import parse

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


WRONG = {
    "hello": "the line is not JSON: ",
    "[]": "the line is not a JSON object: ",
    '{"text": "hi"}': "`lang` is missing or not a string",
    '{"lang": "en", "text": 3}': "`text` is missing or not a string",
    "": "the line is not JSON: ",
    '{"lang": "en", "text": "hi", "asked": 1}': "`asked` must be a question's id",
    "[" * 100_000: "the line is not JSON: ",
}
WITHOUT_RASA = 2.0  # seconds of CPU; loading Rasa takes more
Ended = tuple[int, list[dict[str, Any]], str]


def parsed(model: Path, lines: str) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "parse", "--models", str(model)],
        input=lines.encode(),
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


@pytest.fixture(scope="module")
def ended(model: Path) -> Ended:
    """One child, asked for all lines: what is right, what is wrong, and the first once more."""
    right = [json.dumps(line) for line in LINES]
    return parsed(model, "".join(f"{line}\n" for line in [*right, *WRONG, right[0]]))


def test_every_line_is_answered_in_order(ended: Ended) -> None:
    answers = ended[1][: len(LINES)]
    assert [answer["intent"] for answer in answers[:5]] == ["faq/cost", "greet", "deny", "danger", "inform"]
    assert len(ended[1]) == len(LINES) + len(WRONG) + 1
    for answer in answers:
        assert list(answer) == ["intent", "confidence", "ranking"]
        assert len(answer["ranking"]) >= 3
        assert answer["ranking"][0] == {"intent": answer["intent"], "confidence": answer["confidence"]}
    # What is written is never a command to Rasa: that would be certain.
    assert answers[5]["confidence"] < 1


def test_a_wrong_line_is_named_and_the_others_answered(ended: Ended) -> None:
    code, answers, errors = ended
    assert (code, errors) == (1, "")
    assert answers[-1] == answers[0]
    for answer, error in zip(answers[len(LINES) : -1], WRONG.values(), strict=True):
        assert list(answer) == ["error"]
        assert answer["error"].startswith(error)


@pytest.mark.parametrize(("lines", "code"), [([LINES[0]], 0), ([LINES[0], {}], 1), ([], 0)])
def test_the_exit_code_says_whether_every_line_was_right(
    monkeypatch: pytest.MonkeyPatch, lines: list[dict[str, str]], code: int
) -> None:
    async def read(*_: object) -> dict[str, Any]:
        return {"intent_ranking": [{"name": "greet", "confidence": 1.0}]}

    monkeypatch.setattr(parse, "_parse", read)
    source, target = StringIO("".join(f"{json.dumps(line)}\n" for line in lines)), StringIO()
    assert asyncio.run(parse._answer_all(None, source, target)) == code
    assert len(target.getvalue().splitlines()) == len(lines)


@pytest.mark.parametrize("name", ["", "none.tar.gz", "notes.txt"])
def test_without_a_model_it_says_what_to_do_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.txt").write_text("no model")
    before = getrusage(RUSAGE_CHILDREN).ru_utime
    code, answers, errors = parsed(tmp_path / name, "{}\n")
    assert (code, answers) == (2, [])
    assert "make train" in errors
    assert getrusage(RUSAGE_CHILDREN).ru_utime - before < WITHOUT_RASA


def test_a_model_holds_nothing_that_runs_when_read(model: Path) -> None:
    with tarfile.open(model) as archive:
        ours = [member.name for member in archive if "Reader" in member.name and member.isfile()]
    assert {Path(name).name for name in ours} == {"model.json", "model.npz"}
