from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from process_standins import standin, wait_for
from running import is_alive

from bot.processes import hearing
from bot.processes.child import is_healthy, start, stop
from bot.processes.hearing import ASK_SECONDS, MOST_UNANSWERED, Hearing
from bot.processes.supervisor import Supervisor
from bot.settings import ROOT


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_only_many_questions_without_an_answer_in_a_row_make_it_deaf() -> None:
    clock, answers, asked = Clock(), iter([False] * (MOST_UNANSWERED - 1) + [True] + [False] * MOST_UNANSWERED), []

    def ask(health: str) -> bool:
        asked.append(health)
        return next(answers)

    listening = Hearing("http://there/healthz", ask, clock)
    found = []
    for _ in range(2 * MOST_UNANSWERED):
        clock.now += ASK_SECONDS
        found.append(listening.is_deaf())
    assert found == [False] * (2 * MOST_UNANSWERED - 1) + [True]
    assert asked == ["http://there/healthz"] * (2 * MOST_UNANSWERED)


def test_it_does_not_ask_more_often_than_it_must() -> None:
    clock, asked = Clock(), []

    def ask(health: str) -> bool:
        asked.append(health)
        return True

    listening = Hearing("-", ask, clock)
    for _ in range(100):
        clock.now += ASK_SECONDS / 10
        listening.is_deaf()
    assert len(asked) == 10


@pytest.mark.network
def test_what_hangs_under_bot_run_is_started_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(hearing, "MOST_UNANSWERED", 2)
    monkeypatch.setattr("bot.processes.child.HEALTH_SECONDS", 0.3)
    monkeypatch.setattr("bot.processes.supervisor.DEAF_SECONDS", 0.2)
    said: list[str] = []
    supervisor = Supervisor([standin(tmp_path)], said.append)
    supervisor.start()
    try:
        supervisor.wait_ready(lambda: False, 30)
        first = supervisor._kept[0].process
        assert first is not None
        os.kill(first.pid, signal.SIGSTOP)
        supervisor.run_until(lambda: not supervisor.ready())
        supervisor.wait_ready(lambda: False, 30)
        again = supervisor._kept[0].process
        assert again is not None
        assert again.pid != first.pid
        assert "does not answer any more" in said[1]
    finally:
        supervisor.stop()


@pytest.mark.network
def test_what_hangs_under_bot_serve_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(hearing, "MOST_UNANSWERED", 2)
    monkeypatch.setattr("bot.processes.child.HEALTH_SECONDS", 0.3)
    spec = standin(tmp_path)
    process = start(spec.command, spec.environment, spec.log)
    pauses = []

    def pause(_seconds: float) -> None:
        pauses.append(1)
        if len(pauses) == 3:
            os.kill(process.pid, signal.SIGSTOP)
        threading.Event().wait(0.05)

    try:
        wait_for(lambda: is_healthy(spec.health))
        monkeypatch.setattr("bot.processes.hearing.time.sleep", pause)
        hearing.kill_when_deaf(process.pid, spec.health)
        assert process.wait(10) == -signal.SIGKILL
        assert len(pauses) >= 3
    finally:
        stop([process])


def test_the_one_beside_has_no_secret_and_ends_with_its_process() -> None:
    script = """
        import os, sys, time
        from bot.processes.hearing import stand_beside
        stand_beside(os.getpid(), "http://127.0.0.1:9/healthz", {**os.environ, "BOT_FIELD_KEY": "a-secret"})
        print("there", flush=True)
        time.sleep(600)
    """
    command = [sys.executable, "-c", textwrap.dedent(script)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline()
        children = Path(f"/proc/{serving.pid}/task/{serving.pid}/children").read_text().split()
        beside = int(children[0])
        wait_for(lambda: b"bot.processes.hearing\0" in Path(f"/proc/{beside}/cmdline").read_bytes())
        wait_for(lambda: b"tied" not in Path(f"/proc/{beside}/cmdline").read_bytes())
        assert str(serving.pid).encode() in Path(f"/proc/{beside}/cmdline").read_bytes().split(b"\0")
        assert b"BOT_" not in Path(f"/proc/{beside}/environ").read_bytes()
        serving.kill()
        wait_for(lambda: not is_alive(beside))
