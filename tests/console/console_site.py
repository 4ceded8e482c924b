"""The console of a test, served on this machine's loopback to a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from console_world import World
from playwright.sync_api import Page

CHROMIUM = "/usr/bin/chromium"


@dataclass(frozen=True)
class Site:
    world: World
    base: str


def serve(world: World) -> Iterator[Site]:
    server = uvicorn.Server(uvicorn.Config(world.app, port=0, log_level="warning", server_header=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield Site(world, f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}")
    server.should_exit = True
    thread.join()


def complaints(page: Page) -> list[tuple[str, list[str]]]:
    """What the checker of accessibility finds wrong with the page as it is now."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
