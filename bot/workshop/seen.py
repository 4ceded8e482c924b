"""Beside the message's way: which strings stand in what is said, found by putting it into words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from bot.channels.channel import Limits
from bot.channels.telegram.chat import LIMITS as TELEGRAM
from bot.channels.webchat.chat import LIMITS as WEB
from bot.channels.whatsapp.chat import LIMITS as WHATSAPP
from bot.channels.whatsapp.chat import OPENER
from bot.channels.whatsapp.messages import MOST_BUTTONS
from bot.conversation.voice import render
from bot.language.catalogue import Catalogue
from bot.language.english import Response
from bot.language.languages import SOURCE
from bot.language.wording import Wording
from bot.speech import Say

Key = tuple[str, str]  # msgctxt, msgid
CHANNELS: Mapping[str, Limits] = {"telegram": TELEGRAM, "whatsapp": WHATSAPP, "web": WEB}


@dataclass
class Listening(Catalogue):
    """A catalogue that hands each translation through `heard`; it notes, or marks, what is looked up."""

    heard: Callable[[Key, str], str] = field(default=lambda _key, text: text)

    def find(self, language: str, context: str, msgid: str) -> str | None:
        """As the catalogue, and heard; English where there is no translation."""
        found = super().find(language, context, msgid)
        return self.heard((context, msgid), msgid if found is None else found) if msgid else found


def listening(catalogue: Catalogue, heard: Callable[[Key, str], str]) -> Listening:
    """The same words as `catalogue`, with `heard` on each."""
    same: dict[str, Any] = {one.name: getattr(catalogue, one.name) for one in fields(Catalogue)}
    return Listening(**same, heard=heard)


@dataclass
class Noting(Catalogue):
    """The English alone, and which strings were looked up; no file is looked at."""

    seen: set[Key] = field(default_factory=set)

    def responses(self) -> dict[str, Response]:
        """As they were read."""
        return self._responses

    def find(self, language: str, context: str, msgid: str) -> str | None:  # noqa: ARG002 - none is looked at
        """Noted, and not translated."""
        self.seen.add((context, msgid))
        return None


def noting(catalogue: Catalogue) -> Noting:
    """A catalogue of the same English."""
    catalogue.responses()
    same: dict[str, Any] = {one.name: getattr(catalogue, one.name) for one in fields(Catalogue)}
    return Noting(**same)


def strings_in(words: Noting, say: Say) -> frozenset[Key]:
    """Every string that `say` shows on one channel or another."""
    words.seen.clear()
    wording = Wording(words, SOURCE)
    for limits in CHANNELS.values():
        rendered = render(say, wording, limits)
        if limits is WHATSAPP and len(rendered.choices) > MOST_BUTTONS:
            wording.text(OPENER)
    return frozenset(words.seen)
