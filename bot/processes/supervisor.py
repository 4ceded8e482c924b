"""Beside the message's way: keeps the processes up: waits until each answers, starts again the ones that end."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.processes.child import Spec, is_healthy, rotate, start, stop
from bot.processes.hearing import Hearing
from bot.processes.start_error import StartError

TICK_SECONDS = 0.2
START_SECONDS = 180.0  # how long all may take to be ready the first time
LONGEST_PAUSE = 30.0  # seconds before a process that keeps ending is started again
STEADY_SECONDS = 60.0  # a process that stayed up this long has its earlier ends forgotten
TRIES_AT_START = 3  # ends of a process that was never ready, before the whole start is given up
DEAF_SECONDS = 2.0  # how long a process that answers no more may take to end after SIGTERM


@dataclass
class Kept:
    """A process as it stands: running when `process` is set, else to be started at `again_at`.

    `hearing` is set once it is ready.
    """

    spec: Spec
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    again_at: float = 0.0
    ready: bool = False
    was_ready: bool = False
    ends: int = 0
    hearing: Hearing | None = None


class Supervisor:
    """Starts what `specs` names and keeps it running until `stop`. Times are of `time.monotonic`, in seconds."""

    def __init__(self, specs: Sequence[Spec], say: Callable[[str], None]) -> None:
        self._kept = [Kept(spec) for spec in specs]
        self._say = say

    def start(self) -> None:
        """Starts every process, each with a fresh log."""
        for kept in self._kept:
            rotate(kept.spec.log)
            self._begin(kept)

    def run_until(self, done: Callable[[], bool]) -> None:
        """Keeps the processes up until `done()`; `StartError` when one never becomes ready."""
        while not done():
            for kept in self._kept:
                self._look_after(kept)
            time.sleep(TICK_SECONDS)

    def wait_ready(self, stopping: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Returns when all are ready, or `stopping()`; `StartError` after `seconds`, naming those that are not."""
        deadline = time.monotonic() + seconds
        self.run_until(lambda: stopping() or self.ready() or time.monotonic() > deadline)
        late = [kept.spec for kept in self._kept if not kept.ready]
        if late and not stopping():
            raise StartError(f"{late[0].name} is not ready after {seconds:.0f} s: see the end of {late[0].log}.")

    def renew(self, specs: Sequence[Spec], stopping: Callable[[], bool]) -> None:
        """Start anew, one after another, each process whose environment is another in `specs`, in their order."""
        for kept, spec in zip(self._kept, specs, strict=True):
            if spec.environment != kept.spec.environment:
                stop([kept.process] if kept.process else [])
                kept.spec, kept.process, kept.ready, kept.again_at = spec, None, False, 0.0
                self._say(f"{spec.name:<10}starts anew: its secrets are others")
                self._wait_for(kept, stopping)

    def _wait_for(self, kept: Kept, stopping: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        self.run_until(lambda: stopping() or kept.ready or time.monotonic() > deadline)

    def ready(self) -> bool:
        """Whether every process runs and has answered."""
        return all(kept.ready for kept in self._kept)

    def stop(self) -> None:
        """Ends every process; returns when none is left."""
        stop([kept.process for kept in self._kept if kept.process])
        for kept in self._kept:
            kept.process, kept.ready = None, False

    def _begin(self, kept: Kept) -> None:
        kept.process = start(kept.spec.command, kept.spec.environment, kept.spec.log)
        kept.started_at = time.monotonic()

    def _look_after(self, kept: Kept) -> None:
        if kept.process is None:
            if time.monotonic() >= kept.again_at:
                self._begin(kept)
        elif kept.process.poll() is not None:
            self._ended(kept, kept.process)
        elif not kept.ready and is_healthy(kept.spec.health):
            kept.ready = kept.was_ready = True
            kept.hearing = Hearing(kept.spec.health)
            seconds = time.monotonic() - kept.started_at
            self._say(f"{kept.spec.name:<10}{kept.spec.address:<32}ready in {seconds:.1f} s")
        elif kept.ready and kept.hearing and kept.hearing.is_deaf():
            self._say(f"{kept.spec.name:<10}does not answer any more: it is ended")
            stop([kept.process], DEAF_SECONDS)  # the next look finds it ended

    def _ended(self, kept: Kept, process: subprocess.Popen[bytes]) -> None:
        stop([process])  # and what it may have left running
        up = time.monotonic() - kept.started_at
        kept.ends = 1 if up > STEADY_SECONDS else kept.ends + 1
        kept.process, kept.ready = None, False
        if not kept.was_ready and kept.ends >= TRIES_AT_START:
            raise StartError(f"{kept.spec.name} does not start: the reason is at the end of {kept.spec.log}.")
        pause = min(LONGEST_PAUSE, 2.0 ** (kept.ends - 1))
        kept.again_at = time.monotonic() + pause
        self._say(
            f"{kept.spec.name:<10}ended after {up:.0f} s (code {process.returncode}); "
            f"again in {pause:.0f} s; see {kept.spec.log}"
        )
