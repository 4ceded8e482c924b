"""An app of a test over real HTTP, on this machine's loopback, for browsers and processes of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.applications import Starlette


@contextmanager
def served(app: Starlette, *, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """`app` on a free port; its address, without a slash at the end. `lifespan`: what it does beside answering."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan=lifespan)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
