"""Beside the message's way: what takes a turn (step 3 and 4), started on its own for a terminal or a test."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.processes.model import check_model
from bot.processes.roster import LOOPBACK, engine_roster
from bot.processes.supervisor import Supervisor


@dataclass(frozen=True)
class Engine:
    """Where turns are taken (`Settings.turn_url`) and the secret to be shown there (`Settings.turn_secret`)."""

    turn_url: str
    turn_secret: str


@contextmanager
def running_engine(home: Path, say: Callable[[str], None]) -> Iterator[Engine]:
    """Rasa and the actions on free ports with secrets of their own, ready; gone afterwards.

    Their logs go to `home`/log. `StartError` when the model is not the trained one, or one of them does not start.
    """
    check_model()
    rasa_port, action_port = _free_ports(2)
    turn_secret = secrets.token_urlsafe()
    environ = {
        **os.environ,
        "BOT_RASA_PORT": str(rasa_port),
        "BOT_ACTION_PORT": str(action_port),
        "BOT_TURN_SECRET": turn_secret,
        "BOT_ACTION_SECRET": secrets.token_urlsafe(),
    }
    supervisor = Supervisor(engine_roster(home, environ), say)
    try:
        supervisor.start()
        supervisor.wait_ready(lambda: False)
        yield Engine(f"http://{LOOPBACK}:{rasa_port}", turn_secret)
    finally:
        supervisor.stop()


def _free_ports(count: int) -> list[int]:
    # All are held at once, so that they differ, and let go together.
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()
