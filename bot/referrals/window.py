"""Steps 7 to 9 of the message's way: until when a platform lets us write freely to a person.

WhatsApp takes words of ours for 24 hours after the person's last message; after that, only a set message that Meta
has approved, which asks the person to write.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.store.models import Person

WINDOWS = {"whatsapp": timedelta(hours=24)}
MARGIN = timedelta(minutes=5)  # for clocks that differ, and for time on the way


def window_is_open(person: Person, at: datetime) -> bool:
    """Whether what is sent to this person at `at` (UTC without offset) may be in words of our own."""
    left = window_left(person, at)
    return left is None or left > timedelta(0)


def window_left(person: Person, at: datetime) -> timedelta | None:
    """For how long from `at` on it may still be; zero or less when it is over, None where it always may."""
    window = WINDOWS.get(person.channel)
    return None if window is None else window - MARGIN - (at - person.last_seen_at)
