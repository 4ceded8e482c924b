"""Step 1 on Telegram: one update becomes what a person brought, or nothing. Pure: no network, no database.

Only a private chat is read. Ids are those of messages, not of updates: a chat never has the same one twice, while
update ids start anew at random after a quiet week.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from telegram import CallbackQuery, Chat, Message, Update

from bot.channels.channel import Arrival, Attachment, Content, Location, Preset, Pressed, Refused, Text, Wish
from bot.channels.telegram.commands import COMMANDS
from bot.eligibility.office import rounded

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "channel_post")
_COMMAND = re.compile(r"/([a-z_]{1,32})(?:@\w{1,64})?(?:\s+([A-Za-z0-9_-]{1,64}))?\s*")
# What is refused, by the names of the fields in which it comes.
_REFUSED: dict[str, Refused] = {
    "photo": "photo",
    "live_photo": "photo",
    "voice": "voice",
    "video_note": "video",
    "video": "video",
    "animation": "video",
    "sticker": "sticker",
    "audio": "file",
    "document": "file",
    "contact": "contact",
    "poll": "other",
    "checklist": "other",
    "dice": "other",
    "game": "other",
    "story": "other",
    "invoice": "other",
    "paid_media": "other",
    "giveaway": "other",
}


class UnreadableError(Exception):
    """An update that is none, or breaks in reading; its words are never in the error's."""


@dataclass(frozen=True)
class Press:
    """A tap as Telegram shows it: what must be answered, and the message under which it was."""

    callback: str
    chat: int
    button: str
    message: int | None
    text: str | None
    title: str | None


@dataclass(frozen=True)
class Reading:
    """What an update brings, in order. `leave`: a group or channel to leave. `kind`: of what brings nothing."""

    arrivals: tuple[Arrival, ...] = ()
    press: Press | None = None
    leave: int | None = None
    kind: str = ""


def read_update(raw: Any, bot_id: str) -> Reading:
    """The reading of an update as it came in JSON; `UnreadableError` when there is none."""
    try:
        update = Update.de_json(raw, None)
        _number(update.update_id)
        return _read(update, bot_id)
    except Exception as error:  # noqa: BLE001 - whatever breaks in one update must not hold up those behind it
        raise UnreadableError(type(error).__name__) from None


def _read(update: Update, bot_id: str) -> Reading:
    if update.callback_query is not None:
        return _press(update.callback_query, bot_id)
    membership = update.my_chat_member
    message = update.message or update.edited_message or update.channel_post
    chat = message.chat if message else membership.chat if membership else None
    if chat is None:
        return Reading(kind="not_for_us")
    if chat.type != Chat.PRIVATE:
        gone = membership is not None and membership.new_chat_member.status in {"left", "kicked"}
        return Reading(leave=None if gone else _number(chat.id), kind="not_private")
    if message is None or message.from_user is None or message.from_user.is_bot:
        return Reading(kind="membership" if membership else "not_a_person")
    return _message(message, bot_id, edited=update.edited_message is not None)


def _press(query: CallbackQuery, bot_id: str) -> Reading:
    message = query.message
    chat = message.chat if message is not None else None
    if chat is not None and chat.type != Chat.PRIVATE:
        return Reading(kind="not_private")
    address = _number(chat.id if chat is not None else query.from_user.id)
    shown = message if isinstance(message, Message) else None
    button = _words(query.data) if query.data else ""
    press = Press(
        callback=_words(query.id),
        chat=address,
        button=button,
        message=shown.message_id if shown else None,
        text=shown.text if shown else None,
        title=_title(shown, button),
    )
    if not button:
        return Reading(press=press, kind="no_button")
    arrival = Arrival(str(address), f"{bot_id}:c{press.callback}", Pressed(button))
    return Reading((arrival,), press)


def _title(message: Message | None, button: str) -> str | None:
    rows = message.reply_markup.inline_keyboard if message and message.reply_markup else ()
    return next((key.text for row in rows for key in row if key.callback_data == button), None)


def _message(message: Message, bot_id: str, *, edited: bool) -> Reading:
    chat, number = str(_number(message.chat.id)), _number(message.message_id)
    delivery = f"{bot_id}:m{number}"
    if edited:
        return _edited(message, chat, delivery)
    content, preset = _content(message)
    if content is None:
        return Reading(kind="service")
    if message.media_group_id:  # an album comes as many messages: one answer is enough
        delivery = f"{bot_id}:g{_words(message.media_group_id)}"
    arrivals = [Arrival(chat, delivery, content, own_id=str(number), preset=preset)]
    if message.caption:
        arrivals.append(Arrival(chat, f"{bot_id}:m{number}w", Text(_words(message.caption)), own_id=str(number)))
    return Reading(tuple(arrivals))


def _edited(message: Message, chat: str, delivery: str) -> Reading:
    if not message.text or not message.edit_date:  # a moving pin, a caption put right
        return Reading(kind="edited")
    version = f"{delivery}e{int(message.edit_date.timestamp())}"
    own = str(message.message_id)
    return Reading((Arrival(chat, version, Text(_words(message.text)), own_id=own, corrects=delivery),))


def _content(message: Message) -> tuple[Content | None, Preset]:
    if message.text:
        return _typed(_words(message.text))
    pin = message.location or (message.venue.location if message.venue else None)
    if pin is not None:
        try:
            return Location(*rounded((float(pin.latitude), float(pin.longitude)))), Preset()
        except ValueError:  # nowhere on earth
            return Attachment("other"), Preset()
    kind = next((kind for name, kind in _REFUSED.items() if getattr(message, name, None)), None)
    return (None if kind is None else Attachment(kind)), Preset()


def _typed(text: str) -> tuple[Content, Preset]:
    command = _COMMAND.fullmatch(text)
    if command is None:
        return Text(text), Preset()
    name, payload = command[1], command[2] or ""
    if name == "start":
        return Wish("repeat_question"), preset_of(payload)
    return (Wish(COMMANDS[name]) if name in COMMANDS else Text(text)), Preset()


def preset_of(payload: str) -> Preset:
    """What a link's `?start=` says: `lang_<code>`, `office_<id>`, or both with `__` between; else nothing."""
    said = dict(part.split("_", 1) for part in payload.split("__") if "_" in part)
    return Preset(said.get("lang"), said.get("office"))


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < abs(value) < 1 << 63:
        raise TypeError("no id")
    return value


def _words(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no words")
    return value
