"""Beside the message's way: notices a process that lives and answers no more, so that it is started anew.

`bot run` asks by itself. For `bot serve`, `python -m bot.processes.hearing PID HEALTH` stands beside the process
and kills it, and whoever keeps it up (systemd, a container's restart policy) starts it anew. Nothing is lost by
that: what was acknowledged is stored.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from bot.processes.child import is_healthy
from bot.settings import ROOT

ASK_SECONDS = 10.0  # from one question to the next
MOST_UNANSWERED = 6  # in a row: about a minute, since a busy machine answers late, and a start costs half of one


class Hearing:
    """Whether the process that answers at `health` still does. `ask` and `now` (in seconds) are for tests."""

    def __init__(
        self, health: str, ask: Callable[[str], bool] = is_healthy, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._health, self._ask, self._now = health, ask, now
        self._asked_at, self._unanswered = now(), 0

    def is_deaf(self) -> bool:
        """Asks, if it is time to; whether `MOST_UNANSWERED` questions in a row had no answer."""
        if self._now() - self._asked_at >= ASK_SECONDS:
            self._asked_at = self._now()
            self._unanswered = 0 if self._ask(self._health) else self._unanswered + 1
        return self._unanswered >= MOST_UNANSWERED


def stand_beside(pid: int, health: str, environ: Mapping[str, str]) -> None:
    """Have another process kill the process `pid` when it is deaf; it ends with this one, and has no secrets."""
    plain = {name: value for name, value in environ.items() if not name.startswith("BOT_")}
    tie = (sys.executable, "-m", "bot.processes.tied", str(os.getpid()))
    command = (*tie, sys.executable, "-m", "bot.processes.hearing", str(pid), health)
    subprocess.Popen(command, cwd=ROOT, env={**plain, "PYTHONPATH": str(ROOT)}, stdin=subprocess.DEVNULL)  # noqa: S603


def kill_when_deaf(pid: int, health: str) -> None:
    """Waits for the first answer of the process `pid`, then for as long as it answers; then kills it."""
    while not is_healthy(health):
        time.sleep(1.0)
    hearing = Hearing(health)
    while not hearing.is_deaf():
        time.sleep(1.0)
    sys.stderr.write(f"{health} does not answer any more: process {pid} is killed\n")
    os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    kill_when_deaf(int(sys.argv[1]), sys.argv[2])
