"""The whole, as a newcomer starts it: all four processes, a killed one that comes back, every wish to stop heard.

That nothing is left after it is looked at where all tests' one product is stopped: in `running.py`.
"""

from __future__ import annotations

import os
import re
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from process_standins import wait_for
from running import Product

from bot.commands.run import Stopping
from bot.processes.child import is_healthy

WISHES = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.rasa
def test_every_process_is_told_and_answers(product: Product) -> None:
    for name, port in product.ports.items():
        assert re.search(rf"^{name}\s+http://127.0.0.1:{port}\s+ready in", product.said(), re.MULTILINE)
    assert f"Chat      {product.chat}" in product.said()
    assert re.search(r"login \S+ +password \S{12,} +code \d{6}", product.said())


@pytest.mark.rasa
def test_every_process_listens_on_the_loopback_alone(product: Product) -> None:
    listening = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            address, port = line.split()[1].split(":")
            if line.split()[3] == "0A":
                listening[int(port, 16)] = address
    assert {listening[port] for port in product.ports.values()} == {"0100007F"}


@pytest.mark.rasa
def test_secrets_are_kept_for_their_owner_and_stand_in_no_log(product: Product) -> None:
    kept = product.home / "secrets.env"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    values = [line.partition("=")[2] for line in kept.read_text().splitlines()]
    logs = product.said() + "".join(path.read_text() for path in (product.home / "log").iterdir())
    assert values
    assert not [value for value in values if value in logs]


@pytest.mark.rasa
def test_a_process_sees_only_its_own_secrets(product: Product) -> None:
    seen = {
        name: set(re.findall(r"BOT_\w+(?:KEY|SECRET)", Path(f"/proc/{pid}/environ").read_text()))
        for name, pid in product.children().items()
    }
    assert seen["rasa"] == {"BOT_TURN_SECRET", "BOT_ACTION_SECRET"}
    assert seen["actions"] == {"BOT_ACTION_SECRET"}
    assert "BOT_CONSOLE_KEY" not in seen["gateway"]
    assert "BOT_CONSOLE_KEY" in seen["console"]


@pytest.mark.rasa
def test_one_that_is_killed_comes_back(product: Product) -> None:
    os.kill(product.children()["actions"], signal.SIGKILL)
    wait_for(lambda: product.said().count("actions ") > 2, 90)
    assert re.search(r"^actions +ended after \d+ s \(code -9\); again in 1 s", product.said(), re.MULTILINE)
    assert is_healthy(f"http://127.0.0.1:{product.ports['actions']}/healthz")


@pytest.fixture
def signals() -> Iterator[None]:
    kept = [signal.getsignal(wish) for wish in WISHES]
    yield
    for wish, hears in zip(WISHES, kept, strict=True):
        signal.signal(wish, hears)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("wish", WISHES)
def test_every_wish_to_stop_is_heard(wish: signal.Signals) -> None:
    stopping = Stopping()
    assert not stopping()
    signal.raise_signal(wish)
    assert stopping()
