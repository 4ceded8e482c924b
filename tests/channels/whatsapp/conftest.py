"""The whole product, as the browser tests start it, with WhatsApp switched on and the fake Graph API beside it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from fake_graph_api import SECRET, TOKEN, FakeGraph
from graph_server import served

FOUND_WITHIN = 30.0  # seconds


@pytest.fixture(scope="module")
def graph() -> FakeGraph:
    return FakeGraph()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, graph: FakeGraph) -> Iterator[object]:
    from running import running_product

    with pytest.MonkeyPatch.context() as environ, served(graph) as api:
        for name, value in {"TOKEN": TOKEN, "APP_SECRET": SECRET, "API": api}.items():
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
