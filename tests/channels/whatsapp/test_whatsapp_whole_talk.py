"""The main job on WhatsApp, over real HTTP through the running processes: first word, referral, answer, back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import httpx
import pytest
from fake_graph_api import FakeGraph, Someone, text_of, titles
from graph_limits import Json
from running import Product
from whole_talk import Officer, logs_of, waited_for

pytestmark = [pytest.mark.rasa, pytest.mark.timeout(600)]
NADIA = Someone()


@dataclass
class Phone:
    """A person's WhatsApp. Every delivery comes twice, and every status in the wrong order."""

    graph: FakeGraph
    product: Product
    client: httpx.Client
    noted: int = field(default=0)

    def write(self, words: str) -> str:
        return self._bring(self.graph.says(NADIA, body=words))

    def tap(self, *names: str) -> str:
        said = ""
        for name in names:
            for _ in range(4):  # pages of a list
                if name in titles(self.graph.to(NADIA)[-1]):
                    break
                self._bring(self.graph.presses(NADIA, "Other choices"))
            said = self._bring(self.graph.presses(NADIA, name))
        return said

    def next(self, before: int) -> str:
        waited_for(lambda: len(self.graph.to(NADIA)) > before)
        message = self.graph.to(NADIA)[-1]
        for state in ("read", "delivered"):
            self._post(self.graph.batch(statuses=[self.graph.status(message, state)]))
        return text_of(message)

    def _bring(self, message: Json) -> str:
        before = len(self.graph.to(NADIA))
        for _ in range(2):
            self._post(self.graph.batch([message], who=[NADIA]))
        return self.next(before)

    def _post(self, payload: Json) -> None:
        body, headers = self.graph.signed(payload)
        answer = self.client.post(f"{self.product.chat}whatsapp", content=body, headers=headers)
        assert answer.status_code == 200


def test_from_the_first_word_to_an_officers_answer_and_back(
    graph: FakeGraph, product: Product, officer: Officer
) -> None:
    with httpx.Client(trust_env=False, timeout=30) as client:
        phone = Phone(graph, product, client)
        assert "Choose your language" in phone.write("hello")
        assert "I am a computer program, not a person" in phone.tap("English")
        phone.tap("OK, ask me", "Yes, I can", "18 or older", "It is my own wish")
        assert "I read: Thailand" in phone.write("im in tailand")
        assert "Which is your own country" in phone.tap("Yes, that is right")
        answered = phone.write("is it free? do i have to pay")
        assert "Never pay anyone for a place in it" in answered
        assert "Which is your own country" in answered, "one message a turn"
        phone.tap("Bangladesh", "Yes, my own country", "No, I am not afraid", "No, neither", "I have not asked")
        phone.tap("No", "No", "No, I am not held", "No, never", "No", "OK, go on")
        phone.tap("Yes, all is right")
        assert "you may qualify for this programme" in phone.tap("I have read this")
        phone.tap("Send to IOM", "OK", "Only me", "Done", "Here in this chat", "Any time")
        assert "This is all that I would send to IOM Bangkok" in phone.tap("Yes, it is OK")
        [reference] = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", phone.tap("Yes, send it"))

        assert "May qualify; IOM decides" in officer.shown(reference)
        officer.act(reference, "accept")
        before = len(graph.to(NADIA))
        officer.act(reference, "reply", text="Hello. Is tomorrow morning good for you?")
        assert "Is tomorrow morning good for you?" in phone.next(before)
        waited_for(lambda: '<span class="delivery">read</span>' in officer.shown(reference))
        phone.tap("Write to the office")
        phone.write("yes after ten")
        waited_for(lambda: "yes after ten" in officer.shown(reference))

    assert graph.refused == []
    incoming = {message_id for message_id in graph.known_messages if message_id.startswith("wamid.IN")}
    assert len(graph.to(NADIA)) <= len(incoming) + 1, "one message a turn, and the officer's"
    waited_for(lambda: {marked["message_id"] for marked in graph.marked} == incoming)


def test_the_gateways_log_has_no_words_names_numbers_or_secrets(graph: FakeGraph, product: Product) -> None:
    logs = logs_of(product)
    assert "receipt" in logs
    for secret in (
        graph.token,
        graph.secret,
        str(NADIA.wa_id),
        str(NADIA.user_id),
        NADIA.name,
        "tailand",
        "wamid",
    ):
        assert secret not in logs
