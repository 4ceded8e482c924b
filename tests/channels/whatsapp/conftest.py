"""The whole product, as the browser tests start it, with WhatsApp switched on and the fake Graph API beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fake_graph_api import PHONE_ID, SECRET, TOKEN, VERIFY_TOKEN, VERSION, FakeGraph


@contextmanager
def served(graph: FakeGraph) -> Iterator[str]:
    """The fake over real HTTP; its address."""
    server = uvicorn.Server(uvicorn.Config(graph.app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive()
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/{VERSION}"
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="module")
def graph() -> FakeGraph:
    return FakeGraph()


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory, graph: FakeGraph) -> Iterator[object]:
    from running import running_product

    settings = {"TOKEN": TOKEN, "PHONE_ID": PHONE_ID, "APP_SECRET": SECRET, "VERIFY_TOKEN": VERIFY_TOKEN}
    with pytest.MonkeyPatch.context() as environ, served(graph) as api:
        for name, value in {**settings, "API": api}.items():
            environ.setenv(f"BOT_WHATSAPP_{name}", value)
        with running_product(tmp_path_factory.mktemp("product") / "home") as running:
            yield running
