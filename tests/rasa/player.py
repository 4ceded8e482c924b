"""A person at the turn engine, as the gateway would play one: taps what is on the screen, writes, falls silent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from plain_answers import PLAIN
from structlog.testing import capture_logs

from bot.conversation.screen import OLD_BUTTON, Shown
from bot.eligibility.questions import QUESTIONS
from bot.language.catalogue import Catalogue
from bot.language.wording import Wording
from bot.processes.engine import Engine
from bot.speech import Say


@dataclass
class Player:
    """`said` and `buttons` are of the last turn that showed any; `done` holds all effects so far."""

    engine: Engine
    catalogue: Catalogue
    language: str | None = None
    turn: int = 0
    state: Any = None
    referral: dict[str, Any] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    said: list[Say] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    buttons: list[Shown] = field(default_factory=list)
    done: list[dict[str, Any]] = field(default_factory=list)
    heard: str | None = None
    way: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def send(self, message: Mapping[str, Any]) -> list[str]:
        """One turn. Gives the names of what was said."""
        self.turn += 1
        facts = {
            "referral": self.referral,
            "inactive_offices": [],
            "answer_days": {},
            "silent_minutes": None,
            "languages": ["en", "fa"],
            "operator": "The test",
            **self.facts,
        }
        answer = httpx.post(
            f"{self.engine.turn_url}/webhooks/turn/take",
            headers={"X-Turn-Secret": self.engine.turn_secret},
            timeout=60,
            json={
                "conversation": "c0ffee",
                "turn": self.turn,
                "language": self.language,
                "message": message,
                "state": self.state,
                "facts": facts,
            },
        )
        assert answer.status_code == 200, answer.text
        return self._take(answer.json())

    def tap(self, intent: str, **entities: str) -> list[str]:
        """A tap on the button that means this; it must be on the screen."""
        wanted = {"intent": intent, "entities": entities}
        assert wanted in [dict(shown.tap) for shown in self.buttons], (wanted, self.names, self.buttons)
        return self.send({"tap": wanted, "typed": False})

    def choose(self, answer: str) -> list[str]:
        """A tap on an answer."""
        return self.tap("inform", answer=answer)

    def type(self, intent: str, **entities: str) -> list[str]:
        """The words or the number of a button, typed: the gateway knows them from the screen."""
        wanted = {"intent": intent, "entities": entities}
        assert wanted in [dict(shown.tap) for shown in self.buttons], (wanted, self.names)
        return self.send({"tap": wanted, "typed": True})

    def aside(self, intent: str, **entities: str) -> list[str]:
        """A word that means this, though no button on the screen does."""
        return self.send({"tap": {"intent": intent, "entities": entities}, "typed": False})

    def write(self, text: str) -> list[str]:
        """Words typed."""
        return self.send({"text": text})

    def press_old(self) -> list[str]:
        """A button of an earlier screen, as the gateway tells of it."""
        return self.send(OLD_BUTTON)

    def start(self, language: str = "en") -> list[str]:
        """To the first question."""
        self.write("hello")
        self.tap("change_language", language=language)
        return self.tap("affirm")

    def answer(self, until: str | None = None, **answers: str) -> list[str]:
        """The questions as they come, plainly but for `answers`, as far as the question `until` or the end."""
        while self.asked is not None and self.asked != until:
            value = {**PLAIN, **answers}[self.asked]
            # A country that is not on the first page is typed or looked for on another; here it is simply sent.
            listed = any(shown.tap["entities"].get("answer") == value for shown in self.buttons)
            self.choose(value) if listed else self.aside("inform", answer=value)
        return self.names

    def arrive(self, question: str) -> None:
        """At this question, all before it answered plainly; nothing done so far. The way is kept once gone."""
        if question not in self.way:
            self.start()
            while self.asked is not None:
                self._remember(self.asked)
                self.choose(PLAIN[self.asked])
            self._remember("read_back")
        self.turn, self.state, self.language, self.said = self.way[question]
        self.done = []
        self._word()

    def _remember(self, place: str) -> None:
        self.way[place] = (self.turn, self.state, self.language, self.said)

    @property
    def names(self) -> list[str]:
        """What was said last, by name."""
        return [say.name for say in self.said]

    @property
    def asked(self) -> str | None:
        """The question of the checklist that is on the screen."""
        question = self.names[-1].removeprefix("ask_") if self.names else ""
        return question if question in PLAIN else None

    @property
    def slots(self) -> dict[str, Any]:
        """What is remembered."""
        slots: dict[str, Any] = self.state["slots"]
        return slots

    @property
    def answers(self) -> dict[str, str]:
        """The answers given, by question."""
        return {question.id: self.slots[question.id] for question in QUESTIONS if question.id in self.slots}

    def _take(self, answer: Mapping[str, Any]) -> list[str]:
        self.state, self.heard = answer["state"], answer["heard"]["intent"]
        self.done += answer["do"]
        for effect in answer["do"]:
            self._carry_out(effect)
        self.said = [Say.from_json(raw) for raw in answer["say"]]
        self._word()
        return self.names

    def _carry_out(self, effect: Mapping[str, Any]) -> None:
        if effect["effect"] == "language":
            self.language = effect["language"]
        elif effect["effect"] == "refer":
            new = {"status": "new", "open": True}
            self.referral = {"reference": effect["reference"], "office": effect["office"], **new}
        elif effect["effect"] == "withdraw" and self.referral:
            self.referral = {**self.referral, "status": "withdrawn", "open": False}
        elif effect["effect"] == "erase":
            self.referral = self.state = None

    def _word(self) -> None:
        """Everything said can be put into words, in the person's language too."""
        self.buttons, self.texts = [], []
        for say in self.said:
            with capture_logs() as complaints:
                Wording(self.catalogue, self.language).text(say.name, say.variables)
                english = Wording(self.catalogue, "en")
                self.texts.append(english.text(say.name, say.variables))
                self.buttons += self._buttons_of(say, english)
            faults = [complaint for complaint in complaints if complaint["event"].startswith("wording.")]
            assert faults == []

    def _buttons_of(self, say: Say, english: Wording) -> list[Shown]:
        response = self.catalogue.response(say.name)
        own = [Shown(button.tap.as_json(), button.title, "answer") for button in response.buttons]
        added = [Shown(one.tap.as_json(), english.words(one.title), "answer") for one in say.buttons]
        controls = self.catalogue.response(response.controls).buttons if response.controls else ()
        return own + added + [Shown(button.tap.as_json(), button.title, "control") for button in controls]
