from __future__ import annotations

import asyncio
import re
from typing import Any

import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from scenes import KNOWN

from actions.assessment_form import without_answers
from actions.registry import ACTIONS, build_executor
from actions.turn import Named, Reply, Turn, say
from bot.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))


def test_the_domain_and_the_registry_name_the_same_actions() -> None:
    of_rasa = {"utter_faq"}
    named = {name for each in DOMAIN["actions"] for name in ([each] if isinstance(each, str) else each)}
    assert named - of_rasa == set(ACTIONS)
    assert set(build_executor(KNOWN).actions) == set(ACTIONS)


def test_no_action_is_sent_the_whole_domain_at_each_call() -> None:
    plain = [each for each in DOMAIN["actions"] if isinstance(each, str)]
    assert [name for name in plain if name.startswith("validate_")] == []  # Rasa sends it to these
    said = [config for each in DOMAIN["actions"] if isinstance(each, dict) for config in each.values()]
    assert said == [{"send_domain": False}] * 3


def test_every_action_that_rules_call_is_there_and_none_is_idle() -> None:
    rules = "".join(path.read_text("utf-8") for path in (ROOT / "stories").glob("*.yml"))
    called = set(re.findall(r"- action: (\w+)", rules)) - {"utter_faq"} - set(DOMAIN["forms"])
    assert called <= set(ACTIONS)
    followed = {"action_notice"} | {name for name in ACTIONS if name.startswith("validate_")}
    assert set(ACTIONS) - called <= followed


def test_what_is_forgotten_are_slots() -> None:
    assert set(without_answers(keep_language=False)) <= set(DOMAIN["slots"])


def test_every_screen_an_action_sets_is_one_that_rules_may_wait_for() -> None:
    code = "".join(path.read_text("utf-8") for path in (ROOT / "actions").glob("*.py"))
    screens = set(re.findall(r'"screen": "(\w+)"', code))
    assert screens <= set(DOMAIN["slots"]["screen"]["values"])


def tracker() -> Tracker:
    """What Rasa sends: the words as they were written are in the events, the latest message's were folded."""
    latest = {
        "intent": {"name": "stop", "confidence": 1.0},
        "entities": [{"entity": "a", "value": 1}],
        "text": "x",
    }
    events = [{"event": "user", "text": "earlier"}, {"event": "user", "text": "X!"}, {"event": "slot"}]
    slots = {"facts": {"turn": 3}, "effects": [{"effect": "withdraw"}]}
    return Tracker("c", slots, latest, events, False, None, {"name": "reply_form"}, "action_listen")


def run(reply: Reply) -> tuple[list[dict[str, Any]], CollectingDispatcher, list[Turn]]:
    seen: list[Turn] = []

    def answering(turn: Turn, _known: object) -> Reply:
        seen.append(turn)
        return reply

    dispatcher = CollectingDispatcher()
    events = asyncio.run(Named("action_any", answering, KNOWN).run(dispatcher, tracker(), {}))
    return events, dispatcher, seen


def test_an_action_sees_the_turn_in_rasa_s_tracker() -> None:
    _, _, (turn,) = run(Reply())
    assert (turn.intent, turn.confidence, turn.entities, turn.text) == ("stop", 1.0, {"a": "1"}, "X!")
    assert (turn.number, turn.loop) == (3, "reply_form")


def test_a_reply_becomes_rasa_s_events_and_the_person_is_next() -> None:
    events, dispatcher, _ = run(say("stopped", days=2).then(Reply(slots={"screen": "menu"}, leave_form=True)))
    assert [(e["event"], e.get("name")) for e in events] == [
        ("slot", "screen"),
        ("slot", "requested_slot"),
        ("active_loop", None),
        ("followup", "action_listen"),
    ]
    (message,) = dispatcher.messages
    assert (message["response"], message["custom"]["variables"]) == ("stopped", {"days": 2})


def test_effects_are_added_to_those_of_the_turn() -> None:
    events, _, _ = run(Reply(effects=({"effect": "erase"},), follow="action_resume"))
    assert events[0]["value"] == [{"effect": "withdraw"}, {"effect": "erase"}]
    assert events[-1]["name"] == "action_resume"
