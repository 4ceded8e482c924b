"""The channel in a rig, and the whole product with WhatsApp on, as it runs beside a fake Graph API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fake_graph_api import SECRET, TOKEN, VERSION, FakeGraph
from loopback import served
from running import Product, running_product
from whatsapp_rig import Rig, new_rig

FOUND_WITHIN = 30.0  # seconds


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with new_rig(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def graph() -> FakeGraph:
    return FakeGraph()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, graph: FakeGraph) -> Iterator[Product]:
    with pytest.MonkeyPatch.context() as environ, served(graph.app) as api:
        for name, value in {"TOKEN": TOKEN, "APP_SECRET": SECRET, "API": f"{api}/{VERSION}"}.items():
            environ.setenv(f"BOT_WHATSAPP_{name}", value)
        with running_product(tmp_path_factory.mktemp("product") / "home") as running:
            wait_for_the_number(graph, f"{running.chat}whatsapp")
            yield running


def wait_for_the_number(graph: FakeGraph, url: str) -> None:
    """The number is asked for at the start; a delivery that comes sooner is to come again."""
    body, headers = graph.signed({"object": "whatsapp_business_account", "entry": []})
    end = time.monotonic() + FOUND_WITHIN
    with httpx.Client(trust_env=False) as client:
        while client.post(url, content=body, headers=headers).status_code != httpx.codes.OK:
            assert time.monotonic() < end, graph.accounts.asked
            time.sleep(0.05)
