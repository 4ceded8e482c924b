"""The main job on Telegram, over real HTTP through the running processes: first word, referral, answer, back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
from fake_bot_api import TOKEN, FakeBotApi
from running import Product
from telegram_rig import CHAT, SECRET
from whole_talk import Officer, logs_of, waited_for

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(900)]


@dataclass
class Phone:
    """A person's Telegram, where every update is delivered twice."""

    fake: FakeBotApi
    product: Product
    client: httpx.Client
    chat: int
    seen: int = 0

    def write(self, words: str) -> None:
        self._bring(self.fake.write(self.chat, text=words))

    def tap(self, *titles: str) -> None:
        for title in titles:
            self._bring(waited_for(partial(self._tap, title)))

    def reads(self, words: str) -> str:
        return str(waited_for(lambda: next((text for text in self.texts() if words in text), None)))

    def texts(self) -> list[str]:
        return [message["text"] for message in self.fake.ours(self.chat)]

    def _tap(self, title: str) -> dict[str, Any] | None:
        """A tap on a button that came after the last thing we did; None until there is one."""
        for message in reversed(self.fake.ours(self.chat)):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for key in row:
                    if key["text"] == title and message["message_id"] > self.seen:
                        return self.fake.tap_data(self.chat, message, key["callback_data"])
        return None

    def _bring(self, update: dict[str, Any]) -> None:
        self.seen = max(message["message_id"] for message in self.fake.messages(self.chat))
        for _ in range(2):
            headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
            assert (
                self.client.post(f"{self.product.chat}telegram", json=update, headers=headers).status_code == 200
            )


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=60) as client:
        yield client


def to_the_request(phone: Phone) -> None:
    phone.write("hello")
    phone.tap("English")
    phone.reads("I am a computer program, not a person")
    phone.tap("OK, ask me", "Yes, I can", "18 or older", "It is my own wish")
    phone.reads("Which country are you in ")
    phone.write("im in tailand")
    phone.reads("I read: Thailand")
    phone.tap("Yes, that is right", "Bangladesh", "Yes, my own country", "No, I am not afraid", "No, neither")
    phone.tap("I have not asked", "No", "No", "No, I am not held", "No, never", "No", "OK, go on")
    phone.tap("Yes, all is right", "I have read this")
    phone.reads("you may qualify for this programme")
    phone.tap("Send to IOM")


def test_from_the_first_word_to_an_officers_answer_and_back(
    bot_api: FakeBotApi, product: Product, client: httpx.Client, officer: Officer
) -> None:
    phone = Phone(bot_api, product, client, CHAT)
    to_the_request(phone)
    phone.reads("IOM Bangkok")
    phone._bring(bot_api.write(CHAT, location={"latitude": 13.756331, "longitude": 100.501762}))
    phone.tap("OK", "Only me", "Done", "Here in this chat", "Any time", "Yes, it is OK")
    phone.reads("This is all that I would send to IOM Bangkok")
    phone.tap("Yes, send it")
    [reference] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", phone.reads("Your code is"))
    phone.reads("How old are you?\n\n✓ 18 or older")

    assert "May qualify; IOM decides" in officer.shown(reference)
    officer.act(reference, "accept")
    officer.act(reference, "reply", text="Hello. Is tomorrow morning good for you?")
    phone.reads("Is tomorrow morning good for you?")
    phone.tap("Write to the office")
    phone.reads("Write your message to the office")
    phone.write("yes after ten")
    waited_for(lambda: "yes after ten" in officer.shown(reference))

    phone.tap("✕")
    waited_for(lambda: phone.texts() == ["OK. Have a good day."])
    assert [message["text"] for message in bot_api.messages(CHAT)] == ["OK. Have a good day."]


def test_a_link_opens_the_chat_in_its_language(
    bot_api: FakeBotApi, product: Product, client: httpx.Client
) -> None:
    phone = Phone(bot_api, product, client, CHAT + 1)
    phone.write("/start lang_fa__office_TH-BKK")
    phone.reads("برنامه")
    phone._bring(bot_api.write(CHAT + 1, voice={"file_id": "x", "file_unique_id": "y", "duration": 3}))
    waited_for(lambda: len(phone.texts()) > 1)
    phone.write("/menu")
    waited_for(lambda: len(phone.texts()) > 2)
    assert [method for method, _ in bot_api.calls if method == "getFile"] == []


def test_nothing_of_it_stands_in_a_log(bot_api: FakeBotApi, product: Product) -> None:
    logs = logs_of(product)
    assert "turn.taken" in logs
    for secret in (TOKEN, SECRET, str(CHAT), "tailand", "after ten", "13.75"):
        assert secret not in logs
    assert not [call for call in bot_api.called("sendMessage") if call.get("parse_mode")]
