"""The console of a test, served on this machine's loopback to a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from console_world import World
from loopback import served
from playwright.sync_api import Page


@dataclass(frozen=True)
class Site:
    world: World
    base: str


def serve(world: World) -> Iterator[Site]:
    with served(world.app, lifespan="on") as base:
        yield Site(world, base)


def complaints(page: Page) -> list[tuple[str, list[str]]]:
    """What the checker of accessibility finds wrong with the page as it is now."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
