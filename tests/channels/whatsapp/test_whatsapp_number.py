"""Which number is ours: found with two settings, else told to the operator; until then nothing is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgi_http import http_that, http_to
from fake_accounts import SCOPES
from fake_graph_api import ACCOUNT, PHONE_ID, SECRET, TOKEN, VERSION, FakeGraph
from loopback import served
from structlog.testing import capture_logs
from whatsapp_rig import NADIA, SETTINGS, Rig, new_rig

from bot.channels.channel import TryLaterError
from bot.channels.whatsapp import messages
from bot.channels.whatsapp.graph import Graph, GraphError
from bot.channels.whatsapp.number import AGAIN, REFUSED_AGAIN, Number, NumberError, find, numbers, only
from bot.commands import doctor
from bot.commands.main import main

TWO = replace(SETTINGS, phone_id=None)
OTHER = "106540352242923"
MISSHAPEN = json.dumps(
    {"data": {"is_valid": True, "scopes": SCOPES, "granular_scopes": [7, {"scope": SCOPES[0], "target_ids": 8}]}}
)
KEY = "bGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGxsbGw="


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with new_rig(tmp_path, TWO) as rig:
        yield rig


def reached(graph: FakeGraph) -> list[Number]:
    return asyncio.run(numbers(TWO, http_to(graph.app)))


def test_the_one_number_is_found_and_used(rig: Rig) -> None:
    asyncio.run(rig.channel.find_number())
    [answer] = rig.says("hello")
    assert {answer.get("to"), answer.get("recipient")} & NADIA.known_as
    assert rig.graph.accounts.asked == ["debug_token", "phone_numbers"]


def test_the_number_is_asked_for_when_the_gateway_starts_and_only_if_it_is_not_set(
    tmp_path: Path, rig: Rig
) -> None:
    assert rig.channel.find_number in rig.channel.workers()
    with new_rig(tmp_path / "set") as other:
        assert other.channel.find_number not in other.channel.workers()


def test_until_it_is_known_deliveries_are_to_come_again_and_nothing_is_sent(rig: Rig) -> None:
    delivery = rig.graph.batch([rig.graph.says(NADIA, body="hello")], who=[NADIA])

    async def scene() -> list[int]:
        unsigned = await rig.post(delivery, {})
        early = await rig.post(delivery)
        await rig.channel.find_number()
        return [unsigned.status_code, early.status_code, (await rig.post(delivery)).status_code]

    assert asyncio.run(scene()) == [403, 503, 200]
    rig.send()
    assert len(rig.heard) == 1


def test_until_it_is_known_what_is_to_be_sent_waits() -> None:
    graph = FakeGraph()

    async def scene() -> None:
        sending = Graph(TWO, http_to(graph.app))
        with pytest.raises(TryLaterError):
            await sending.send({})
        with pytest.raises(TryLaterError):
            await sending.upload(b"")
        await sending.mark(messages.seen("wamid.1"))

    asyncio.run(scene())
    assert graph.refused == []


def test_an_account_is_named_by_either_permission_and_a_number_counts_once() -> None:
    graph = FakeGraph()
    graph.accounts.numbers = {ACCOUNT: [PHONE_ID], "7": [PHONE_ID]}
    assert reached(graph) == [Number(PHONE_ID, f"+1 555-078-{PHONE_ID[-4:]}")]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"numbers": {ACCOUNT: [PHONE_ID, OTHER]}}, f"one of {PHONE_ID}, {OTHER}"),
        ({"numbers": {ACCOUNT: [PHONE_ID], "7": [OTHER]}}, f"one of {PHONE_ID}, {OTHER}"),
        ({"numbers": {ACCOUNT: []}}, "has no number"),
        ({"numbers": {}}, "BOT_WHATSAPP_PHONE_ID"),
        ({"named": False}, "BOT_WHATSAPP_PHONE_ID"),
        ({"valid": False}, "BOT_WHATSAPP_TOKEN is not valid any more"),
        ({"scopes": SCOPES[:1]}, f"BOT_WHATSAPP_TOKEN lacks {SCOPES[1]}"),
        ({"scopes": SCOPES[1:]}, f"BOT_WHATSAPP_TOKEN lacks {SCOPES[0]}"),
        ({"token": "EAAG-another"}, "Meta refuses BOT_WHATSAPP_TOKEN"),
    ],
)
def test_what_is_in_the_way_is_told_with_what_to_set(known: dict[str, Any], said: str) -> None:
    graph = FakeGraph()
    graph.accounts = replace(graph.accounts, **known)
    with pytest.raises(NumberError) as raised:
        only(reached(graph))
    assert said in str(raised.value)
    assert TOKEN not in str(raised.value)
    assert "555" not in str(raised.value)


@pytest.mark.parametrize(
    "body", ["null", "[]", '{"data": 1}', '{"data": {"is_valid": 1, "scopes": 5}}', MISSHAPEN, "<html>"]
)
def test_an_answer_that_is_none_is_no_crash(body: str) -> None:
    with pytest.raises((NumberError, GraphError)):
        asyncio.run(numbers(TWO, http_that(lambda _: httpx.Response(200, text=body))))


def slept(graph: FakeGraph, *, times: int) -> list[float]:
    """How long `find` waits, one time after another, until it has the number or waited `times` times."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == times:
            raise TimeoutError

    async def scene() -> None:
        with suppress(TimeoutError):
            assert await find(TWO, http_to(graph.app), sleep) == PHONE_ID

    asyncio.run(scene())
    return waits


def test_a_fault_of_theirs_is_asked_through() -> None:
    graph = FakeGraph()
    graph.accounts.away = 2
    assert slept(graph, times=9) == [AGAIN, AGAIN]


def test_what_an_operator_must_do_stands_in_the_log_without_a_secret() -> None:
    graph = FakeGraph()
    graph.accounts.numbers = {ACCOUNT: [PHONE_ID, OTHER]}
    with capture_logs() as logs:
        assert slept(graph, times=2) == [REFUSED_AGAIN, REFUSED_AGAIN]
    assert [line["event"] for line in logs] == ["whatsapp.off"] * 2
    assert OTHER in logs[0]["reason"]
    assert TOKEN not in str(logs)


def test_no_connection_is_told_without_the_address_that_holds_the_token() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    with pytest.raises(GraphError) as raised:
        asyncio.run(numbers(TWO, http_that(refuse)))
    assert str(raised.value) == "ConnectError"


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGraph]:
    """What the two commands ask, with two settings and no more."""
    graph = FakeGraph()
    given = {"TOKEN": TOKEN, "APP_SECRET": SECRET}
    with served(graph.app) as api:
        for name, value in {**given, "API": f"{api}/{VERSION}"}.items():
            monkeypatch.setenv(f"BOT_WHATSAPP_{name}", value)
        monkeypatch.setenv("BOT_HOME", str(tmp_path))
        monkeypatch.setenv("BOT_LOOKUP_KEY", KEY)
        yield graph


def findings() -> Sequence[tuple[str, str]]:
    return [(one.what, one.wrong) for one in doctor.whatsapp()]


@pytest.mark.network
def test_an_operator_is_told_what_to_paste_and_which_number_it_is(
    operator: FakeGraph, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["whatsapp", "info"]) == 0
    said = capsys.readouterr().out
    assert "/whatsapp" in said
    assert "verify token  " in said
    assert f"the bot's     {PHONE_ID}" in said
    assert TOKEN not in said
    assert SECRET not in said
    assert findings() == [("WhatsApp's number", "")]
    assert operator.accounts.asked == ["debug_token", "phone_numbers"] * 2


@pytest.mark.network
def test_an_operator_with_two_numbers_is_told_which_is_which(
    operator: FakeGraph, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    operator.accounts.numbers = {ACCOUNT: [PHONE_ID, OTHER]}
    assert main(["whatsapp", "info"]) == 1
    said = capsys.readouterr()
    assert f"+1 555-078-{OTHER[-4:]}  id {OTHER}" in said.out
    assert "set BOT_WHATSAPP_PHONE_ID to one of" in said.err
    [(_, wrong)] = findings()
    assert "set BOT_WHATSAPP_PHONE_ID to one of" in wrong
    monkeypatch.setenv("BOT_WHATSAPP_PHONE_ID", OTHER)
    assert main(["whatsapp", "info"]) == 0
    assert f"the bot's     {OTHER}" in capsys.readouterr().out
    assert findings() == [("WhatsApp's number is set", "")]


def test_where_it_is_off_the_doctor_says_nothing_and_the_command_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("TOKEN", "APP_SECRET", "PHONE_ID", "VERIFY_TOKEN"):
        monkeypatch.delenv(f"BOT_WHATSAPP_{name}", raising=False)
    monkeypatch.setenv("BOT_HOME", str(tmp_path))
    assert findings() == []
    assert main(["whatsapp", "info"]) == 2
    assert "BOT_WHATSAPP_TOKEN" in capsys.readouterr().err
