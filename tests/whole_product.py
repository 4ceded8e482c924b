"""The whole product for all who talk with it, started once, with the console and both messengers' fakes beside."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from fake_bot_api import TOKEN, FakeBotApi
from fake_graph_api import SECRET as APP_SECRET
from fake_graph_api import TOKEN as GRAPH_TOKEN
from fake_graph_api import VERSION, FakeGraph
from loopback import served
from running import Product, running_product
from telegram_rig import SECRET
from whole_talk import Officer

FOUND_WITHIN = 30.0  # seconds


@pytest.fixture(scope="session")
def bot_api() -> FakeBotApi:
    return FakeBotApi(now=time.monotonic)


@pytest.fixture(scope="session")
def graph() -> FakeGraph:
    return FakeGraph()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, bot_api: FakeBotApi, graph: FakeGraph) -> Iterator[Product]:
    with (
        served(bot_api.app) as telegram,
        served(graph.app) as whatsapp,
        running_product(
            tmp_path_factory.mktemp("product") / "home",
            BOT_TELEGRAM_TOKEN=TOKEN,
            BOT_TELEGRAM_SECRET=SECRET,
            BOT_TELEGRAM_API=telegram,
            BOT_WHATSAPP_TOKEN=GRAPH_TOKEN,
            BOT_WHATSAPP_APP_SECRET=APP_SECRET,
            BOT_WHATSAPP_API=f"{whatsapp}/{VERSION}",
        ) as running,
    ):
        wait_for_the_number(graph, f"{running.chat}whatsapp")
        yield running


@pytest.fixture(scope="session")
def officer(product: Product) -> Iterator[Officer]:
    """Who answers all people that write from a messenger."""
    with httpx.Client(trust_env=False, timeout=60) as desk:
        made = Officer(product, desk)
        made.sign_in()
        yield made


def wait_for_the_number(graph: FakeGraph, url: str) -> None:
    """The number is asked for at the start; a delivery that comes sooner is to come again."""
    body, headers = graph.signed({"object": "whatsapp_business_account", "entry": []})
    end = time.monotonic() + FOUND_WITHIN
    with httpx.Client(trust_env=False) as client:
        while client.post(url, content=body, headers=headers).status_code != httpx.codes.OK:
            assert time.monotonic() < end, graph.accounts.asked
            time.sleep(0.05)
