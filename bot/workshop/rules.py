"""Beside the message's way: the rules of `stories/`, so that a talk can be played without a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

NOT_READ = frozenset({"typed", "choice"})  # entities that no rule looks at: `ignore_entities` in domain.yml


@dataclass(frozen=True)
class Rule:
    """What is done on `intent`, where the screen is `screen` and the entities are just `entities` (None: any)."""

    intent: str
    entities: frozenset[str] | None
    screen: str | None
    actions: tuple[str, ...]

    def fits(self, intent: str, entities: frozenset[str], screen: str | None) -> bool:
        """Whether it may be followed here."""
        return (
            self.intent == intent
            and (self.entities is None or self.entities == entities)
            and (self.screen is None or self.screen == screen)
        )

    @property
    def narrowness(self) -> int:
        """How much it asks for: of those that fit, the narrowest is followed."""
        return (self.entities is not None) + (self.screen is not None)


@dataclass(frozen=True)
class Rules:
    """All rules: those that a message sets off, and by form what is done at its end."""

    of_messages: tuple[Rule, ...]
    at_end: Mapping[str, str]

    def actions(self, intent: str, entities: Mapping[str, Any], screen: str | None) -> tuple[str, ...]:
        """What is done on a message, in order; nothing if no rule is for it."""
        read = frozenset(entities) - NOT_READ
        fitting = [rule for rule in self.of_messages if rule.fits(intent, read, screen)]
        return max(fitting, key=lambda rule: rule.narrowness).actions if fitting else ()


def load_rules(stories: Path) -> Rules:
    """The rules in the files of the folder `stories`; `KeyError` for a rule of another form than ours have."""
    raw = [
        rule
        for path in sorted(stories.glob("*.yml"))
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    ]
    at_end = {}
    of_messages = []
    for rule in raw:
        loops = [step["active_loop"] for step in rule.get("condition", ()) if "active_loop" in step]
        actions = tuple(step["action"] for step in rule["steps"] if "action" in step)
        if loops:
            at_end[loops[0]] = actions[-1]
        else:
            of_messages.append(_of_message(rule, actions))
    return Rules(tuple(of_messages), at_end)


def _of_message(rule: Mapping[str, Any], actions: tuple[str, ...]) -> Rule:
    first = rule["steps"][0]
    entities = {name for entity in first.get("entities", ()) for name in entity}
    (screen,) = [slot["screen"] for step in rule.get("condition", ()) for slot in step["slot_was_set"]] or [None]
    return Rule(first["intent"], frozenset(entities) if entities else None, screen, actions)
