"""Step 8 of the message's way: the states of a referral, and which of an officer's acts fits each of them.

new → accepted → contacted → counselling → an outcome; on the way it may wait for the person, go back to the queue
or to another office. `withdrawn` is the person's own, in `bot.referrals.intake`.
"""

from __future__ import annotations

from collections.abc import Mapping

TAKEN = frozenset({"accepted", "contacted", "counselling"})  # an officer is working on it
WORKED = TAKEN | {"waiting"}  # an officer's name is on it; waiting: for the person
NOT_ENDED = WORKED | {"new"}
UNANSWERED = frozenset({"new", "accepted"})  # the office's promise to answer still stands

# From which states each act is allowed. An act of the name of a state leads to it.
ALLOWED: Mapping[str, frozenset[str]] = {
    "accepted": frozenset({"new"}),
    "contacted": frozenset({"accepted", "waiting"}),
    "counselling": frozenset({"accepted", "contacted", "waiting"}),
    "waiting": TAKEN,
    "returned": WORKED,
    "transferred": NOT_ENDED,
    "closed": WORKED,
    "dismissed": frozenset({"new"}),
    "replied": WORKED,
    "noted": NOT_ENDED,
    "took_over": WORKED,
    "handed_back": WORKED,
    "border_asked": NOT_ENDED,
    "border_back": NOT_ENDED,
}

# How the work on a referral ends: the officer's reason, and the state it leaves.
OUTCOMES: Mapping[str, str] = {
    "applied": "applied",
    "helped": "closed",
    "other_help": "other_help",
    "not_reachable": "not_reachable",
    "person_asked": "closed",
    "duplicate": "closed",
}
ENDED = frozenset(OUTCOMES.values())
DISMISSALS = ("spam", "trial", "duplicate")  # why new ones are closed unread, several at once

_AS_TOLD = {"contacted": "accepted", "counselling": "accepted"} | dict.fromkeys(ENDED, "closed")


def told_to_person(status: str) -> str:
    """What the person is told of a state: new, accepted, waiting, closed or withdrawn, and never how it ended."""
    return _AS_TOLD.get(status, status)
