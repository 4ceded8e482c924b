"""Step 9, said: the control that lets a person hear a text read aloud, and what a tap on it sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.channel import Bubble, Limits
from bot.conversation.means import Means
from bot.conversation.screen import LISTEN, Shown
from bot.language.audio import by_name, of_response
from bot.language.wording import Wording

# Responses of domain.yml: what the control says, and what marks a voice that a computer made.
LISTEN_TITLE, SYNTHETIC = "button_listen", "audio_synthetic"


def audio_of(means: Means, language: str | None, response: str, limits: Limits) -> tuple[str, ...]:
    """The names of the recordings of `response`, if the channel can send any; a demo counts synthetic ones too."""
    if limits.sound == "none":
        return ()
    code = means.catalogue.language(language).code
    found = of_response(means.catalogue, code, response, synthetic=means.settings.demo)
    return (found.name,) if found else ()


def listen_control(audio: Sequence[str], wording: Wording) -> Shown:
    """The control for recordings by these names; a tap on it carries them."""
    return Shown({"intent": LISTEN, "entities": {"audio": " ".join(audio)}}, wording.text(LISTEN_TITLE), "control")


def read_aloud(means: Means, tap: Mapping[str, Any], wording: Wording, limits: Limits) -> tuple[Bubble, ...]:
    """The recordings that a tap on the control asks for, those that are still there; a synthetic one is marked."""
    demo = means.settings.demo
    named = (by_name(means.catalogue.locales, name, synthetic=demo) for name in tap["entities"]["audio"].split())
    found = [one for one in named if one is not None]
    tag, direction = wording.language.tag, wording.language.direction
    mark = wording.text(SYNTHETIC) if any(one.synthetic for one in found) else ""
    bubbles = [
        Bubble(mark if one.synthetic and limits.sound == "with_text" else "", tag, direction, audio=one.name)
        for one in found
    ]
    if mark and limits.sound != "with_text":
        bubbles.insert(0, Bubble(mark, tag, direction))
    return tuple(bubbles)
