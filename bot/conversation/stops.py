"""Beside step 3: which question of the checklist stood on a screen when a talk ended, to be counted."""

from __future__ import annotations

from bot.conversation.means import Means
from bot.conversation.speaking import read_screen
from bot.referrals.counting import stop_at
from bot.store.sealing import SealError


def stop_on(means: Means, sealed: bytes | None) -> list[tuple[str, str]]:
    """What to count for a talk that ends with this screen, as kept on the person's row."""
    try:
        return stop_at(read_screen(means, sealed).name)
    except SealError:  # to leave and to forget matter more than a counter
        return []
