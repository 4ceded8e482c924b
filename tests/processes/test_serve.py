"""`bot serve` becomes one process, with what that one may know; with --check it asks whether it lives."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.commands import serve
from bot.commands.main import main
from bot.processes.roster import roster
from bot.processes.secrets_file import KEYS, TOKENS, ensure_secrets
from bot.settings import read_settings


class Became(Exception):  # noqa: N818 - no error: the process is another now
    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        self.command, self.environment = tuple(command), environment


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("BOT_")]:
        monkeypatch.delenv(name)
    ensure_secrets(tmp_path / "secrets.env", {}, None)
    monkeypatch.setenv("BOT_HOME", str(tmp_path))
    monkeypatch.setenv("BOT_OPERATOR", "An organisation")
    return tmp_path


def became(name: str, monkeypatch: pytest.MonkeyPatch) -> Became:
    def exec_(_path: str, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        raise Became(command, environment)

    monkeypatch.setattr(os, "execve", exec_)
    monkeypatch.setattr(os, "chdir", lambda _: None)
    monkeypatch.setattr(serve, "stand_beside", lambda *_: None)
    with pytest.raises(Became) as caught:
        main(["serve", name])
    return caught.value


@pytest.mark.usefixtures("home")
def test_each_is_started_as_bot_run_starts_it_with_the_same_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    one = became("gateway", monkeypatch).environment
    whole = {**one, **became("console", monkeypatch).environment}
    specs = {spec.name: spec for spec in roster(read_settings(whole, console=True), whole)}
    for name in serve.NAMES:
        found = became(name, monkeypatch)
        assert found.command == specs[name].command
        secrets = {*KEYS, *TOKENS}
        assert secrets & set(found.environment) == secrets & set(specs[name].environment)
    assert read_settings(one).demo is False


@pytest.mark.usefixtures("home")
def test_the_gateway_starts_from_a_file_without_the_consoles_key(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = home / "secrets.env"
    kept.write_text("".join(line for line in kept.read_text().splitlines(True) if "CONSOLE_KEY" not in line))
    assert read_settings(became("gateway", monkeypatch).environment).console_key is None


@pytest.mark.parametrize(
    ("name", "environ", "asked"),
    [
        ("rasa", {}, "http://127.0.0.1:5005/webhooks/turn/"),
        ("actions", {"BOT_ACTION_PORT": "6055"}, "http://127.0.0.1:6055/healthz"),
        ("gateway", {"BOT_GATEWAY_HOST": "0.0.0.0"}, "http://127.0.0.1:8000/healthz"),
        ("console", {"BOT_CONSOLE_HOST": "10.1.2.3", "BOT_CONSOLE_PORT": "81"}, "http://10.1.2.3:81/healthz"),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_check_asks_the_process_itself(
    monkeypatch: pytest.MonkeyPatch, name: str, environ: dict[str, str], asked: str
) -> None:
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    for lives, code in ((True, 0), (False, 1)):
        monkeypatch.setattr(serve, "is_healthy", lambda url, lives=lives: lives and url == asked)
        assert main(["serve", name, "--check"]) == code
