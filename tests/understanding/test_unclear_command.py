"""Beside the message's way, checked: `bot nlu unclear` shows editors what was kept, and forgets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from bot.commands.main import main
from bot.console.kept_settings import kept_settings
from bot.processes.secrets_file import ensure_secrets
from bot.settings import ROOT, Settings, SettingsError
from bot.store.database import migrate, now, open_database, transaction
from bot.store.unclear import keep_unclear
from bot.understanding.vocabulary import load_vocabulary

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    monkeypatch.setenv("BOT_HOME", str(tmp_path))
    ensure_secrets(tmp_path / "secrets.env", {}, None)

    def run(*words: str) -> tuple[int, str, str]:
        ended = main(("nlu", "unclear", *words))
        said = capsys.readouterr()
        return ended, said.out, said.err

    return run


def settings(home: Path) -> Settings:
    return kept_settings({"BOT_HOME": str(home)})


def keep(home: Path, *kept: tuple[str, str], key: bytes | None = None) -> None:
    engine = open_database(settings(home).database_url)
    migrate(engine)
    with transaction(engine) as session:
        for language, words in kept:
            keep_unclear(session, key or settings(home).field_key, language, words, now())
    engine.dispose()


def test_it_is_off_unless_it_is_switched_on(tmp_path: Path) -> None:
    ensure_secrets(tmp_path / "secrets.env", {}, None)
    assert settings(tmp_path).keep_unclear is False
    on = kept_settings({"BOT_HOME": str(tmp_path), "BOT_KEEP_UNCLEAR": "1"})
    assert on.keep_unclear is True
    with pytest.raises(SettingsError, match="BOT_KEEP_UNCLEAR"):
        kept_settings({"BOT_HOME": str(tmp_path), "BOT_KEEP_UNCLEAR": "yes"})


def test_where_nothing_is_kept_it_says_what_to_switch_on(bot: Said) -> None:
    ended, said, _ = bot()
    assert ended == 0
    assert "BOT_KEEP_UNCLEAR" in said
    assert yaml.safe_load(said) is None


def test_what_is_kept_is_printed_as_yaml_with_its_signs_explained(bot: Said, tmp_path: Path) -> None:
    long = "<word> " * 40 + "go home: now"
    keep(tmp_path, ("en", "my name is <word>, call #"), ("en", long), ("bn", "আমি <place> আছি"))
    ended, said, _ = bot()
    assert ended == 0
    assert yaml.safe_load(said) == {"bn": ["আমি <place> আছি"], "en": [long, "my name is <word>, call #"]}
    assert "আমি" in said
    assert len([line for line in said.splitlines() if line.startswith("- ")]) == 3
    comment = "".join(line for line in said.splitlines() if line.startswith("#"))
    assert all(sign in comment for sign in ("<word>", "<place>", "<link>", "copy none"))


def test_forgetting_deletes_all(bot: Said, tmp_path: Path) -> None:
    keep(tmp_path, ("en", "go home"), ("fa", "d e"))
    assert bot("--forget") == (0, "2 deleted\n", "")
    assert bot("--forget") == (0, "0 deleted\n", "")
    assert yaml.safe_load(bot()[1]) is None


def test_another_key_is_named_and_nothing_is_lost(bot: Said, tmp_path: Path) -> None:
    keep(tmp_path, ("en", "go home"), key=b"x" * 32)
    ended, said, complained = bot()
    assert (ended, said) == (2, "")
    assert "BOT_FIELD_KEY" in complained
    assert bot("--forget")[1] == "1 deleted\n"


def test_the_vocabulary_is_made_of_the_training_messages_of_each_language() -> None:
    found = load_vocabulary(ROOT)
    assert {"en", "bn", "vi", "my"} <= found.keys()
    assert {"home", "passport"} <= found["en"]
    assert "পাসপোর্ট" in found["bn"]
    assert "rahim" not in found["en"] | found["bn"]
