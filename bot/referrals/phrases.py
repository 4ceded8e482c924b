"""Step 8 of the message's way: what officers say most, ready in every language of the people they write to.

A phrase is a response of `domain.yml` whose name begins with `office_phrase_`; adding one there is all it takes.
None names IOM, so that each can be sent to those who asked that nobody should.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from bot import speech
from bot.referrals.audit import append_audit
from bot.referrals.lifecycle import say_to_person
from bot.speech import Worded
from bot.store.models import Officer, Referral

PREFIX = "office_phrase_"
DAYS = "{days}"  # in the words of a phrase: a number that the officer chooses
MOST_DAYS = 30

Phrases = Mapping[str, bool]  # by the name without `PREFIX`, in order: whether it takes a number of days


class PhraseError(ValueError):
    """A phrase that is none of ours, or a number of days that is none from 1 to `MOST_DAYS`."""


def phrases_in(responses: Iterable[tuple[str, str]]) -> Phrases:
    """The phrases among `responses`, names and English words, in their order."""
    return {name.removeprefix(PREFIX): DAYS in words for name, words in responses if name.startswith(PREFIX)}


def worded(name: str, days: int | None) -> Worded:
    """The phrase, to be put into any language."""
    return speech.nested(f"{PREFIX}{name}", **({} if days is None else {"days": days}))


def read_days(phrases: Phrases, name: str, typed: str) -> int | None:
    """The days that go with this phrase, None for one without; `PhraseError` for what cannot be."""
    if name not in phrases:
        raise PhraseError("This is none of the ready phrases.")
    if not phrases[name]:
        return None
    if not typed.isdecimal() or len(typed) > 2 or not 1 <= int(typed) <= MOST_DAYS:
        raise PhraseError(f"A phrase takes from 1 to {MOST_DAYS} days.")
    return int(typed)


def send_phrase(
    session: Session,
    field_key: bytes,
    referral_id: int,
    officer: Officer,
    phrase: tuple[str, int | None],
    key: str,
    at: datetime,
    *,
    neutral: bool,
    override: str | None = None,
) -> None:
    """`phrase`, a name and its days, to the person, as `lifecycle.reply` sends words; its name is on record."""
    name, days = phrase
    kept = {"phrase": name, "days": days}
    sent = say_to_person(
        session,
        field_key,
        referral_id,
        officer,
        worded(name, days),
        kept,
        key,
        at,
        neutral=neutral,
        override=override,
    )
    if sent:
        reference = session.get_one(Referral, referral_id).reference
        append_audit(session, f"phrase_{name}"[:24], reference, at, officer.id)
