"""Beside step 9: how long a text may be where it is read, counted as the platform that reads it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.language.english import Response
from bot.language.gates.fault import Fault

# In UTF-16 units, in which Telegram counts and the strictest readers of WhatsApp do. Of all our places for a text
# WhatsApp's are the narrowest; a test holds these numbers to those of the channels.
ROW_TITLE, OPENER_TITLE, ROW_DESCRIPTION = 24, 20, 72
TEXT, TEXT_WITH_BUTTONS = 4096, 1024
OPENER = "button_open_list"  # the one button that opens WhatsApp's list
_TITLES, _LABELS = "button_", "label_"


@dataclass(frozen=True)
class Limit:
    """At most `most` UTF-16 units, since the text is read in `place`."""

    most: int
    place: str


def limit_of(context: str, response: Response | None, *, is_title: bool) -> Limit:
    """How long a text of `response` (None: published words or a city) may be."""
    if context == OPENER:
        return Limit(OPENER_TITLE, "the button of a WhatsApp list")
    if is_title:
        return Limit(ROW_TITLE, "a row of a WhatsApp list")
    if context.startswith(_LABELS):
        return Limit(ROW_DESCRIPTION, "the second line of a row of a WhatsApp list")
    if response is not None and (response.buttons or response.controls):
        return Limit(TEXT_WITH_BUTTONS, "a WhatsApp message with buttons")
    return Limit(TEXT, "a message of WhatsApp and of Telegram")


def length(text: str) -> int:
    """UTF-16 units: most emoji count for two, and so do letters beyond the first 65,536 of Unicode."""
    return len(text.encode("utf-16-le", errors="replace")) // 2


def too_long(rendered: str, limit: Limit) -> Iterator[Fault]:
    """A fault if `rendered`, the text as it is sent with direction marks and examples, is over `limit`."""
    long = length(rendered)
    if long > limit.most:
        yield Fault(
            "limit",
            f"it has {long} characters as it is sent; shorten it to {limit.most} or fewer, all that {limit.place} "
            "holds. (Emoji count for two, and so does the mark around IOM in a right-to-left language.)",
        )
