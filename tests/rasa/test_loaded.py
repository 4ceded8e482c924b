"""How Rasa is loaded and called for turns alone: it does what Rasa's own way does. Run in Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.processes.engine import Engine
from bot.processes.model import rasa_environment
from bot.processes.roster import RASA_PYTHON
from bot.settings import ROOT

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    script = Path(__file__).with_name("loaded_check.py")
    command = [str(RASA_PYTHON), "-W", "ignore", str(script)]
    done = subprocess.run(
        command, cwd=ROOT, env=rasa_environment(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_an_answer_is_refused_when_rasa_would_refuse_it(found: dict[str, Any]) -> None:
    for rasas, ours in found["answers"]:
        assert ours == rasas
    assert {rasas is None for rasas, _ in found["answers"]} == {True, False}


def test_the_steps_give_what_they_give_in_rasas_runner(found: dict[str, Any]) -> None:
    ours, rasas = found["ran"]
    assert ours == rasas == {"last": 35, "left": 12}


def test_each_step_that_is_needed_is_run_once_after_what_it_needs(found: dict[str, Any]) -> None:
    steps = found["steps"]
    assert sorted(steps) == ["first", "last", "left", "right"]
    assert (steps[0], steps[-1]) == ("first", "last")


def test_steps_that_need_one_another_are_named(found: dict[str, Any]) -> None:
    assert "egg, hen" in found["cycle"]


def test_calls_of_actions_share_a_connection_that_is_closed_at_the_end(found: dict[str, Any]) -> None:
    calls = found["calls"]
    assert calls["came"] == [["s", number] for number in range(10)]
    assert calls["answers"] == [{"events": []}] * 10
    assert (calls["connections"], calls["gone"]) == (1, True)


def test_what_is_spared_changes_nothing(found: dict[str, Any]) -> None:
    spared = found["spared"]
    assert spared["after"] == spared["before"]
    assert spared["copied elsewhere"] == []
    assert len({kind for kind, *_ in spared["after"]["copies"]}) > 1
    assert len(spared["after"]["kinds"]) > 20


def test_no_neural_networks_of_rasas_are_loaded(found: dict[str, Any]) -> None:
    assert found["neural"] == []


def test_nor_are_they_once_turns_are_taken(trained: Engine) -> None:
    port = trained.turn_url.rpartition(":")[2]
    serving = [
        process
        for process in Path("/proc").glob("[0-9]*")
        if {b"nlu.engine.serve", port.encode()} <= set(words(process))
    ]
    assert len(serving) == 1
    assert "tensorflow" not in (serving[0] / "maps").read_text()


def words(process: Path) -> list[bytes]:
    """The command line of a process; none when it has just ended."""
    try:
        return (process / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return []
