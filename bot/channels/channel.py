"""The contract every channel keeps: it reads deliveries into `Arrival`s and delivers `Bubble`s, no more.

A channel knows nothing of answers, referrals or words. Steps 1 and 9 of the message's way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from starlette.routing import BaseRoute

Refused = Literal["photo", "voice", "video", "sticker", "file", "contact", "other"]


@dataclass(frozen=True)
class Text:
    """Words a person typed, as they came (the inbox cuts and cleans them)."""

    text: str


@dataclass(frozen=True)
class Pressed:
    """A button, by the opaque id under which it was shown."""

    button: str


@dataclass(frozen=True)
class Location:
    """A place, already rounded to 0.1 degree (about 11 km) by the channel; the exact one is dropped."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Attachment:
    """Something that is refused kindly: its content is never read, fetched or stored, only its kind."""

    kind: Refused


Content = Text | Pressed | Location | Attachment


@dataclass(frozen=True)
class Arrival:
    """One delivered message.

    `address` is where an answer goes (a chat id, a browser's secret); `delivery` is the provider's id of this
    message, by which a second delivery is known.
    """

    address: str
    delivery: str
    content: Content


@dataclass(frozen=True)
class Choice:
    """A button as shown. `group` lets a channel set controls (back, skip, a person…) apart from answers."""

    id: str
    title: str
    group: Literal["answer", "control"] = "answer"


@dataclass(frozen=True)
class Bubble:
    """A message in the person's language, ready to send. `direction` is that of its text."""

    text: str
    language: str
    direction: Literal["ltr", "rtl"]
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Limits:
    """What a platform allows, in the units it counts: characters of text and title, number of choices."""

    text: int
    title: int
    choices: int


class TryLaterError(Exception):
    """The platform asks to wait; `seconds` is how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


class UnreachableError(Exception):
    """This person cannot be reached on this channel (blocked, gone); trying again will not help."""


@dataclass(frozen=True)
class Delivered:
    """What the platform answered to a send: its id of the message, if it gives one."""

    provider_id: str | None = field(default=None)


class Channel(Protocol):
    """One way in and out: `routes` stand in the gateway, deliveries go to the inbox given at construction."""

    name: str
    limits: Limits

    def routes(self) -> list[BaseRoute]:
        """The HTTP routes on which this channel receives."""

    async def deliver(self, address: str, bubble: Bubble) -> Delivered:
        """Send one message; `TryLaterError`, `UnreachableError`, or any other error, which is tried again."""
