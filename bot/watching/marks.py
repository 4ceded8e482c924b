"""Beside the message's way: what the gateway counts as it works.

Labels are closed lists: never a person, never words. What can be counted in the database is counted there, when
it is asked for: see `census`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

OUTCOMES = ("taken", "away", "failed", "refused")
READINGS = ("clear", "unclear")
TURN_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


class Marks:
    """The counters of one gateway; several gateways are added up by who reads them."""

    def __init__(self, channels: Iterable[str]) -> None:
        self.registry = CollectorRegistry(auto_describe=True)
        self.messages = Counter(
            "avrr_messages_taken", "Messages stored, by channel.", ["channel"], registry=self.registry
        )
        self.turns = Counter(
            "avrr_turns", "Turns asked of the engine, by what came of it.", ["outcome"], registry=self.registry
        )
        self.readings = Counter(
            "avrr_readings", "Written messages, by whether they were understood.", ["reading"],
            registry=self.registry,
        )  # fmt: skip
        self.turn_seconds = Histogram(
            "avrr_turn_seconds", "Seconds that a turn took.", buckets=TURN_SECONDS, registry=self.registry
        )
        self._purged = Gauge(
            "avrr_purge_timestamp_seconds", "When what is due was last forgotten.", registry=self.registry
        )
        ProcessCollector(registry=self.registry)  # memory, open files, processor seconds
        for channel in channels:  # so that each is there, as nought, before it first happens
            self.messages.labels(channel)
        for outcome in OUTCOMES:
            self.turns.labels(outcome)
        for reading in READINGS:
            self.readings.labels(reading)

    def purged(self, at: datetime) -> None:
        """All that was due at `at` (UTC without offset) is forgotten."""
        self._purged.set(at.replace(tzinfo=UTC).timestamp())
