"""Beside the message's way: a talk played by its rules and actions alone, without a model and in no time.

What a message means is given, not understood. All else is the product's own: the functions of `actions/` and the
rules of `stories/`. A test plays the same steps with the trained model and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.knowledge import Knowledge
from actions.leaving import in_known_hands
from actions.registry import ACTIONS
from actions.turn import ASKED, Reply, Turn
from bot.speech import Say
from bot.workshop.rules import Rules

MOST_ACTIONS = 20  # of one turn; more would go round for ever
UNDERSTOOD_BY_NO_RULE = "action_not_understood"  # `core_fallback_action_name` in config.yml
OF_ONE_TURN = ("facts", "effects")
LISTEN = "action_listen"


@dataclass(frozen=True)
class Heard:
    """A message and what it means. `ranking`: the readings that an unclear one may have."""

    intent: str
    entities: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    ranking: tuple[str, ...] = ()
    silent_minutes: int | None = None


@dataclass(frozen=True)
class Standing:
    """Where a talk stands: what is remembered, the form that is open, and what the gateway knows."""

    slots: Mapping[str, Any] = field(default_factory=dict)
    loop: str | None = None
    language: str | None = None
    turn: int = 0
    referral: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Played:
    """What a turn said and asked to be done, and where the talk stands after it."""

    says: tuple[Say, ...]
    effects: tuple[Mapping[str, Any], ...]
    standing: Standing


@dataclass(frozen=True)
class Rehearsal:
    """All that a talk is played with. `languages`: those offered; what the gateway tells besides is plain."""

    rules: Rules
    known: Knowledge
    languages: tuple[str, ...]

    def play(self, standing: Standing, heard: Heard) -> Played:
        """One turn."""
        facts = {
            "referral": standing.referral,
            "inactive_offices": [],
            "answer_days": {},
            "silent_minutes": heard.silent_minutes,
            "languages": list(self.languages),
            "operator": None,
            "language": standing.language,
            "turn": standing.turn + 1,
        }
        doing = _Doing(self, heard, {**standing.slots, "facts": facts}, standing.loop)
        doing.all_of_it()
        effects = tuple(doing.slots.get("effects") or ())
        kept = {k: v for k, v in doing.slots.items() if v is not None and k not in OF_ONE_TURN}
        language, referral = _after(standing, effects)
        after = Standing(kept, doing.loop, language, standing.turn + 1, referral)
        if any(effect["effect"] == "erase" for effect in effects):
            after = Standing(language=standing.language, turn=standing.turn + 1)
        return Played(tuple(doing.says), effects, after)


@dataclass
class _Doing:
    """One turn on its way."""

    with_: Rehearsal
    heard: Heard
    slots: dict[str, Any]
    loop: str | None
    says: list[Say] = field(default_factory=list)

    def all_of_it(self) -> None:
        waiting = [self.loop] if self.loop else self._by_rules()
        listened = True  # nothing has been done since the message
        for _ in range(MOST_ACTIONS):
            if not waiting:
                return
            name = waiting.pop(0)
            if name in self.with_.rules.at_end:
                waiting = self._form(name, may_refuse=listened and self.loop == name)
            elif name == "utter_faq":
                self.says.append(Say(f"utter_{self.heard.intent}"))
            else:
                reply = in_known_hands(name, ACTIONS[name])(self._turn(), self.with_.known)
                self._apply(reply)
                waiting = [reply.follow] if reply.follow else []
            listened = False
        raise RecursionError(
            f"A turn had more than {MOST_ACTIONS} actions; see the rules for {self.heard.intent}."
        )

    def _by_rules(self) -> list[str]:
        name = self.heard.intent.partition("/")[0]
        found = self.with_.rules.actions(name, self.heard.entities, self.slots.get("screen"))
        return list(found or (UNDERSTOOD_BY_NO_RULE,))

    def _form(self, name: str, *, may_refuse: bool) -> list[str]:
        self.loop = name
        answering: Callable[[Turn, Knowledge], Reply] = ACTIONS[f"validate_{name}"]
        reply = answering(self._turn(), self.with_.known)
        if may_refuse and not set(reply.slots) - {ASKED}:
            return self._by_rules()
        self._apply(reply)
        if self.slots.get(ASKED) is not None:
            return []
        self.loop = None
        return [self.with_.rules.at_end[name]]

    def _apply(self, reply: Reply) -> None:
        self.says.extend(reply.say)
        self.slots.update(reply.slots)
        if reply.effects:
            self.slots["effects"] = [*(self.slots.get("effects") or ()), *reply.effects]
        if reply.leave_form:
            self.slots[ASKED], self.loop = None, None

    def _turn(self) -> Turn:
        heard = self.heard
        name = heard.intent.partition("/")[0]
        return Turn(name, 1.0, heard.entities, heard.text, heard.ranking, dict(self.slots), self.loop)


def _after(
    standing: Standing, effects: tuple[Mapping[str, Any], ...]
) -> tuple[str | None, Mapping[str, Any] | None]:
    language, referral = standing.language, standing.referral
    for effect in effects:
        if effect["effect"] == "language":
            language = effect["language"]
        elif effect["effect"] == "refer":
            new = {"status": "new", "open": True}
            referral = {"reference": effect["reference"], "office": effect["office"], **new}
        elif effect["effect"] == "withdraw" and referral:
            referral = {**referral, "status": "withdrawn", "open": False}
    return language, referral
