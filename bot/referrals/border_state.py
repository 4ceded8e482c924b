"""Steps 3 and 8 of the message's way: whether a person is asked about an office in another country."""

from __future__ import annotations

from datetime import timedelta

from bot.store.models import Referral

ASKED_FOR = timedelta(days=7)  # then the question ends by itself


def is_asked(referral: Referral) -> bool:
    """Whether an answer is waited for."""
    return referral.border_to is not None and referral.border_yes_at is None


def end_border(referral: Referral) -> None:
    """Nothing is asked any more."""
    referral.border_to = referral.border_by = referral.border_at = referral.border_yes_at = None
