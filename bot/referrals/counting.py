"""Steps 6 to 8 of the message's way, counted: what the figures are made of, without a link to anyone.

Called inside the transaction of what it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.eligibility import QUESTION_BY_ID
from bot.store.models import Referral, ReferralEvent
from bot.store.tally import count

NOT_SAID = "not_said"
UNFINISHED = "unfinished"
WITHDRAWN = "withdrawn"

# Of referrals, by office. A referral may have several reasons, and one of each other.
SENT, LANGUAGE, ORIGIN, VERDICT, REASON = "sent", "language", "origin", "verdict", "reason"
ENDED, FIRST_CONTACT = "ended", "first_contact"
# What officers found, beside what the self-assessment said; of those who disagreed, on which criterion, and the
# person's language.
FOUND, DISAGREED_ON, DISAGREED_IN = "found", "disagreed_on", "disagreed_in"
# Of talks, before any office is known.
STOPPED, ASKED = "stopped", "asked"
AGREED, DISAGREED = "agreed", "disagreed"

# How long a person waited for the first contact: the longest of each group, and its code.
WAITS: tuple[tuple[timedelta, str], ...] = (
    (timedelta(days=1), "day"),
    (timedelta(days=3), "three_days"),
    (timedelta(days=7), "week"),
    (timedelta(days=14), "two_weeks"),
)
LONGER = "longer"
_CONTACTS = frozenset({"replied", "contacted", "counselling"})
_ENDS = frozenset({"closed", "dismissed", "withdrawn", "erased"})
_QUESTION = "ask_"  # how the name of a question's screen begins
_FAQ = "utter_faq/"  # how the name of an answer to a question begins


def count_sent(session: Session, referral: Referral, content: Mapping[str, Any], at: datetime) -> None:
    """A referral that was just sent; `content` is what was sealed."""
    happened = [
        (SENT, ""),
        (LANGUAGE, referral.language),
        (ORIGIN, content["answers"].get("origin", NOT_SAID)),
        (VERDICT, content["outcome"] or UNFINISHED),
        *((REASON, code) for code in content.get("reasons", ())),
    ]
    count(session, at, happened, referral.office_id)


def count_act(session: Session, event: ReferralEvent, referral: Referral, words: Any) -> None:
    """A step in a referral's life: how it ended, and how long the person waited, each once. `words` unsealed."""
    if event.act in _ENDS and _is_first(session, event, _ENDS):
        reason = words["reason"] if event.act in {"closed", "dismissed"} else WITHDRAWN
        count(session, event.at, [(ENDED, reason)], referral.office_id)
    if event.act in _CONTACTS and _is_first(session, event, _CONTACTS):
        waited = wait_of(event.at - referral.created_at)
        count(session, event.at, [(FIRST_CONTACT, waited)], referral.office_id)


def count_finding(session: Session, event: ReferralEvent, referral: Referral, criterion: str | None) -> None:
    """What an officer found on a referral; `criterion` is what they see otherwise, None when they agree."""
    happened = [(FOUND, AGREED)]
    if criterion is not None:
        happened = [(FOUND, DISAGREED), (DISAGREED_ON, criterion), (DISAGREED_IN, referral.language)]
    count(session, event.at, happened, referral.office_id)


def wait_of(waited: timedelta) -> str:
    """The group that this time of waiting is in."""
    return next((code for longest, code in WAITS if waited <= longest), LONGER)


def stop_at(screen: str) -> list[tuple[str, str]]:
    """What to count for a talk that ends on this screen: the question that was not answered, or nothing."""
    question = screen.removeprefix(_QUESTION)
    return [(STOPPED, question)] if screen.startswith(_QUESTION) and question in QUESTION_BY_ID else []


def question_asked(response: str) -> list[tuple[str, str]]:
    """What to count when this response is said: the question that it answers, or nothing."""
    return [(ASKED, response.removeprefix(_FAQ))] if response.startswith(_FAQ) else []


def _is_first(session: Session, event: ReferralEvent, acts: frozenset[str]) -> bool:
    earlier = select(ReferralEvent.id).where(
        ReferralEvent.referral_id == event.referral_id,
        ReferralEvent.act.in_(sorted(acts)),
        ReferralEvent.id != event.id,
    )
    return session.scalar(earlier.limit(1)) is None
