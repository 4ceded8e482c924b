"""Step 4, acted on: what an action sees of a turn, and what it gives back. Both are plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.knowledge import Knowledge
from bot.eligibility.questions import QUESTIONS
from bot.eligibility.verdict import Verdict, assess
from bot.speech import Say

ASKED = "requested_slot"
QUESTION_IDS = tuple(question.id for question in QUESTIONS)
# What a choice may carry that answers a question; with anything else it is for the rules, whatever is asked.
ANSWERING = frozenset({"answer", "page", "latitude", "longitude", "choice", "typed"})
CHECKLIST = "checklist"  # the place of somebody who is answering its questions


@dataclass(frozen=True)
class Turn:
    """One message in its place: `entities` by name, `text` empty for a tap, `slots` as carried so far."""

    intent: str
    confidence: float
    entities: Mapping[str, str]
    text: str
    ranking: tuple[str, ...]
    slots: Mapping[str, Any]
    loop: str | None

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the gateway knows: referral, offices, languages, language, turn."""
        facts: Mapping[str, Any] = self.slots.get("facts") or {}
        return facts

    @property
    def number(self) -> int:
        """The number of this turn in its conversation."""
        return int(self.facts["turn"])

    @property
    def asked(self) -> str | None:
        """The slot being asked for, while a form is active."""
        return self.slots.get(ASKED) if self.loop else None

    @property
    def certain(self) -> bool:
        """Whether it can mean nothing else: tapped, or one of the language's own short answers."""
        return self.confidence == 1.0

    @property
    def for_question(self) -> bool:
        """Whether a question may take it: none does under another screen, or a choice that rules wait for."""
        return not self.slots.get("screen") and ANSWERING.issuperset(self.entities)

    @property
    def used_up(self) -> bool:
        """Whether a screen has already taken this message for itself."""
        return bool(self.slots.get("taken") == self.number)

    @property
    def answers(self) -> dict[str, str]:
        """The answers given so far, by question."""
        return {q: self.slots[q] for q in QUESTION_IDS if self.slots.get(q) is not None}

    @property
    def people(self) -> int:
        """How many apply together."""
        if self.slots.get("adults"):
            return int(self.slots["adults"]) + int(self.slots.get("children") or 0)
        return 2 if self.slots.get("who") == "family" else 1

    def verdict(self, known: Knowledge) -> Verdict:
        """What the answers so far come to."""
        return assess(
            known.programme,
            self.answers,
            mixed_status=bool(self.slots.get("mixed_status")),
            people=self.people,
            special_need=bool(self.slots.get("needs")),
        )

    @property
    def effects_language(self) -> str | None:
        """The language chosen in this very turn, if one was."""
        chosen = [e["language"] for e in self.slots.get("effects") or () if e["effect"] == "language"]
        return chosen[-1] if chosen else None

    def having(self, **slots: Any) -> Turn:
        """The same turn with these slots set."""
        merged = {**self.slots, **slots}
        return Turn(self.intent, self.confidence, self.entities, self.text, self.ranking, merged, self.loop)


@dataclass(frozen=True)
class Reply:
    """What an action gives back: what to say, slots to set, effects to carry out, where to go on."""

    say: tuple[Say, ...] = ()
    slots: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Mapping[str, Any], ...] = ()
    follow: str | None = None
    leave_form: bool = False

    def then(self, other: Reply) -> Reply:
        """Both, this one first."""
        return Reply(
            say=(*self.say, *other.say),
            slots={**self.slots, **other.slots},
            effects=(*self.effects, *other.effects),
            follow=other.follow or self.follow,
            leave_form=other.leave_form or self.leave_form,
        )


def say(name: str, **variables: Any) -> Reply:
    """A reply that says one response."""
    return Reply(say=(Say(name, variables),))


Answering = Callable[[Turn, Knowledge], Reply]


def read_turn(tracker: Tracker) -> Turn:
    """The turn in Rasa's tracker."""
    latest = tracker.latest_message
    intent = latest.get("intent") or {}
    return Turn(
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        entities={e["entity"]: str(e["value"]) for e in latest.get("entities") or ()},
        text=as_written(tracker),
        ranking=tuple(r["name"] for r in latest.get("intent_ranking") or ()),
        slots=dict(tracker.slots),
        loop=(tracker.active_loop or {}).get("name"),
    )


def as_written(tracker: Tracker) -> str:
    """The words of the message as the person wrote them; the latest message's own text was folded for reading."""
    texts = [event.get("text") for event in tracker.events if event["event"] == "user"]
    return (texts[-1] if texts else None) or ""


def events_of(reply: Reply, turn: Turn) -> list[EventType]:
    """Rasa's events for a reply."""
    slots = dict(reply.slots)
    if reply.effects:
        slots["effects"] = [*(turn.slots.get("effects") or ()), *reply.effects]
    if reply.leave_form:
        slots[ASKED] = None
    events: list[EventType] = [SlotSet(name, value) for name, value in slots.items()]
    if reply.leave_form:
        events.append(ActiveLoop(None))
    if reply.follow:
        events.append(FollowupAction(reply.follow))
    return events


class Named(Action):  # type: ignore[misc]  # rasa_sdk has no types
    """A plain function under the name by which Rasa calls it."""

    def __init__(self, name: str, answering: Answering, known: Knowledge) -> None:
        self._name, self._answering, self._known = name, answering, known

    def name(self) -> str:
        """The name in `domain.yml`."""
        return self._name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any) -> list[EventType]:
        """Reads the turn, answers, and hands speech and events to Rasa."""
        turn = read_turn(tracker)
        reply = self._answering(turn, self._known)
        for said in reply.say:
            given = said.as_json()
            dispatcher.utter_message(
                response=said.name,
                json_message={"variables": given["variables"], "buttons": given["buttons"]},
            )
        if not reply.follow and not self._name.startswith("validate_"):
            reply = reply.then(Reply(follow="action_listen"))  # whatever came before, the person is next
        return events_of(reply, turn)
