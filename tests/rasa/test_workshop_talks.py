"""The talks of the translators' workshop, which are played without a model, say the same with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from player import Player

from bot.conversation.screen import OLD_BUTTON
from bot.language.catalogue import Catalogue
from bot.settings import ROOT
from bot.speech import Say
from bot.workshop.paths import Moment, load_moments, play_all, talk_to
from bot.workshop.search import REFERENCE
from bot.workshop.stage import load_rehearsal
from bot.workshop.steps import CLOSED, Step

pytestmark = pytest.mark.rasa

# What the model reads in unclear words is its own; the gateway speaks for itself.
NOT_PLAYED = {"unclear", "gateway"}


def message_of(step: Step) -> dict[str, Any]:
    """The step as the gateway hands it to the engine."""
    match step.kind:
        case "tap" | "means" | "type":
            entities = {name: "en" if value == "*" else value for name, value in step.entities.items()}
            return {"tap": {"intent": step.words[0], "entities": entities}, "typed": step.kind == "type"}
        case "photo":
            return {"attachment": "photo"}
        case "place":
            return {"location": [float(word) for word in step.words]}
        case "old":
            return OLD_BUTTON
        case "back":
            return {"text": "hello"}
    return {"text": " ".join(step.words)}


def take(person: Player, moment: Moment) -> tuple[str, ...]:
    step = moment.step
    if step.kind == "office":
        assert person.referral
        person.referral = {**person.referral, "status": step.words[0], "open": step.words[0] not in CLOSED}
        return ()
    person.facts = {"languages": ["en"], "operator": None}
    person.facts["silent_minutes"] = int(step.words[0]) if step.kind == "back" else None
    return tuple(person.send(message_of(step)))


def moments_that_say_something_new() -> list[Moment]:
    """The first moment of each kind of answer, and all on the way to it."""
    moments = {moment.number: moment for moment in load_moments()}
    first: dict[tuple[str, ...], int] = {}
    for moment in moments.values():
        first.setdefault(moment.says, moment.number)
    ways = {one.number for number in first.values() for one in talk_to(number, moments)}
    return [moments[number] for number in sorted(ways)]


def written(says: Sequence[Say]) -> str:
    """What was said, variables and buttons included; the code of a request is a new one each time."""
    return REFERENCE.sub("", json.dumps([say.as_json() for say in says], sort_keys=True))


def test_talks_say_with_the_model_what_they_say_without(person: Player, catalogue: Catalogue) -> None:
    scenes = play_all(load_rehearsal(ROOT), load_moments(), "en", catalogue.offices)
    standing: dict[int, tuple[Any, ...]] = {0: (0, None, None, None)}
    otherwise = []
    for moment in moments_that_say_something_new():
        if moment.step.kind in NOT_PLAYED or moment.after not in standing:
            continue
        person.turn, person.state, person.language, person.referral = standing[moment.after]
        said = take(person, moment)
        if said != moment.says or (said and written(person.said) != written(scenes[moment.number].says)):
            otherwise.append((moment.number, str(moment.step), said, moment.says))
        standing[moment.number] = (person.turn, person.state, person.language, person.referral)
    assert otherwise == []
    assert len(standing) > 100
