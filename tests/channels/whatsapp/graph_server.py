"""The fake Graph API over real HTTP, for processes of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fake_graph_api import VERSION, FakeGraph


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
