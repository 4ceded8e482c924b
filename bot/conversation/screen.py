"""Step 3, understood: the buttons on a person's screen, and what a press or a typed line means by them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.conversation.choosing import Places, place_named
from bot.language.folding import fold

SAME_PRESS = timedelta(seconds=10)  # a press on the button just used, within this time, is a nervous finger
OLD_BUTTON_EVERY = timedelta(seconds=3)
OLD_BUTTON = {"tap": {"intent": "inform", "entities": {"old_button": "yes"}}, "typed": False}
QUICK_EXIT = "quick_exit"
# Taps that the gateway answers by itself: the next page of buttons, a message that asks for a place, a recording.
MORE, ASK_PLACE, LISTEN = "more_choices", "ask_place", "listen"
LOCAL = frozenset({MORE, ASK_PLACE, LISTEN})


@dataclass(frozen=True)
class Shown:
    """A button as it was shown: what a tap on it means, its words, and whether it is an answer or a control."""

    tap: Mapping[str, Any]
    title: str
    group: str


@dataclass(frozen=True)
class Screen:
    """What is on a person's screen. `wording` is the SHA-256 of the words as rendered.

    `choices` are in the order shown. `used` is the button that led to this screen, at `used_at`; `old_at` is when
    a button from before was last answered. `text` and `page` are what the gateway needs to show more of `choices`.
    `heard` are the recordings that were asked for last, at `heard_at`.
    """

    name: str = ""
    wording: str = ""
    choices: Mapping[str, Shown] = field(default_factory=dict)
    used: str | None = None
    used_at: datetime | None = None
    old_at: datetime | None = None
    text: str = ""
    page: int = 0
    heard: str = ""
    heard_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {
            "name": self.name,
            "wording": self.wording,
            "choices": {
                key: {"tap": dict(shown.tap), "title": shown.title, "group": shown.group}
                for key, shown in self.choices.items()
            },
            "order": list(self.choices),
            "used": self.used,
            "used_at": self.used_at.isoformat() if self.used_at else None,
            "old_at": self.old_at.isoformat() if self.old_at else None,
            "text": self.text,
            "page": self.page,
            "heard": self.heard,
            "heard_at": self.heard_at.isoformat() if self.heard_at else None,
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any] | None) -> Screen:
        """A screen from its kept form; the empty one for None."""
        if raw is None:
            return cls()
        choices = {key: Shown(**raw["choices"][key]) for key in raw["order"]}
        used_at, old_at, heard_at = (_time(raw.get(key)) for key in ("used_at", "old_at", "heard_at"))
        text, page, heard = raw.get("text", ""), raw.get("page", 0), raw.get("heard", "")
        return cls(raw["name"], raw["wording"], choices, raw["used"], used_at, old_at, text, page, heard, heard_at)


def _time(kept: str | None) -> datetime | None:
    return datetime.fromisoformat(kept) if kept else None


@dataclass(frozen=True)
class Reading:
    """A message as the turn engine is given it, and the screen as the message left it."""

    message: Mapping[str, Any]
    screen: Screen


def read(
    screen: Screen, content: Mapping[str, Any], received_at: datetime, places: Places | None = None
) -> Reading | None:
    """What the kept `content` means on this `screen`; None when it means nothing: a press that was repeated.

    `places` are the person's words for the place of a choice: «second», «the last one».
    """
    if "pressed" in content:
        return _pressed(screen, content["pressed"], received_at)
    if "text" in content:
        chosen = typed_choice(screen, content["text"], places)
        if chosen is not None:
            tap = {"tap": dict(screen.choices[chosen].tap), "typed": True}
            if is_local(tap):
                return Reading(tap, screen)
            return Reading(tap, replace(screen, used=chosen, used_at=received_at))
    return Reading(content, screen)


def _pressed(screen: Screen, button: str, at: datetime) -> Reading | None:
    if button == screen.used and _is_just_now(screen.used_at, at, SAME_PRESS):
        return None
    shown = screen.choices.get(button)
    if shown is not None and _is_heard_already(screen, shown, at):
        return None
    if shown is not None:
        tap = {"tap": dict(shown.tap), "typed": False}
        return Reading(tap, screen if is_local(tap) else replace(screen, used=button, used_at=at))
    if _is_just_now(screen.old_at, at, OLD_BUTTON_EVERY):
        return None
    return Reading(OLD_BUTTON, replace(screen, old_at=at))


def _is_heard_already(screen: Screen, shown: Shown, at: datetime) -> bool:
    if shown.tap["intent"] != LISTEN or shown.tap["entities"]["audio"] != screen.heard:
        return False
    return _is_just_now(screen.heard_at, at, SAME_PRESS)


def _is_just_now(before: datetime | None, at: datetime, within: timedelta) -> bool:
    # Either way: what was noted by a clock that was ahead, and has been set right since, is long ago.
    return before is not None and abs(at - before) < within


def is_local(message: Mapping[str, Any]) -> bool:
    """Whether the gateway answers this by itself: it may come again at once, from the same button."""
    return message.get("tap", {}).get("intent") in LOCAL


def typed_choice(screen: Screen, text: str, places: Places | None = None) -> str | None:
    """The button whose words, or whose number among the answers (from 1, in any digits), `text` is; else None.

    `places` are words for such numbers. Leaving has its own words: none of these ever means it.
    """
    button = titled(screen, text)
    if button is not None:
        return button
    answers = [button for button, shown in screen.choices.items() if shown.group == "answer"]
    if any(shown.title.strip().isdecimal() for shown in screen.choices.values()):
        return None  # a number is an answer itself here, not the place of one
    bare = text.strip().rstrip(".)")
    if bare.isdecimal() and len(bare) < 4 and 1 <= int(bare) <= len(answers):
        return answers[int(bare) - 1]
    named = [button for button in answers if screen.choices[button].tap["intent"] != QUICK_EXIT]
    place = place_named(text, places or {}, len(named))
    return None if place is None else named[place]


def titled(screen: Screen, text: str) -> str | None:
    """The button whose words `text` is; else None."""
    folded = fold(text)
    for button, shown in screen.choices.items():
        if (folded and fold(shown.title) == folded) or shown.title.strip() == text.strip():
            return button
    return None
