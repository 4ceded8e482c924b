"""Turns made by hand, for the plain functions of `actions`: what was heard, where the person is, what is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plain_answers import PLAIN

from actions.knowledge import load_knowledge
from actions.turn import ASKED, Reply, Turn
from bot.settings import ROOT

KNOWN = load_knowledge(ROOT / "criteria", ROOT / "domain.yml")
FACTS: Mapping[str, Any] = {
    "turn": 7,
    "language": "en",
    "languages": ["en", "fa"],
    "operator": "The test",
    "referral": None,
    "inactive_offices": [],
    "answer_days": {"TH-BKK": 5},
}
ABOUT_THEM: dict[str, Any] = {"noticed": True, **PLAIN, "trail": list(PLAIN)}
REACHED: dict[str, Any] = {
    **ABOUT_THEM,
    "office": "TH-BKK",
    "who": "me",
    "needs": ["interpreter"],
    "needs_done": True,
    "contact_way": "text",
    "contact_number": "+66812345678",
    "contact_time": "evening",
    "contact_name": "do_not_say_iom",
}
OPEN = {"reference": "K7PM-2QXD", "status": "new", "office": "TH-BKK", "open": True}
CLOSED = {**OPEN, "status": "closed", "open": False}


def tapped(intent: str = "inform", slots: Mapping[str, Any] | None = None, **entities: str) -> Turn:
    """A button tapped outside a form."""
    return _turn(intent, 1.0, entities, "", slots or {}, None)


def typed(intent: str, text: str, slots: Mapping[str, Any] | None = None, confidence: float = 0.9) -> Turn:
    """Words typed outside a form."""
    return _turn(intent, confidence, {}, text, slots or {}, None)


def asked(turn: Turn, slot: str, loop: str = "assessment_form") -> Turn:
    """The same message as a reply to the question for `slot`."""
    return _turn(
        turn.intent, turn.confidence, turn.entities, turn.text, {**turn.slots, ASKED: slot}, loop, turn.ranking
    )


def ranked(turn: Turn, *names: str) -> Turn:
    """The same message with these readings, best first."""
    return _turn(turn.intent, turn.confidence, turn.entities, turn.text, turn.slots, turn.loop, names)


def told(turn: Turn, **facts: Any) -> Turn:
    """The same message with other facts from the gateway."""
    return turn.having(facts={**turn.facts, **facts})


def said(reply: Reply) -> list[str]:
    """The names of what is said."""
    return [say.name for say in reply.say]


def taps(reply: Reply) -> list[dict[str, Any]]:
    """What the buttons added to the last thing said mean."""
    return [button.tap.as_json() for button in reply.say[-1].buttons]


def _turn(
    intent: str,
    confidence: float,
    entities: Mapping[str, str],
    text: str,
    slots: Mapping[str, Any],
    loop: str | None,
    ranking: tuple[str, ...] = (),
) -> Turn:
    return Turn(intent, confidence, entities, text, ranking, {"facts": FACTS, **slots}, loop)
