from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bot.processes.child import Spec
from bot.settings import ROOT

PROGRAM = Path(__file__).parent / "standin.py"


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def standin(folder: Path, *options: str, name: str = "standin") -> Spec:
    """A process that answers on a free port and logs into `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    return Spec(
        name=name,
        command=(sys.executable, str(PROGRAM), str(port), *options),
        environment={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        address=address,
        health=f"{address}/healthz",
        log=folder / f"{name}.log",
    )
