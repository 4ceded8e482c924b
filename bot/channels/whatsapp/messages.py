"""Step 9 on WhatsApp: a bubble as the Cloud API takes it, within Meta's published limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.channels.channel import Bubble, Choice, Knock
from bot.channels.whatsapp.reading import USER_ID
from bot.language.templates import Template

LONGEST_TEXT, LONGEST_BODY = 4096, 1024  # characters: of a text, and of one with buttons
MOST_BUTTONS, BUTTON_TITLE = 3, 20
MOST_ROWS, ROW_TITLE, ROW_DESCRIPTION = 10, 24, 72
_NO_NUMBER = "…"
_EMPTY = "·"  # a body must not be empty

Json = dict[str, Any]


def message(address: str, bubble: Bubble, opener: str) -> Json:
    """The message for `address`; `opener` is what the button of a list says."""
    return {**_to(address), **_content(bubble, opener)}


def template_message(address: str, template: Template, language: str, knock: Knock) -> Json:
    """The set message `template` in Meta's `language`, with its variables from `knock`."""
    values = {"reference": knock.reference}
    parameters = [{"type": "text", "text": values[name]} for name in template.variables]
    body = [{"type": "body", "parameters": parameters}] if parameters else []
    content = {"name": template.name, "language": {"code": language}, "components": body}
    return {**_to(address), "type": "template", "template": content}


def audio_message(address: str, media: str) -> Json:
    """A voice message: `media` is Meta's id of the sound that was uploaded."""
    return {**_to(address), "type": "audio", "audio": {"id": media, "voice": True}}


def seen(message_id: str) -> Json:
    """Marks a message as read, and shows that we are writing, until we do or for 25 seconds."""
    return {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": message_id,
        "typing_indicator": {"type": "text"},
    }


def _to(address: str) -> Json:
    # A person's id goes into a field of its own; a number into the old one.
    name = "recipient" if USER_ID.fullmatch(address) else "to"
    return {"messaging_product": "whatsapp", "recipient_type": "individual", name: address}


def _content(bubble: Bubble, opener: str) -> Json:
    text = bubble.text.strip() or _EMPTY
    if bubble.choices:
        return {"type": "interactive", "interactive": _interactive(text, bubble.choices, opener)}
    if bubble.place:
        asked = {"type": "location_request_message", "body": {"text": text}, "action": {"name": "send_location"}}
        return {"type": "interactive", "interactive": asked}
    return {"type": "text", "text": {"body": text, "preview_url": False}}


def _interactive(text: str, choices: Sequence[Choice], opener: str) -> Json:
    titles = {choice.title for choice in choices}
    fit = all(size(choice.title) <= BUTTON_TITLE for choice in choices) and len(titles) == len(choices)
    if len(choices) <= MOST_BUTTONS and fit:
        buttons = [{"type": "reply", "reply": {"id": one.id, "title": one.title}} for one in choices]
        return {"type": "button", "body": {"text": text}, "action": {"buttons": buttons}}
    sections = [{"rows": [_row(choice) for choice in choices]}]
    return {"type": "list", "body": {"text": text}, "action": {"button": opener, "sections": sections}}


def _row(choice: Choice) -> Json:
    if size(choice.title) <= ROW_TITLE:
        return {"id": choice.id, "title": choice.title}
    short = f"{choice.number}." if choice.number else _NO_NUMBER
    return {"id": choice.id, "title": short, "description": _cut(choice.title)}


def _cut(title: str) -> str:
    while size(title) > ROW_DESCRIPTION:  # only where a character counts for two: `Limits.title` is as long
        title = title[:-1]
    return title


def size(text: str) -> int:
    """Length as the strictest counter has it: in UTF-16, where most emoji are two."""
    return len(text.encode("utf-16-le", errors="replace")) // 2
