from __future__ import annotations

import ast
import hashlib
import os
import re
import shutil
import stat
import sys
from pathlib import Path
from threading import Thread

import pytest
import yaml

from bot.commands import train as commands
from bot.processes import model, vouched
from bot.processes.roster import engine_roster
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


def test_a_second_training_waits_for_the_first_and_has_nothing_left_to_do(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_training(project, monkeypatch, f"echo once >> {project}/trainings; sleep 0.5; {MAKES}")
    said: list[str] = []

    def train() -> None:
        model.train({"PATH": "/bin:/usr/bin"}, project / "train.log", said.append, project)

    both = [Thread(target=train), Thread(target=train)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert model.is_current(project)
    assert (project / "trainings").read_text() == "once\n"
    assert [line.strip() for line in said] == ["another training is under way: waiting for it"]


def test_all_messages_are_learned_from_one_file(project: Path) -> None:
    out = project / "models" / "messages.yml"
    model.gather_messages(project, out)
    first, second = yaml.safe_load(out.read_text(encoding="utf-8"))["nlu"]
    assert first == {"intent": "faq/cost", "examples": '- what: does it "cost"\n'}
    assert second == {"intent": "stop", "examples": "- থামুন\n"}


@pytest.mark.parametrize("change", ["domain.yml", "nlu/engine/new.py", "stories/a/b.yml", "nlu/en/faq.yml"])
def test_each_kind_of_file_makes_it_stale(project: Path, change: str) -> None:
    before = model.fingerprint(project)
    (project / change).parent.mkdir(parents=True, exist_ok=True)
    (project / change).write_text("changed")
    assert model.fingerprint(project) != before


def test_words_that_are_looked_up_make_no_model_stale(project: Path) -> None:
    before = model.fingerprint(project)
    (project / "locales/en/words.yml").write_text("yes: [ok, sure]")
    assert model.fingerprint(project) == before


@pytest.mark.parametrize("module", model.ONLY_SERVES)
def test_a_module_that_only_serves_makes_no_model_stale(project: Path, module: str) -> None:
    before = model.fingerprint(project)
    (project / "nlu" / "engine").mkdir(parents=True)
    (project / "nlu" / "engine" / f"{module}.py").write_text("changed")
    assert model.fingerprint(project) == before


def test_what_training_runs_uses_nothing_that_only_serves() -> None:
    folder = ROOT / "nlu" / "engine"
    trees = {file.stem: ast.parse(file.read_text(encoding="utf-8")) for file in folder.glob("*.py")}
    serves = set(model.ONLY_SERVES)
    assert serves <= trees.keys()
    # `components` holds all four steps: what reading alone does of them is behind `ContextReader.process`.
    learns = trees.keys() - serves - {"components"}
    for name in learns:
        used = {node.module for node in ast.walk(trees[name]) if isinstance(node, ast.ImportFrom)}
        assert not used & {f"nlu.engine.{module}" for module in serves}, name
    kept = next(
        node.value
        for node in trees["components"].body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_SERVING"
    )
    assert set(re.findall(r"\w+", ast.unparse(kept))) == serves | {"components"}


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


@pytest.fixture
def trained(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    fake_training(project, monkeypatch, MAKES)
    model.train({"PATH": "/bin:/usr/bin"}, project / "train.log", lambda _line: None, project)
    return project


def test_a_trained_model_is_vouched_for_as_sha256sum_would(trained: Path) -> None:
    model.check_model(trained)
    summed = hashlib.sha256(b"made\n").hexdigest()
    assert (trained / "models" / "avrr.sha256").read_text() == f"{summed}  avrr.tar.gz\n"


@pytest.mark.parametrize("at", range(5))
def test_a_changed_byte_is_refused_and_said(trained: Path, at: int) -> None:
    path = model.model_path(trained)
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(StartError, match=r"avrr\.tar\.gz is not the file that was trained .* `bot train --force`"):
        model.check_model(trained)


def test_a_model_without_its_hash_is_neither_current_nor_loaded(trained: Path) -> None:
    (trained / "models" / "avrr.sha256").unlink()
    assert not model.is_current(trained)
    with pytest.raises(StartError, match=r"avrr\.sha256 is missing"):
        model.check_model(trained)


def test_no_model_is_said(project: Path) -> None:
    with pytest.raises(StartError, match="There is no model yet"):
        model.check_model(project)


def test_training_anew_vouches_for_the_new_one(trained: Path) -> None:
    model.model_path(trained).write_bytes(b"another")
    model.train({"PATH": "/bin:/usr/bin"}, trained / "train.log", lambda _line: None, trained)
    model.check_model(trained)


@pytest.mark.parametrize("changed", [False, True])
def test_rasa_is_started_only_on_the_model_that_was_trained(
    trained: Path, monkeypatch: pytest.MonkeyPatch, changed: bool
) -> None:
    if changed:
        model.model_path(trained).write_bytes(b"another")
    monkeypatch.setattr(vouched, "check_model", lambda: model.check_model(trained))
    monkeypatch.setattr(sys, "argv", ["vouched", "/rasa", "run"])
    became: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(os, "execv", lambda program, words: became.append((program, words)))
    if changed:
        with pytest.raises(SystemExit, match="is not the file that was trained"):
            vouched.main()
    else:
        vouched.main()
    assert became == ([] if changed else [("/rasa", ["/rasa", "run"])])


def test_a_model_that_was_swapped_stops_the_start_instead_of_being_trained_over(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.model_path(trained).write_bytes(b"another")
    monkeypatch.setattr(commands, "is_current", lambda: model.is_current(trained))
    monkeypatch.setattr(commands, "check_model", lambda: model.check_model(trained))
    with pytest.raises(StartError, match="is not the file that was trained"):
        commands.train_if_stale(trained)


def test_rasa_is_given_that_one_file_and_no_folder() -> None:
    command = engine_roster(Path("/home"), {"BOT_RASA_PORT": "1", "BOT_ACTION_PORT": "2"})[0].command
    assert command[1:3] == ("-m", "bot.processes.vouched")
    assert command[command.index("--model") + 1] == str(model.model_path().relative_to(ROOT))
