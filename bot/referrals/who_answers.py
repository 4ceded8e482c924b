"""Step 3 and 8 of the message's way: whether a person is answered by the bot or, for a while, by an officer."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.store.models import Referral

# An officer who has said nothing for so long has left the person alone: the bot answers again.
PATIENCE = timedelta(hours=24)


def is_taken_over(referral: Referral, at: datetime) -> bool:
    """Whether an officer answers at `at`."""
    # Either way: by a clock that was ahead, and has been set right since, they wrote nobody knows when.
    return referral.talk_at is not None and abs(at - referral.talk_at) < PATIENCE


def end_talk(referral: Referral) -> None:
    """The bot answers again."""
    referral.talk_by = referral.talk_at = None
