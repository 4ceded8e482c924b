"""Every command is found by its name and explains itself."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from bot.commands.main import command_names, main
from bot.settings import ROOT


@pytest.mark.parametrize("name", command_names())
def test_a_command_has_help_that_suffices(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith(f"usage: bot {name}")
    assert len(said) > 150


def test_bot_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert [name for name in command_names() if not re.search(rf"^    {name}\s+\S", said, re.MULTILINE)] == []


def test_a_command_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nonsense"])
    assert ended.value.code == 2
    assert "nonsense" in capsys.readouterr().err


def test_make_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    listed = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {line.split()[1] for line in listed.stdout.splitlines()} == targets


def test_what_must_be_put_right_first_is_one_sentence_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / "secrets.env").write_text("not a setting\n")
    monkeypatch.setenv("BOT_HOME", str(home))
    assert main(["secrets"]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "secrets.env" in said


def test_it_runs_as_a_module() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("usage: bot")
