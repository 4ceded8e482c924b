"""A gateway of its own for every test of the web chat, and a browser that may open its page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from gateway_rig import Gateway, new_gateway
from webchat_browser import ORIGIN, Browser

from bot.gateway import create_gateway


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        yield made


@pytest.fixture
def browser(gateway: Gateway) -> Browser:
    made = create_gateway(gateway.means, gateway.engine)
    transport = httpx.ASGITransport(made.app)
    return Browser(gateway, httpx.AsyncClient(transport=transport, base_url=ORIGIN), made.webchat)
