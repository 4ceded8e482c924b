"""Step 8 of the message's way: whether a message keeps to what the person said is safe for them.

An officer who has a reason may go on all the same; the reason is kept with the act.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from bot.referrals.content import Contact

# The times a person can choose, as hours of the clock where the office is. The person is in the same country.
TIMES: Mapping[str, tuple[int, int]] = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 22)}
OVERRIDES = ("person_wrote", "agreed", "danger")  # why the plan may be left
CHAT = "chat"
_NAMES_IOM = re.compile(r"\bI\.?\s?O\.?\s?M\b|\binternational organi[sz]ation for migration\b", re.IGNORECASE)


class UnsafeError(Exception):
    """The act does not keep to the safe-contact plan; `against` are the parts it breaks: time, way, iom."""

    def __init__(self, against: tuple[str, ...]) -> None:
        super().__init__(f"Against the safe-contact plan: {', '.join(against)}.")
        self.against = against


def against_plan(contact: Contact | None, local: datetime, words: str = "") -> tuple[str, ...]:
    """The parts of the plan that a message into the chat breaks at `local`, by the office's clock.

    A plan that names no time or way allows any. Who wishes to be called, or written to at a number, may not be the
    only one who sees the chat.
    """
    if contact is None:
        return ()
    hours = TIMES.get(contact.time or "")
    broken = {
        "time": hours is not None and not hours[0] <= local.hour < hours[1],
        "way": contact.way not in {None, CHAT},
        "iom": contact.neutral and _NAMES_IOM.search(words) is not None,
    }
    return tuple(part for part, is_broken in broken.items() if is_broken)


def keep_to_plan(against: tuple[str, ...], override: str) -> str | None:
    """The reason for leaving the plan, None when nothing of it is broken; `UnsafeError` without such a reason."""
    if not against:
        return None
    if override not in OVERRIDES:
        raise UnsafeError(against)
    return override
