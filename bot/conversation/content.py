"""Step 2, stored: a message's content as it is kept, cut and cleaned."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from bot.channels.channel import Attachment, Content, Location, Pressed, Text, Wish

LONGEST_TEXT = 4096  # characters; what Telegram allows, and more than anyone writes by hand
_LONGEST_BUTTON = 64  # bytes
_IN_FRONT = re.compile(r"\A[\s/／]+")  # noqa: RUF001


def as_kept(content: Content) -> dict[str, Any]:
    """`content` as JSON: one of `text`, `pressed`, `location`, `attachment`, `tap`."""
    match content:
        case Text(text):
            words = cleaned(text)
            # Nothing that can be read is left: it is refused as kindly as a sticker.
            return {"text": words} if words else {"attachment": "other"}
        case Pressed(button):
            return {"pressed": button.encode(errors="replace")[:_LONGEST_BUTTON].decode(errors="replace")}
        case Location(latitude, longitude):
            return {"location": [round(latitude, 1), round(longitude, 1)]}
        case Attachment(kind):
            return {"attachment": kind}
        case Wish(meaning):
            return {"tap": {"intent": meaning, "entities": {}}, "typed": False}


def cleaned(text: str) -> str:
    """`text` in NFC, cut to `LONGEST_TEXT`, without control characters, lone surrogates and a leading slash.

    A slash in front would make it a command somewhere behind us; words with one are words like any other.
    """
    kept = "".join(c for c in text[:LONGEST_TEXT] if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    words = unicodedata.normalize("NFC", kept)[:LONGEST_TEXT].strip()
    words = _IN_FRONT.sub("", words)
    return words if any(unicodedata.category(c)[0] not in "CZ" for c in words) else ""
