"""Beside the message's way: the census as metrics, taken anew each time that somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import transaction
from bot.watching.census import Census, take_census

BACKUPS = "*.sealed"


@dataclass(frozen=True, eq=False)  # a registry keeps collectors by what they are
class Collecting(Collector):
    """`channels`: all that the bot knows. `engine_answers` asks the turn engine. `backups` is their folder."""

    database: Engine
    clock: Callable[[], datetime]
    channels: Sequence[str]
    engine_answers: Callable[[], bool]
    backups: Path

    def describe(self) -> Iterable[Metric]:
        """Nothing: at the start no database is asked."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """All of it; a database that is away is said, and leaves out what it would have told."""
        yield _gauge("avrr_engine_up", "Whether the turn engine answers.", self.engine_answers())
        newest = newest_backup(self.backups)
        if newest is not None:
            yield _gauge("avrr_backup_timestamp_seconds", "When the newest backup here was made.", newest)
        try:
            with transaction(self.database) as session:
                census = take_census(session, self.clock())
        except SQLAlchemyError:
            yield _gauge("avrr_database_up", "Whether the database answers.", 0)
            return
        yield _gauge("avrr_database_up", "Whether the database answers.", 1)
        yield from _totals(census)
        yield from _by_channel(census, self.channels)


def newest_backup(folder: Path) -> float | None:
    """When the newest backup in `folder` was made, in seconds since 1970; None when there is none."""
    return max((file.stat().st_mtime for file in folder.glob(BACKUPS)), default=None)


def _totals(census: Census) -> Iterator[Metric]:
    yield _gauge("avrr_messages_waiting", "Messages that wait to be answered.", census.waiting)
    yield _gauge("avrr_message_oldest_seconds", "Age of the oldest of them.", census.oldest_waiting)
    yield _gauge("avrr_persons_unanswered", "Persons who have waited over a minute.", census.unanswered)
    yield _gauge("avrr_outgoing_waiting", "Messages that wait to be sent.", census.unsent_waiting)
    yield _gauge("avrr_outgoing_oldest_seconds", "Age of the oldest of them.", census.oldest_unsent)
    yield _gauge("avrr_outgoing_late_seconds", "How long the first has been due, untried.", census.late)
    yield _gauge("avrr_referrals_open", "Referrals that are open, at all offices.", census.referrals_open)
    yield _gauge("avrr_referrals_overdue", "Of those, answers later than promised.", census.referrals_overdue)


def _by_channel(census: Census, channels: Sequence[str]) -> Iterator[Metric]:
    for name, words, counts in (
        ("avrr_messages_given_up", "Messages given up in the last hour: nobody read them.", census.given_up),
        ("avrr_sends_failed", "Messages not sent, given up in the last hour.", census.unsent),
    ):
        family = GaugeMetricFamily(name, words, labels=["channel"])
        for channel in channels:
            family.add_metric([channel], _of(counts, channel))
        yield family


def _of(counts: Mapping[str, int], channel: str) -> int:
    return counts.get(channel, 0)


def _gauge(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=float(value))
