"""Beside the message's way: signed WhatsApp deliveries for `bench/channels.py`, made by the fake Graph API."""

from __future__ import annotations

import random
from collections.abc import Iterator

import tests_path  # noqa: F401
from fake_graph_api import PHONE_ID, SECRET, TOKEN, VERIFY_TOKEN, FakeGraph, Someone

# What the gateway under test is given.
SETTINGS = {
    "BOT_WHATSAPP_TOKEN": TOKEN,
    "BOT_WHATSAPP_PHONE_ID": PHONE_ID,
    "BOT_WHATSAPP_APP_SECRET": SECRET,
    "BOT_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
}
PATH = "/whatsapp"
PEOPLE = 1000


def deliveries(
    count: int, *, duplicates: float = 0.1, people: int = PEOPLE, seed: int = 1
) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """`count` deliveries as path, headers and body; a `duplicates` part of them came before, at any distance.

    The number of different messages is `count` less `int(count * duplicates)`: what must be stored, once each.
    """
    graph, chance = FakeGraph(), random.Random(seed)
    writers = [Someone(f"668{number:08d}", f"TH.{10**15 + number}") for number in range(people)]
    repeated = int(count * duplicates)
    fresh: list[tuple[bytes, dict[str, str]]] = []
    for number in range(count - repeated):
        who = writers[number % people]
        fresh.append(graph.signed(graph.batch([graph.says(who, body=f"message {number}")], who=[who])))
    order = [*range(len(fresh)), *chance.choices(range(len(fresh)), k=repeated)]
    chance.shuffle(order)
    for number in order:
        body, headers = fresh[number]
        yield PATH, headers, body
