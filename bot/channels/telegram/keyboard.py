"""Step 9 on Telegram: the buttons of a message, laid out so that each can be read on a small phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.channels.channel import Bubble, Choice

MOST_IN_ROW = 3
ROW_WIDTH = 24  # characters of all the titles of a row together
PIN = "\U0001f4cd"  # what the button that sends a place shows: a pin, in every language

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


def keyboard(bubble: Bubble) -> Markup:
    """What stands under `bubble`: its choices, or a button that sends a place, or nothing, not even an old one."""
    if bubble.choices:
        return InlineKeyboardMarkup([[_key(choice) for choice in row] for row in rows(bubble.choices)])
    if bubble.place:
        pin = KeyboardButton(PIN, request_location=True)
        return ReplyKeyboardMarkup([[pin]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove()


def rows(choices: Sequence[Choice]) -> Iterator[list[Choice]]:
    """`choices` in their order, as many in a row as can be read; an answer and a control never share one."""
    for _, group in groupby(choices, key=lambda choice: choice.group):
        row: list[Choice] = []
        for choice in group:
            width = sum(len(other.title) for other in row) + len(choice.title)
            if row and (len(row) == MOST_IN_ROW or width > ROW_WIDTH):
                yield row
                row = []
            row.append(choice)
        yield row


def _key(choice: Choice) -> InlineKeyboardButton:
    return InlineKeyboardButton(choice.title, callback_data=choice.id)
