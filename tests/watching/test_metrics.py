"""What the metrics say, and that no label can hold more than a closed list allows."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from gateway_rig import Gateway, new_gateway
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from turns import says

from bot.channels.channel import Arrival, Text, UnreachableError
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.outbox import Outbox
from bot.conversation.turn_engine import EngineAwayError, EngineRefusedError
from bot.gateway import create_gateway
from bot.metrics_settings import MetricsSettings, read_metrics
from bot.processes.start_error import StartError
from bot.settings import SettingsError
from bot.store.database import transaction
from bot.store.models import Consent, Referral
from bot.watching.collecting import Collecting
from bot.watching.listening import listening, metrics_app
from bot.watching.marks import OUTCOMES, READINGS, TURN_SECONDS, Marks
from bot.watching.watched import WatchedEngine, WatchedInbox

CHANNELS = {"web", "telegram", "whatsapp"}
# Every label there is, and every value that it can have.
ALLOWED = {
    "channel": CHANNELS,
    "outcome": set(OUTCOMES),
    "reading": set(READINGS),
    "le": {*map(str, TURN_SECONDS), "+Inf"},
}
WORDS = "my name is Tuktukova and I am afraid"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Gateway]:
    with new_gateway(tmp_path) as made:
        yield made


def ask(registry: CollectorRegistry, token: str | None = None, **headers: str) -> httpx.Response:
    async def scene() -> httpx.Response:
        transport = httpx.ASGITransport(metrics_app(registry, token))
        async with httpx.AsyncClient(transport=transport, base_url="http://metrics") as client:
            return await client.get("/metrics", headers=headers)

    return asyncio.run(scene())


def page(gateway: Gateway, marks: Marks | None = None, *, engine: bool = True) -> str:
    marks = marks or Marks(sorted(CHANNELS))
    backups = gateway.means.settings.home / "backup"
    marks.registry.register(
        Collecting(gateway.means.database, gateway.clock, sorted(CHANNELS), lambda: engine, backups)
    )
    return ask(marks.registry).text


def read(said: str) -> dict[str, float]:
    """Each sample by its name and, where there is one, the value of its label."""
    return {
        ":".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def refer(gateway: Gateway, reference: str, *, due: timedelta | None, is_open: bool = True) -> None:
    at = gateway.clock()
    with transaction(gateway.means.database) as session:
        consent = Consent(conversation="c", language="fa", wording="w", given_at=at)
        session.add(consent)
        session.flush()
        session.add(
            Referral(
                reference=reference, office_id="TH-BKK", consent_id=consent.id, language="fa", sealed=b"s",
                open=is_open, created_at=at, changed_at=at, due_at=at + due if due else None,
            )
        )  # fmt: skip


def test_queues_people_and_referrals_are_counted_in_totals(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello", address="answered")
        await gateway.bring("hello", address="a")
        await gateway.bring("hello again", address="a")
        gateway.clock.forward(seconds=61)
        await gateway.bring("hello", address="b")

    asyncio.run(scene())
    refer(gateway, "AAAA-1111", due=timedelta(days=-1))
    refer(gateway, "BBBB-2222", due=timedelta(days=1))
    refer(gateway, "CCCC-3333", due=None, is_open=False)
    said = read(page(gateway))
    assert said["avrr_messages_waiting"] == 3
    assert said["avrr_message_oldest_seconds"] == 61
    assert said["avrr_persons_unanswered"] == 1
    assert said["avrr_outgoing_waiting"] == said["avrr_outgoing_late_seconds"] == 0
    assert (said["avrr_referrals_open"], said["avrr_referrals_overdue"]) == (2, 1)
    assert said["avrr_engine_up"] == said["avrr_database_up"] == 1
    assert "avrr_backup_timestamp_seconds" not in said


def test_what_could_not_be_sent_or_read_is_counted_by_channel_for_an_hour(gateway: Gateway) -> None:
    means = replace(gateway.means, limits=dict.fromkeys(("telegram", "web"), gateway.channel.limits))
    dialogue = Dialogue(means, gateway.engine)
    outbox = Outbox(means, dict.fromkeys(("telegram", "web"), gateway.channel))

    async def scene() -> None:
        for channel in ("telegram", "web"):
            await Inbox(means).receive(channel, Arrival("a", "1", Text("hello")))
        gateway.engine.answer = lambda _: EngineRefusedError("no")
        for _ in range(5):
            while await dialogue.take_one():
                pass
            gateway.clock.forward(minutes=1)
        gateway.channel.errors.extend([UnreachableError(), UnreachableError()])
        while await outbox.send_one():
            pass

    asyncio.run(scene())
    said = read(page(gateway))
    assert [said[f"avrr_messages_given_up:{channel}"] for channel in ("telegram", "web", "whatsapp")] == [1, 1, 0]
    assert [said[f"avrr_sends_failed:{channel}"] for channel in ("telegram", "web", "whatsapp")] == [1, 1, 0]
    gateway.clock.forward(hours=2)
    assert read(page(gateway))["avrr_sends_failed:web"] == 0


def test_messages_and_turns_are_counted_as_they_pass(gateway: Gateway) -> None:
    marks = Marks(sorted(CHANNELS))
    inbox, watched = WatchedInbox(gateway.means, marks), WatchedEngine(gateway.engine, marks)

    async def scene() -> None:
        for delivery in ("1", "1", "2"):
            await inbox.receive("web", Arrival("a", delivery, Text("hello")))
        answers: list[Any] = [EngineAwayError("x"), EngineAwayError("x", answered=True), EngineRefusedError("x")]
        for answer in answers:
            gateway.engine.answer = answer
            with pytest.raises(type(answer)):
                await watched.take({"message": {"text": WORDS}})
        gateway.engine.answer = says("plain")
        await watched.take({"message": {"text": WORDS}})
        await watched.take({"message": {"tap": {}}})
        gateway.engine.answer = {**says("plain"), "heard": {"intent": "nlu_fallback", "confidence": 0.1}}
        await watched.take({"message": {"text": WORDS}})

    asyncio.run(scene())
    marks.purged(gateway.clock())
    said = read(page(gateway, marks))
    assert [said[f"avrr_messages_taken_total:{channel}"] for channel in sorted(CHANNELS)] == [0, 2, 0]
    assert [said[f"avrr_turns_total:{outcome}"] for outcome in OUTCOMES] == [3, 1, 1, 1]
    assert [said[f"avrr_readings_total:{reading}"] for reading in READINGS] == [1, 1]
    assert said["avrr_turn_seconds_count"] == 3
    assert said["avrr_purge_timestamp_seconds"] == 1772355600  # 1 March 2026, nine o'clock


def test_no_label_and_no_line_holds_a_person_or_a_word(gateway: Gateway) -> None:
    made = create_gateway(gateway.means, gateway.engine)

    async def scene() -> None:
        await made.webchat._inbox.receive("web", Arrival("+66 81 234 5678", "1", Text(WORDS)))
        await gateway.bring(WORDS, address="+66 81 234 5678")
        async with made.app.router.lifespan_context(made.app):
            await asyncio.sleep(1)

    asyncio.run(scene())
    refer(gateway, "K7PM-2QXD", due=None)
    said = ask(made.marks.registry).text
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(said):
        for sample in family.samples:
            for label, value in sample.labels.items():
                found.setdefault(label, set()).add(value)
    assert found.keys() == ALLOWED.keys()
    assert {label: values - ALLOWED[label] for label, values in found.items()} == {label: set() for label in found}
    assert read(said)["avrr_messages_taken_total:web"] == 1
    assert read(said)["avrr_purge_timestamp_seconds"] > 0
    assert not [word for word in ("Tuktukova", "afraid", "K7PM", "TH-BKK") if word in said]


def test_what_is_away_is_said_and_what_it_would_have_told_is_left_out(gateway: Gateway) -> None:
    with gateway.means.database.begin() as connection:
        connection.execute(text("DROP TABLE unclear_message"))
        connection.execute(text("ALTER TABLE incoming RENAME TO elsewhere"))
    said = read(page(gateway, engine=False))
    assert (said["avrr_engine_up"], said["avrr_database_up"]) == (0, 0)
    assert "avrr_messages_waiting" not in said


def test_the_newest_backup_tells_its_time(gateway: Gateway) -> None:
    import os

    folder = gateway.means.settings.home / "backup"
    folder.mkdir()
    for name, seconds in (("old.sealed", 1000), ("new.sealed", 2000), ("new.sealed.unfinished", 3000)):
        (folder / name).touch()
        os.utime(folder / name, (seconds, seconds))
    assert read(page(gateway))["avrr_backup_timestamp_seconds"] == 2000


def test_a_token_is_asked_for_where_there_is_one() -> None:
    registry, token = Marks([]).registry, "t" * 16
    assert ask(registry, token).status_code == 403
    assert ask(registry, token, authorization=f"Bearer {'u' * 16}").status_code == 403
    answer = ask(registry, token, authorization=f"Bearer {token}")
    assert (answer.status_code, "avrr_turns_total" in answer.text) == (200, True)


def test_the_public_address_has_no_metrics(gateway: Gateway) -> None:
    async def scene() -> int:
        transport = httpx.ASGITransport(create_gateway(gateway.means, gateway.engine).app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return (await client.get("/metrics")).status_code

    assert asyncio.run(scene()) == 404


@pytest.mark.network
def test_it_listens_meanwhile_on_a_port_of_its_own_and_a_taken_port_ends_the_start() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings, registry = MetricsSettings("127.0.0.1", port, None), Marks([]).registry
    address = f"http://127.0.0.1:{port}/metrics"
    with listening(registry, settings):
        assert httpx.get(address, trust_env=False, timeout=30).status_code == 200
        with pytest.raises(StartError, match="BOT_METRICS_PORT"), listening(registry, settings):
            pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, trust_env=False)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"BOT_METRICS_PORT": "no"}, "BOT_METRICS_PORT is «no»"),
        ({"BOT_METRICS_PORT": "8000"}, "BOT_METRICS_PORT is the gateway's own"),
        ({"BOT_METRICS_PORT": "9100", "BOT_METRICS_HOST": "0.0.0.0"}, "BOT_METRICS_TOKEN is not set"),
        ({"BOT_METRICS_PORT": "9100", "BOT_METRICS_TOKEN": "short"}, "BOT_METRICS_TOKEN is too short"),
    ],
)
def test_a_wrong_setting_is_named(environ: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        read_metrics(environ)


def test_metrics_are_off_unless_a_port_is_named_and_on_the_loopback_unless_told_otherwise() -> None:
    assert read_metrics({}) is None
    assert read_metrics({"BOT_METRICS_PORT": "9100"}) == MetricsSettings("127.0.0.1", 9100, None)
