"""Step 1 on WhatsApp: a delivery of Meta's, a batch of messages and statuses, read into arrivals and receipts.

One item that cannot be read never stops the others: it is set aside. Media are known by their kind alone.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.channel import Arrival, Attachment, Content, Location, Pressed, Receipt, Refused, Text
from bot.channels.whatsapp.errors import receipt_state

NUMBER = re.compile(r"[0-9]{5,20}")
USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")  # a person's id, of use to one business alone
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,512}")
ABOUT_OUR_ACCOUNT = frozenset({
    "account_alerts", "account_update", "account_review_update", "business_capability_update",
    "message_template_status_update", "message_template_quality_update", "phone_number_quality_update", "security",
})  # fmt: skip
_REFUSED: Mapping[str, Refused] = {
    "image": "photo", "audio": "voice", "voice": "voice", "video": "video", "sticker": "sticker",
    "document": "file", "contacts": "contact",
}  # fmt: skip
# Nothing to answer: a reaction, a message taken back, news of a changed number.
_UNANSWERED = frozenset({"reaction", "revoke", "system", "ephemeral"})
_MISREAD = (KeyError, TypeError, ValueError, AttributeError, IndexError)


@dataclass
class Batch:
    """What one delivery holds. `seen` has, by address, the id of the last message that came from there."""

    arrivals: list[Arrival] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    aside: list[bytes] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)


def read_batch(body: bytes, phone_id: str) -> Batch:
    """All that `body` holds for the number `phone_id`, messages in the order of their time; never an error."""
    batch = Batch()
    try:
        values = list(_values(json.loads(body), batch))
    except (*_MISREAD, RecursionError):
        batch.aside.append(body)
        return batch
    timed: list[tuple[int, Arrival]] = []
    for value in values:
        if _of(value, "metadata").get("phone_number_id") != phone_id:
            continue
        for message in _listed(value, "messages", batch):
            _try(batch, message, lambda one, about=value: timed.extend(_arrivals(one, about)))
        for status in _listed(value, "statuses", batch):
            _try(batch, status, lambda one: batch.receipts.extend(_receipts(one)))
    timed.sort(key=lambda pair: pair[0])
    batch.arrivals = [arrival for _, arrival in timed]
    batch.seen = {arrival.address: arrival.delivery.partition("#")[0] for arrival in batch.arrivals}
    return batch


def _values(raw: Any, batch: Batch) -> Iterator[Mapping[str, Any]]:
    if raw["object"] != "whatsapp_business_account":
        raise ValueError("a delivery about something else")
    for entry in raw["entry"]:
        for change in entry["changes"]:
            if change["field"] == "messages":
                yield {**change["value"]}
            elif change["field"] in ABOUT_OUR_ACCOUNT:
                batch.notices.append(change["field"])


def _listed(value: Mapping[str, Any], name: str, batch: Batch) -> list[Any]:
    items = value.get(name) or []
    if isinstance(items, list):
        return items
    batch.aside.append(_raw(items))
    return []


def _try(batch: Batch, item: Any, take: Any) -> None:
    try:
        take(item)
    except _MISREAD:
        batch.aside.append(_raw(item))


def _raw(item: Any) -> bytes:
    return json.dumps(item).encode()


def _arrivals(message: Any, value: Mapping[str, Any]) -> Iterator[tuple[int, Arrival]]:
    if message["type"] in _UNANSWERED or "group_id" in message:
        return
    at = int(message["timestamp"])
    names = _names(message, value)
    delivery = _matching(MESSAGE_ID, message["id"])
    if message["type"] == "edit":
        corrected = _arrival(names, delivery, _content(message["edit"]["message"]))
        yield at, replace(corrected, corrects=_matching(MESSAGE_ID, message["edit"]["original_message_id"]))
        return
    content = _content(message)
    yield at, _arrival(names, delivery, content)
    caption = _of(message, message["type"]).get("caption") if isinstance(content, Attachment) else None
    if isinstance(caption, str) and caption.strip():
        yield at, _arrival(names, f"{delivery}#caption", Text(caption))


def _arrival(names: list[str], delivery: str, content: Content) -> Arrival:
    return Arrival(names[0], delivery, content, names[1] if len(names) > 1 else None, delivery_is_unique=True)


def _names(message: Mapping[str, Any], value: Mapping[str, Any]) -> list[str]:
    """The person's id for our business, then their number; either may be absent, not both."""
    number, user_id = message.get("from"), message.get("from_user_id")
    contacts = [one for one in value.get("contacts") or [] if isinstance(one, dict)]
    for contact in contacts:
        known = {contact.get("wa_id"), contact.get("user_id")} - {None}
        if known & {number, user_id} or (len(contacts) == 1 and number is None and user_id is None):
            number, user_id = number or contact.get("wa_id"), user_id or contact.get("user_id")
    names = [_matching(USER_ID, user_id)] if user_id is not None else []
    if number is not None:
        names.append(_matching(NUMBER, number))
    if not names:
        raise ValueError("a message from nobody")
    return names


def _content(message: Mapping[str, Any]) -> Content:
    match message:
        case {"type": "text", "text": {"body": str(body)}}:
            return Text(body)
        case {
            "type": "interactive",
            "interactive": {"type": "button_reply", "button_reply": {"id": str(pressed)}},
        }:
            return Pressed(pressed)
        case {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": str(pressed)}}}:
            return Pressed(pressed)
        case {"type": "button", "button": {"text": str(words)}}:
            return Text(words)
        case {"type": "location", "location": {"latitude": latitude, "longitude": longitude}}:
            return _place(float(latitude), float(longitude))
        case {"type": "text" | "interactive" | "button" | "location"}:
            raise ValueError("a message without what its type says")
        case {"type": str(kind)}:
            return Attachment(_REFUSED.get(kind, "other"))
    raise ValueError("a message of no type")


def _place(latitude: float, longitude: float) -> Location:
    if not (
        math.isfinite(latitude) and abs(latitude) <= 90 and math.isfinite(longitude) and abs(longitude) <= 180
    ):
        raise ValueError("a place that is nowhere")
    return Location(round(latitude, 1), round(longitude, 1))


def _receipts(status: Any) -> Iterator[Receipt]:
    provider_id = _matching(MESSAGE_ID, status["id"])
    match status["status"]:
        case "delivered":
            yield Receipt(provider_id, "delivered")
        case "read" | "played":
            yield Receipt(provider_id, "read")
        case "failed":
            codes = [error["code"] for error in status.get("errors") or [] if isinstance(error.get("code"), int)]
            state, seconds = receipt_state(codes[0] if codes else 0)
            yield Receipt(provider_id, state, seconds)


def _of(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("a name that is none")
    return value
