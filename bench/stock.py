"""The plain Rasa assistant of `bench/stock/`, running, and people who talk with it over its REST channel."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from held import STOCK
from servers import START_SECONDS, free_ports
from stock_project import HERE, PROJECT, plain_environment, trained
from talks import Turns

from bot.processes.child import Spec
from bot.processes.roster import LOOPBACK, RASA_PYTHON
from bot.processes.supervisor import Supervisor
from bot.settings import ROOT


@dataclass
class Stock:
    """The assistant: where it is, and where it keeps referrals."""

    address: str
    kept: Path
    name: str = "stock Rasa"
    pieces: Mapping[str, str] = field(default_factory=lambda: STOCK)

    async def talk(self, client: aiohttp.ClientSession, number: int, steps: Sequence[str]) -> Turns:
        """A turn is timed from the request until the whole of its answer."""
        turns: Turns = []
        buttons: Mapping[str, str] = {}
        for step in steps:
            if step.startswith("[") and step.strip("[]") not in buttons:
                raise RuntimeError(f"no button «{step.strip('[]')}» among {sorted(buttons)}")
            message = buttons[step.strip("[]")] if step.startswith("[") else step
            request = {"sender": str(number), "message": message}
            began = time.perf_counter()
            async with client.post("/webhooks/rest/webhook", json=request) as answer:
                said = await answer.json()
            took = time.perf_counter() - began
            buttons = shown(said)
            turns.append((step, took))
        return turns

    def referrals(self) -> int:
        """How many are stored."""
        with sqlite3.connect(self.kept) as database:
            count = database.execute("SELECT count(*) FROM referral").fetchone()[0]
        database.close()
        return int(count)


def shown(answer: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Every button of an answer: its payload by its title. An answer without a word is an error."""
    if not answer:
        raise RuntimeError("nothing was said")
    return {button["title"]: button["payload"] for one in answer for button in one.get("buttons", ())}


@contextmanager
def running_stock(home: Path, model: str = "stock", endpoints: str = "endpoints.yml") -> Iterator[Stock]:
    """Rasa and rasa-sdk's action server, ready. `model`: of `bench/stock/`, trained if it is not."""
    path = trained(model)
    rasa_port, action_port = free_ports(2)
    environ = {
        **plain_environment(),
        "STOCK_ACTION_PORT": str(action_port),
        "STOCK_TRACKERS": str(home / "trackers.sqlite3"),
        "STOCK_REFERRALS": str(home / "referrals.sqlite3"),
        "PYTHONPATH": str(ROOT),
    }
    supervisor = Supervisor(specs(home, environ, rasa_port, path, endpoints), lambda _line: None)
    try:
        supervisor.start()
        supervisor.wait_ready(lambda: False, START_SECONDS)
        pieces = {**STOCK, "rasa": f"/{model}.tar.gz"}
        yield Stock(f"http://{LOOPBACK}:{rasa_port}", home / "referrals.sqlite3", f"{model} Rasa", pieces)
    finally:
        supervisor.stop()


def specs(home: Path, environ: Mapping[str, str], port: int, model: Path, endpoints: str) -> list[Spec]:
    """How both are started, as `rasa run` and `rasa run actions` would."""
    python, files = (
        str(RASA_PYTHON),
        [f"--endpoints={HERE / endpoints}", f"--credentials={HERE / 'credentials.yml'}"],
    )
    rasa = [
        python,
        "-m",
        "rasa",
        "run",
        "--interface",
        LOOPBACK,
        "--port",
        str(port),
        "--model",
        str(model),
        *files,
    ]
    # rasa-sdk looks for the actions where it is started, and they for the domain there.
    actions = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', str(PROJECT), python, "-m", "rasa_sdk"]
    actions += ["--actions", "actions", "--port", environ["STOCK_ACTION_PORT"]]
    own = {**environ, "PYTHONPATH": f"{HERE}:{ROOT}"}
    address, beside = f"http://{LOOPBACK}:{port}", f"http://{LOOPBACK}:{environ['STOCK_ACTION_PORT']}"
    return [
        Spec("rasa", (*rasa, "--quiet"), environ, address, f"{address}/", home / "rasa.log"),
        Spec("actions", tuple(actions), own, beside, f"{beside}/health", home / "actions.log"),
    ]
