"""Whatever is tapped: something is said, something can be tapped next, and no verdict comes too early."""

from __future__ import annotations

from random import Random

import pytest
from plain_answers import PLAIN
from player import Player

from bot.conversation.screen import QUICK_EXIT, Shown

pytestmark = pytest.mark.rasa

TAPS = 40
NEVER = {"typed_not_clear", "old_button", "consent_not_clear", "number_not_clear", "out_of_scope", "not_text"} | {
    "unclear",
    "unclear_menu",
    "unclear_person",
}


def weight(person: Player, shown: Shown) -> int:
    """How often a button is tapped: plain answers mostly, so that a walk comes far; leaving seldom."""
    if person.asked and shown.tap["entities"].get("answer") == PLAIN[person.asked]:
        return 80
    if shown.tap["intent"] in {"danger", "erase_data", "stop"} or shown.tap["entities"].get("answer") == "none":
        return 1
    return {"answer": 6, "control": 1}[shown.group]


def step(person: Player, chance: Random) -> Shown:
    """One tap on any button that is offered; a number where only words are asked for."""
    offered = [shown for shown in person.buttons if shown.tap["intent"] != QUICK_EXIT]
    tapped = chance.choices(offered, [weight(person, shown) for shown in offered])[0]
    if person.names[-1] == "ask_contact_number" and chance.random() < 0.7:
        person.write("+66 81 234 5678")
    else:
        person.send({"tap": dict(tapped.tap), "typed": False})
    return tapped


@pytest.mark.parametrize("seed", range(20))
def test_any_way_through_the_talk(person: Player, seed: int) -> None:
    chance = Random(seed)
    person.start()
    read: dict[str, str] | None = None
    for _ in range(TAPS):
        before, tapped = person.names, step(person, chance)
        there = (before, dict(tapped.tap), person.names)
        assert person.names, there
        assert not NEVER & set(person.names), there
        if "erased" in person.names:
            return
        assert person.buttons, there
        if "asylum_notice" in person.names:
            assert "read_back" in before or read == person.answers, there
            read = person.answers
        if any(name.startswith("verdict_") for name in person.names):
            assert person.answers in (read, {**(read or {}), "fear_of_return": "yes"}), there
