"""Beside the message's way: Telegram deliveries for `bench/channels.py`, made by the fake Bot API."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

import tests_path  # noqa: F401
from fake_bot_api import TOKEN, FakeBotApi

SECRET = "a-secret_of-the-bench"
# What the gateway under test is given.
SETTINGS = {"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_TELEGRAM_SECRET": SECRET}
PATH = "/telegram"
PEOPLE = 1000


def deliveries(
    count: int, *, duplicates: float = 0.1, people: int = PEOPLE, seed: int = 1
) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """`count` deliveries as path, headers and body; a `duplicates` part of them came before, at any distance."""
    fake, chance = FakeBotApi(), random.Random(seed)
    headers = {"content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": SECRET}
    repeated = int(count * duplicates)
    fresh = [
        json.dumps(fake.write(5_550_000 + number % people, text=f"message {number}")).encode()
        for number in range(count - repeated)
    ]
    order = [*range(len(fresh)), *chance.choices(range(len(fresh)), k=repeated)]
    chance.shuffle(order)
    for number in order:
        yield PATH, headers, fresh[number]
