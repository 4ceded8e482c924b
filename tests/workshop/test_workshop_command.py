from __future__ import annotations

from pathlib import Path

import pytest
from workshop_stage import make_root

from bot.commands.main import main


def test_a_language_without_a_catalogue_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["workshop", "--language", "xx", "--root", str(make_root(tmp_path))]) == 2
    assert "«xx» has no messages.po; choose from bn," in capsys.readouterr().err


def test_it_serves_this_machine_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    served: dict[str, object] = {}
    monkeypatch.setattr("bot.commands.workshop.uvicorn.run", lambda _app, **how: served.update(how))
    assert main(["workshop", "--language", "bn", "--port", "8123", "--root", str(make_root(tmp_path))]) == 0
    assert (served["host"], served["port"]) == ("127.0.0.1", 8123)
    assert "http://127.0.0.1:8123/bn/" in capsys.readouterr().out
