"""What to say, never how: the words-free speech that actions give and `voice` turns into a language.

A `Say` names a response of `domain.yml` and carries variables; a variable that must itself be put into
words (a country, an answer, an office, a list of lines) is a small tagged dictionary, made by the functions
below and resolved by `bot.language.wording`. Everything here is JSON as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict

Kind = Literal[
    "country",
    "question",
    "asked",
    "answer",
    "office",
    "city",
    "criterion",
    "reason",
    "language",
    "code",
    "text",
    "phone",
    "say",
    "in",
    "lines",
]


class Worded(TypedDict):
    """A variable that is put into words at rendering: `kind` tells how, `value` what."""

    kind: Kind
    value: Any


def country(code: str) -> Worded:
    """A country's CLDR name. `code`: ISO 3166 alpha-2."""
    return {"kind": "country", "value": code}


def question(question_id: str) -> Worded:
    """A question's short label, response `label_<question_id>`."""
    return {"kind": "question", "value": question_id}


def asked(question_id: str) -> Worded:
    """A question in the words in which the person was asked it, response `ask_<question_id>`."""
    return {"kind": "asked", "value": question_id}


def answer(question_id: str, value: str) -> Worded:
    """An answer as its button says it, or a country's name, or the words for unsure and declined."""
    return {"kind": "answer", "value": [question_id, value]}


def office(office_id: str) -> Worded:
    """An office's name, response `office_name`: "IOM {city}"."""
    return {"kind": "office", "value": office_id}


def city(name: str) -> Worded:
    """The city of an office, by its English name, without the word IOM."""
    return {"kind": "city", "value": name}


def criterion(criterion_id: str) -> Worded:
    """The published words of a criterion, from `criteria/`."""
    return {"kind": "criterion", "value": criterion_id}


def reason(criterion_id: str) -> Worded:
    """What a criterion means for the person, as it was told to them: response `reason_<criterion_id>`."""
    return {"kind": "reason", "value": criterion_id}


def language(code: str) -> Worded:
    """A language's own name, from `locales/languages.yml`."""
    return {"kind": "language", "value": code}


def code(value: str) -> Worded:
    """A reference code or address: Latin, isolated in right-to-left text, never translated."""
    return {"kind": "code", "value": value}


def phone(value: str) -> Worded:
    """A telephone number: Latin digits, isolated in right-to-left text."""
    return {"kind": "phone", "value": value}


def text(value: str) -> Worded:
    """Words another person wrote (an officer's reply): isolated, never interpreted."""
    return {"kind": "text", "value": value}


def nested(name: str, **variables: Any) -> Worded:
    """Another response in the place of a variable."""
    return {"kind": "say", "value": {"name": name, "variables": variables}}


def in_language(language_code: str, name: str) -> Worded:
    """A response in a language of its own: the greeting of somebody who has not chosen one yet."""
    return {"kind": "in", "value": [language_code, name]}


def lines(items: Sequence[Worded]) -> Worded:
    """Several worded values, one a line."""
    return {"kind": "lines", "value": list(items)}


@dataclass(frozen=True)
class Tap:
    """What a button means when tapped: an intent of `domain.yml` with its entities."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The form in which a tap is stored and sent to the turn engine."""
        return {"intent": self.intent, "entities": dict(self.entities)}


@dataclass(frozen=True)
class Button:
    """A button beyond those `domain.yml` gives a response: `title` is worded like any variable."""

    title: Worded
    tap: Tap

    def as_json(self) -> dict[str, Any]:
        """The form in which actions hand it over."""
        return {"title": self.title, "tap": self.tap.as_json()}


@dataclass(frozen=True)
class Say:
    """One message to a person: a response's name, its variables, and buttons added to its own."""

    name: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    buttons: Sequence[Button] = ()

    def as_json(self) -> dict[str, Any]:
        """The form in which it crosses processes and is stored."""
        return {
            "name": self.name,
            "variables": dict(self.variables),
            "buttons": [button.as_json() for button in self.buttons],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Say:
        """A `Say` from its JSON form; `KeyError` when a part is missing."""
        buttons = tuple(
            Button(b["title"], Tap(b["tap"]["intent"], b["tap"].get("entities", {})))
            for b in raw.get("buttons", ())
        )
        return cls(raw["name"], raw.get("variables", {}), buttons)
