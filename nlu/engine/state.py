"""What a turn carries: slots and the active loop, nothing else. A tracker lives for one request only.

The state comes with the request and goes back with the answer, so a turn costs the same at the 5th and the 500th
message, any Rasa process can take any turn, and nothing about a person stays here.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

# Slots that belong to one turn: given with it, read from it, never carried on.
OF_ONE_TURN = ("facts", "effects", "session_started_metadata")


@dataclass
class Carried:
    """The state of the turn being taken in this asyncio task: what came in, the tracker, what swallowed errors."""

    came: dict[str, Any]
    facts: dict[str, Any]
    tracker: DialogueStateTracker | None = None
    failures: list[str] = field(default_factory=list)

    def goes(self) -> dict[str, Any]:
        """The state to carry on: slots that differ from their start, and the active loop."""
        if self.tracker is None:
            return self.came
        slots = {
            name: slot.value
            for name, slot in self.tracker.slots.items()
            if slot.value != slot.initial_value and name not in OF_ONE_TURN
        }
        return {"slots": slots, "loop": self.tracker.active_loop_name}

    def effects(self) -> list[dict[str, Any]]:
        """What the actions asked to be done, in order."""
        return (self.tracker.get_slot("effects") or []) if self.tracker else []


CARRIED: ContextVar[Carried] = ContextVar("carried")


def events_of(state: dict[str, Any], facts: dict[str, Any]) -> list[Event]:
    """The shortest history that puts a tracker in this state, listening."""
    events: list[Event] = [SlotSet(name, value) for name, value in state.get("slots", {}).items()]
    events.append(SlotSet("facts", facts))
    if state.get("loop"):
        events.append(ActiveLoop(state["loop"]))
    return [*events, ActionExecuted(ACTION_LISTEN_NAME)]


class TurnTrackerStore(TrackerStore):
    """A tracker store that stores nothing: it builds the tracker of this request and hands it back."""

    def __init__(self, domain: Domain | None, host: Any = None, **kwargs: Any) -> None:
        super().__init__(domain, **kwargs)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the turn being taken; a slot that this model no longer knows is dropped."""
        carried = CARRIED.get()
        if carried.tracker is None:
            known = {slot.name for slot in self.domain.slots}
            slots = {k: v for k, v in carried.came.get("slots", {}).items() if k in known}
            events = events_of({**carried.came, "slots": slots}, carried.facts)
            carried.tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        return carried.tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps the tracker for the rest of this request."""
        CARRIED.get().tracker = tracker
