"""Steps 7 to 9 of the message's way: until when a platform lets us write freely to a person.

WhatsApp takes words of ours for 24 hours after the person's last message; after that, only a set message that Meta
has approved, which asks the person to write.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

WINDOWS = {"whatsapp": timedelta(hours=24)}
MARGIN = timedelta(minutes=5)  # for clocks that differ, and for time on the way


class Seen(Protocol):
    """A person, or of their row what is needed here."""

    @property
    def channel(self) -> str:
        """Where they write."""

    @property
    def last_seen_at(self) -> datetime:
        """When they last wrote."""


def window_is_open(person: Seen, at: datetime) -> bool:
    """Whether what is sent to this person at `at` (UTC without offset) may be in words of our own."""
    left = window_left(person, at)
    return left is None or left > timedelta(0)


def window_left(person: Seen, at: datetime) -> timedelta | None:
    """For how long from `at` on it may still be; zero or less when it is over, None where it always may."""
    window = WINDOWS.get(person.channel)
    return None if window is None else window - MARGIN - (at - person.last_seen_at)
