"""Beside the message's way, end to end: `bot nlu confusion` with the project's own trained model."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.commands.main import main
from bot.commands.nlu import unclear_limit
from bot.settings import ROOT

HELD_OUT = """\
native:
  greet: ["hello", "good morning to you"]
  danger: ["he has a gun"]
  faq/cost: ["how much does it cost"]
  # No model can read this one right: it must be shown as mistaken.
  thank: ["<stop>"]
"""

TRAINING = """\
nlu:
- intent: thank
  examples: |
    - thank you
- intent: danger
  examples: |
    - good morning
"""


def project(root: Path) -> Path:
    """The project's own files with a few English messages in place of the many."""
    (root / "locales").mkdir()
    for name in ("config.yml", "locales/languages.yml"):
        shutil.copy(ROOT / name, root / name)
    (root / "nlu" / "en").mkdir(parents=True)
    (root / "nlu" / "en" / "few.yml").write_text(TRAINING)
    (root / "tests" / "understanding").mkdir(parents=True)
    (root / "tests" / "understanding" / "en.yml").write_text(HELD_OUT)
    return root


def test_it_has_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["nlu", "confusion", "--help"])
    assert ended.value.code == 0
    assert "--training" in capsys.readouterr().out


def test_the_limit_is_the_one_of_the_pipeline() -> None:
    assert 0 < unclear_limit(ROOT) < 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--language", "xx"), "«xx» has no"),
        (("--models", "no/such.tar.gz"), "no trained model at no/such.tar.gz"),
    ],
)
def test_what_is_not_there_is_named(
    words: tuple[str, str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert main(["nlu", "confusion", *words, "--out", str(out)]) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.rasa
def test_a_page_is_made_by_the_trained_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "to be made" / "page.html"
    root = project(tmp_path)
    assert (
        main(["nlu", "confusion", "--language", "en", "--training", "--root", str(root), "--out", str(out)]) == 0
    )
    assert str(out) in capsys.readouterr().out
    text = out.read_text(encoding="utf-8")
    held, learned = text.split(">Training messages</h2>")
    assert "1 of 5 misread" in held
    assert "<code>thank</code> taken for <code>stop</code>: 1" in held
    assert "1 of 2 misread" in learned
    assert "<code>danger</code> taken for <code>greet</code>: 1" in learned
    assert "no git history" in text
