from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest
import yaml

from bot.processes import model
from bot.processes.start_error import StartError
from bot.settings import ROOT

FILES = {
    "config.yml": "pipeline: []",
    "nlu/en/faq.yml": 'version: "3.1"\nnlu:\n- intent: faq/cost\n  examples: |\n    - what: does it "cost"\n',
    "nlu/bn/stop.yml": 'version: "3.1"\nnlu:\n- intent: stop\n  examples: |\n    - থামুন\n',
    "nlu/xx/stop.yml": "nlu: [of a language that is not offered]",
    "locales/en/words.yml": "yes: [ok]",
    "locales/languages.yml": (ROOT / "locales" / "languages.yml").read_text(encoding="utf-8"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, words in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(words)
    return tmp_path


def fake_training(project: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    python = project / "python"
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(model, "RASA_PYTHON", python)


# The folder to write to is what follows --out.
MAKES = 'while [ "$1" != --out ]; do shift; done; mkdir -p "$2"; echo made > "$2/avrr.tar.gz"'


def test_a_model_is_current_until_a_file_it_is_made_of_changes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_training(project, monkeypatch, MAKES)
    assert not model.is_current(project)
    model.train({"PATH": "/bin:/usr/bin"}, project / "train.log", lambda _line: None, project)
    assert model.is_current(project)
    assert model.model_path(project).read_text() == "made\n"
    assert not (project / "models" / "in-the-making").exists()
    (project / "README.md").write_text("no part of a model")
    assert model.is_current(project)


def test_all_messages_are_learned_from_one_file(project: Path) -> None:
    out = project / "models" / "messages.yml"
    model.gather_messages(project, out)
    first, second = yaml.safe_load(out.read_text(encoding="utf-8"))["nlu"]
    assert first == {"intent": "faq/cost", "examples": '- what: does it "cost"\n'}
    assert second == {"intent": "stop", "examples": "- থামুন\n"}


@pytest.mark.parametrize("change", ["domain.yml", "nlu/engine/reading.py", "stories/a/b.yml", "nlu/en/faq.yml"])
def test_each_kind_of_file_makes_it_stale(project: Path, change: str) -> None:
    before = model.fingerprint(project)
    (project / change).parent.mkdir(parents=True, exist_ok=True)
    (project / change).write_text("changed")
    assert model.fingerprint(project) != before


def test_a_file_moved_makes_it_stale(project: Path) -> None:
    before = model.fingerprint(project)
    shutil.move(project / "nlu/en/faq.yml", project / "nlu/en/faq_2.yml")
    assert model.fingerprint(project) != before


def test_a_training_that_fails_keeps_the_old_model_and_names_the_log(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_training(project, monkeypatch, MAKES)
    log = project / "train.log"
    model.train({"PATH": "/bin:/usr/bin"}, log, lambda _line: None, project)
    fake_training(project, monkeypatch, "echo broken; exit 1")
    (project / "domain.yml").write_text("changed")
    with pytest.raises(StartError, match=r"train\.log"):
        model.train({"PATH": "/bin:/usr/bin"}, log, lambda _line: None, project)
    assert log.read_text() == "broken\n"
    assert model.model_path(project).read_text() == "made\n"
    assert not model.is_current(project)


def test_training_gets_none_of_our_settings() -> None:
    environment = model.rasa_environment({"PATH": "/bin", "BOT_FIELD_KEY": "x"})
    assert not [name for name in environment if name.startswith("BOT_")]
    assert environment["RASA_TELEMETRY_ENABLED"] == "false"
