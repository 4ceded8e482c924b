"""The contract every channel keeps: it reads deliveries into `Arrival`s and delivers `Bubble`s, no more.

A channel knows nothing of answers, referrals or words. Steps 1 and 9 of the message's way.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

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


@dataclass(frozen=True)
class Wish:
    """What the platform's own menu offers at any time, by its meaning, whatever language is chosen."""

    meaning: Literal[
        "repeat_question", "help_menu", "change_language", "talk_to_person", "stop", "erase_data", "quick_exit"
    ]


Content = Text | Pressed | Location | Attachment | Wish


@dataclass(frozen=True)
class Preset:
    """What the link said by which a person came, unchecked: a language of `locales/`, an office of `criteria/`."""

    language: str | None = None
    office: str | None = None


@dataclass(frozen=True)
class Arrival:
    """One delivered message.

    `address` is where an answer goes (a chat id, a browser's secret); `delivery` is the provider's id of this
    message, by which a second delivery is known: among those of the address, or of the whole channel if
    `delivery_is_unique`. `also` is a second name of the same person there, known by its hash alone.
    `own_id` is the person's own message, by which it can be taken off the screen. `corrects` is the delivery that
    this one is a later version of: it is taken only while that is the last there is.
    """

    address: str
    delivery: str
    content: Content
    also: str | None = None
    delivery_is_unique: bool = False
    own_id: str | None = None
    corrects: str | None = None
    preset: Preset = Preset()


@dataclass(frozen=True)
class Choice:
    """A button as shown. `group` lets a channel set controls (back, skip, a person…) apart from answers.

    `number` is an answer's place among the answers, in the person's digits, by which it can be typed.
    """

    id: str
    title: str
    group: Literal["answer", "control"] = "answer"
    number: str = ""


@dataclass(frozen=True)
class Bubble:
    """A message in the person's language, ready to send. `direction` is that of its text.

    `place`: the person may answer with where they are, if the platform has a way to ask for it. `audio`: it is
    this recording (a name of `bot.language.audio`), and `text`, where there is any, marks it.
    """

    text: str
    language: str
    direction: Literal["ltr", "rtl"]
    choices: tuple[Choice, ...] = ()
    place: bool = False
    audio: str | None = None


@dataclass(frozen=True)
class Limits:
    """What a platform allows, in the units it counts: characters of text and title, number of choices.

    `text_with_choices`, where that is less; `choices_at_once`: more are shown page by page; `place_apart`: where
    one is can only be asked for in a message of its own; `wipe_hours`: for how long a message can be taken off.
    `sound`: whether recordings can be sent, and with a text to them.
    """

    text: int
    title: int
    choices: int
    text_with_choices: int | None = None
    choices_at_once: int | None = None
    place_apart: bool = False
    one_message_per_turn: bool = False
    wipe_hours: float | None = None
    sound: Literal["none", "bare", "with_text"] = "none"


class TryLaterError(Exception):
    """The platform asks to wait; `seconds` is how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds


class UnreachableError(Exception):
    """This person cannot be reached on this channel (blocked, gone); trying again will not help."""


class WindowClosedError(Exception):
    """The platform takes no words of ours now: the person must write first, and may be asked to by a knock."""


@dataclass(frozen=True)
class Knock:
    """A set message that asks a person to write, so that what waits for them may be sent."""

    language: str | None
    reference: str


@dataclass(frozen=True)
class Receipt:
    """What became of a message after the platform took it. `seconds`: when to send it again, if `later`."""

    provider_id: str
    state: Literal["delivered", "read", "failed", "later", "window"]
    seconds: float = 0


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


@runtime_checkable
class Knocking(Protocol):
    """A channel whose platform lets us write freely only for a time after the person's last message."""

    async def knock(self, address: str, knock: Knock) -> Delivered:
        """Send the set message; errors as `deliver`."""


@runtime_checkable
class Wiping(Protocol):
    """A channel that can take messages off a person's screen, ours and their own."""

    async def wipe(self, address: str, provider_ids: Sequence[str]) -> None:
        """Take off what the platform still lets go, and be silent about the rest; errors as `deliver`."""


@runtime_checkable
class Working(Protocol):
    """A channel with work of its own beside the requests it is sent."""

    def workers(self) -> Sequence[Callable[[], Coroutine[Any, Any, None]]]:
        """What the gateway runs for as long as it runs itself."""
