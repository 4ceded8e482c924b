"""Step 3, continued: a talk that an officer has taken over: what is written goes to them, and the bot is silent.

The turn engine reads every message as always, so that danger is heard. A turn that is not called for is as if it
had not been taken: the engine keeps nothing, and neither do we. So the bot's own talk stays where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.conversation.choosing import Places
from bot.conversation.claims import OFFICER, Claim
from bot.conversation.screen import Reading, Screen, read, titled
from bot.conversation.turn_engine import Taken, TurnEngine
from bot.referrals.takeover import GIVEN_BACK, TAKEN_OVER, WHERE_WE_WERE, is_in_danger
from bot.speech import Say

OVER_LONG_AGO = "talk_over"  # a response: nobody has written for a day, and the bot answers again
# What is done as ever, whoever answers: by its button, or by a word that can mean nothing else.
AS_EVER = frozenset({"danger", "stop", "erase_data", "change_language", "withdraw_referral"})
BORDER = "border"  # in a tap: the answer to the office's question about another country
# What the bot asks then, and how that may be answered besides.
YES_OR_NO = frozenset({"affirm", "deny"})
ASKED: Mapping[str, frozenset[str]] = {
    "erase_sure": YES_OR_NO,
    "withdraw_sure": YES_OR_NO,
    "same_person": YES_OR_NO,
    "choose_language_again": frozenset(),
    "danger_card": frozenset({"repeat_question"}),
}
# Of what the bot says then, only this is said: not the question at which its own talk stands.
SAID = frozenset(ASKED) | frozenset(
    {"stopped", "erased", "withdrawn", "status_withdrawn", "border_yes", "border_no", "border_over"}
)


def read_for_officer(
    screen: Screen, content: Mapping[str, Any], received_at: datetime, places: Places | None = None
) -> Reading | None:
    """As `read`; but words are words, and not the number or the title of a button, except of what is as ever."""
    if "text" not in content or _is_waited_for(screen):
        return read(screen, content, received_at, places)
    button = titled(screen, content["text"])
    if button is not None and _is_as_ever(screen, screen.choices[button].tap):
        return read(screen, content, received_at, places)
    return Reading(content, screen)


def words_of(held: Claim) -> str | None:
    """What the person wrote; None for a tap, a picture, a place."""
    words: str | None = held.kept["content"].get("text")
    return words


async def turn_beside_officer(engine: TurnEngine, held: Claim, reading: Reading) -> Taken:
    """What comes of a message in a talk that was taken over; errors are the engine's."""
    taken = await engine.take({**held.request, "message": dict(reading.message)})
    if _is_the_bots(held, reading, taken):
        return _as_ever(held, taken)
    if held.talk == OFFICER:
        return _to_officer(held, reading)
    return await _bot_again(engine, held, taken)


def _is_the_bots(held: Claim, reading: Reading, taken: Taken) -> bool:
    tap = reading.message.get("tap")
    if tap is not None:
        return _is_as_ever(held.screen, tap)
    answers = ASKED[held.screen.name] if _is_waited_for(held.screen) else frozenset()
    if taken.sure and taken.heard in AS_EVER | answers:
        return True
    return taken.heard == "danger" or _names_country(held, taken)


def _is_as_ever(screen: Screen, tap: Mapping[str, Any]) -> bool:
    answers = ASKED.get(screen.name, frozenset())
    return tap["intent"] in AS_EVER | answers or BORDER in tap["entities"]


def _is_waited_for(screen: Screen) -> bool:
    """Whether the bot waits for an answer: the officer has not written since. «Yes» is for whoever asked last."""
    written = any("write_to_office" in shown.tap["entities"] for shown in screen.choices.values())
    return screen.name in ASKED and not written


def _names_country(held: Claim, taken: Taken) -> bool:
    """Whether the danger card asked for the country, and now has its numbers."""
    asked = any(shown.tap["intent"] == "danger" for shown in held.screen.choices.values())
    cards = [say for say in taken.say if say.name == "danger_card" and not say.buttons]
    return held.screen.name == "danger_card" and asked and bool(cards)


def _as_ever(held: Claim, taken: Taken) -> Taken:
    says = [say for say in taken.say if say.name in SAID]
    do = [
        effect for effect in taken.do if effect["effect"] != "keep_unclear"
    ]  # what is written is for the officer
    words = words_of(held)
    if taken.heard == "danger" and words is not None:
        do.insert(0, {"effect": "write_to_office", "text": words})
    if any(say.name == "stopped" for say in says):
        do.append({"effect": "end_talk", "act": "talk_stopped"})
    if any(effect["effect"] in {"end_talk", "withdraw"} for effect in do):
        says.insert(0, Say(GIVEN_BACK))
    return Taken(says or [Say(TAKEN_OVER)], do, taken.state)


def _to_officer(held: Claim, reading: Reading) -> Taken:
    words, before = words_of(held), held.request["state"]
    if words is not None:
        return Taken((), ({"effect": "write_to_office", "text": words},), before)
    # The bot's own buttons do nothing now; pictures and places are kept by nobody.
    named = next((name for kind, name in _NOT_KEPT.items() if kind in reading.message), TAKEN_OVER)
    return Taken((Say(named),), (), before)


_NOT_KEPT = {"attachment": "not_text", "location": "place_not_needed"}


async def _bot_again(engine: TurnEngine, held: Claim, taken: Taken) -> Taken:
    """The officer has been silent for long: what was written goes to them all the same, and the bot goes on."""
    over = {"effect": "end_talk", "act": "talk_over"}
    words = words_of(held)
    if words is None:
        return Taken([Say(GIVEN_BACK), *taken.say], [*taken.do, over], taken.state)
    do = [{"effect": "write_to_office", "text": words}, over]
    if is_in_danger(held.request["state"]):
        return Taken([Say(OVER_LONG_AGO)], do, held.request["state"])
    again = await engine.take({**held.request, "message": WHERE_WE_WERE})
    return Taken([Say(OVER_LONG_AGO), *again.say], [*do, *again.do], again.state)
