from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest
from process_standins import standin, wait_for
from running import is_alive

from bot.processes.child import is_healthy, rotate, start, stop
from bot.processes.start_error import StartError
from bot.processes.supervisor import Supervisor
from bot.settings import ROOT

pytestmark = pytest.mark.network


def never() -> bool:
    return False


def test_waits_until_each_answers_and_leaves_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    specs = [standin(tmp_path, name="one"), standin(tmp_path, name="two")]
    supervisor = Supervisor(specs, said.append)
    supervisor.start()
    try:
        supervisor.wait_ready(never, 30)
        assert all(is_healthy(spec.health) for spec in specs)
        assert [line.split()[0] for line in sorted(said)] == ["one", "two"]
        assert all(spec.address in line for spec, line in zip(specs, sorted(said), strict=True))
    finally:
        supervisor.stop()
    assert not any(is_healthy(spec.health) for spec in specs)


def test_starts_again_what_was_killed_and_says_so(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([standin(tmp_path)], said.append)
    supervisor.start()
    try:
        supervisor.wait_ready(never, 30)
        first = supervisor._kept[0].process
        assert first is not None
        first.kill()
        supervisor.run_until(lambda: not supervisor.ready())
        supervisor.wait_ready(never, 30)
        again = supervisor._kept[0].process
        assert again is not None
        assert again.pid != first.pid
        assert "code -9" in said[1]
        assert "again in 1 s" in said[1]
    finally:
        supervisor.stop()


def test_pauses_grow_to_thirty_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    supervisor = Supervisor([replace(standin(tmp_path), command=("/bin/false",))], said.append)
    kept = supervisor._kept[0]
    kept.was_ready = True
    for _ in range(7):
        supervisor._begin(kept)
        assert kept.process is not None
        kept.process.wait()
        supervisor._look_after(kept)
    assert [line.partition("again in ")[2].split()[0] for line in said] == ["1", "2", "4", "8", "16", "30", "30"]
    monkeypatch.setattr("bot.processes.supervisor.STEADY_SECONDS", -1.0)
    supervisor._begin(kept)
    assert kept.process is not None
    kept.process.wait()
    supervisor._look_after(kept)
    assert "again in 1 s" in said[-1]


def test_one_that_never_starts_ends_the_start_with_its_log_named(tmp_path: Path) -> None:
    spec = replace(standin(tmp_path), command=("/bin/false",))
    supervisor = Supervisor([spec], lambda _line: None)
    supervisor.start()
    with pytest.raises(StartError, match=r"standin does not start: .*standin\.log"):
        supervisor.wait_ready(never, 30)
    supervisor.stop()


def test_one_that_never_answers_is_named(tmp_path: Path) -> None:
    spec = standin(tmp_path)
    supervisor = Supervisor([replace(spec, health=f"{spec.address}/nowhere")], lambda _line: None)
    supervisor.start()
    with pytest.raises(StartError, match="standin is not ready after 1 s"):
        supervisor.wait_ready(never, 1)
    supervisor.stop()


def test_stop_ends_one_that_is_deaf_and_what_it_started(tmp_path: Path) -> None:
    note = tmp_path / "grandchild"
    spec = standin(tmp_path, "--deaf", "--child", str(note))
    process = start(spec.command, spec.environment, spec.log)
    wait_for(lambda: is_healthy(spec.health))
    grandchild = int(note.read_text())
    began = time.monotonic()
    stop([process], seconds=0.5)
    assert time.monotonic() - began < 5
    wait_for(lambda: not is_alive(process.pid) and not is_alive(grandchild))


def test_only_those_with_other_secrets_start_anew_one_after_another(tmp_path: Path) -> None:
    said: list[str] = []
    specs = [standin(tmp_path, name="one"), standin(tmp_path, name="two")]
    supervisor = Supervisor(specs, said.append)
    supervisor.start()
    try:
        supervisor.wait_ready(never, 30)
        before = [kept.process.pid for kept in supervisor._kept if kept.process]
        other = replace(specs[1], environment={**specs[1].environment, "BOT_FIELD_KEY": "other"})
        supervisor.renew([specs[0], other], never)
        after = [kept.process.pid for kept in supervisor._kept if kept.process]
        assert (after[0] == before[0], after[1] != before[1]) == (True, True)
        assert is_healthy(other.health)
        assert not is_alive(before[1])
        assert not [line for line in said if "other\n" in line or "ended" in line]
    finally:
        supervisor.stop()


def test_a_supervisor_killed_outright_takes_its_children_along(tmp_path: Path) -> None:
    spec = standin(tmp_path, "--deaf")
    script = f"""
        import time
        from pathlib import Path
        from bot.processes.child import start
        process = start({spec.command!r}, {dict(spec.environment)!r}, Path({str(spec.log)!r}))
        print(process.pid, flush=True)
        time.sleep(600)
    """
    supervisor = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        wait_for(lambda: is_healthy(spec.health))
        os.kill(supervisor.pid, signal.SIGKILL)
        wait_for(lambda: not is_alive(child))


def test_a_child_whose_parent_is_another_does_not_start() -> None:
    tied = [sys.executable, "-m", "bot.processes.tied", "1", "/bin/echo", "started"]
    ended = subprocess.run(tied, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")


def test_the_log_of_the_run_before_is_kept_aside(tmp_path: Path) -> None:
    log = tmp_path / "rasa.log"
    for words in ("first", "second"):
        rotate(log)
        log.write_text(words)
    rotate(log)
    assert [path.name for path in tmp_path.iterdir()] == ["rasa.log.1"]
    assert (tmp_path / "rasa.log.1").read_text() == "second"
