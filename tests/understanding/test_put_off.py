"""Before Rasa is there: what reading does not need is loaded when it is first used, and not by an import."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

from nlu.engine.put_off import put_off


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package `far` whose module `away` writes a line at each time that it is run."""
    log = tmp_path / "log"
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "__init__.py").write_text("")
    script = f"with open({str(log)!r}, 'a') as log:\n    log.write('run ')\nplace = 'here'\n"
    (tmp_path / "far" / "away.py").write_text(script)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("far", "far.away"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    log.touch()
    return log


def test_an_import_does_not_run_it_and_the_first_use_does_once(far: Path) -> None:
    put_off("far.away")
    away = importlib.import_module("far.away")
    assert away is importlib.import_module("far.away") is sys.modules["far"].away
    assert not hasattr(away, "__wrapped__")  # what Python asks of any module
    assert far.read_text() == ""
    assert (away.place, away.place) == ("here", "here")
    assert far.read_text() == "run "
    assert type(away) is ModuleType


def test_a_name_taken_out_of_it_runs_it(far: Path) -> None:
    put_off("far.away")
    taken: dict[str, object] = {}
    exec("from far.away import place", taken)
    assert (taken["place"], far.read_text()) == ("here", "run ")


def test_a_name_that_it_has_not_is_an_error(far: Path) -> None:
    put_off("far.away")
    with pytest.raises(AttributeError, match="nowhere"):
        _ = sys.modules["far.away"].nowhere
    assert far.read_text() == "run "


def test_what_is_loaded_stays(far: Path) -> None:
    away = importlib.import_module("far.away")
    put_off("far.away")
    assert importlib.import_module("far.away") is away
    assert far.read_text() == "run "


def test_a_module_that_is_not_there_is_said_at_once(far: Path) -> None:
    with pytest.raises(ModuleNotFoundError, match=r"far\.gone"):
        put_off("far.gone")
    assert far.read_text() == ""
