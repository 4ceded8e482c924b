"""What becomes of each of Meta's refusals: tried later, given up, or sent another way; nothing is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from asgi_http import http_that
from fake_graph_api import text_of
from turns import says
from whatsapp_rig import NADIA, SETTINGS, Rig

from bot.channels.channel import (
    TryLaterError,
    UnreachableError,
    WindowClosedError,
)
from bot.channels.whatsapp.graph import Graph, GraphError
from bot.store.models import Outgoing

ANSWERS: list[tuple[int, Any, type[Exception]]] = [
    (401, 190, TryLaterError),
    (401, None, TryLaterError),
    (403, 10, TryLaterError),
    (403, 200, TryLaterError),
    (400, 4, TryLaterError),
    (400, 80007, TryLaterError),
    (429, 130429, TryLaterError),
    (429, None, TryLaterError),
    (400, 131048, TryLaterError),
    (400, 131056, TryLaterError),
    (403, 368, TryLaterError),
    (403, 131031, TryLaterError),
    (400, 133010, TryLaterError),
    (400, 131042, TryLaterError),
    (400, 131047, WindowClosedError),
    (400, 131026, UnreachableError),
    (400, 131030, UnreachableError),
    (400, 131050, UnreachableError),
    (400, 131062, UnreachableError),
    (400, 130497, UnreachableError),
    (400, 100, UnreachableError),
    (400, 131009, UnreachableError),
    (404, 132001, UnreachableError),
    (500, 131000, GraphError),
    (503, 131016, GraphError),
    (400, 2, GraphError),
    (400, 999999, GraphError),
    (502, None, GraphError),
    (302, None, GraphError),
]


def graph_that_answers(answer: httpx.Response | Exception) -> tuple[Graph, list[float]]:
    times = [0.0]

    def respond(_: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Graph(SETTINGS, http_that(respond), lambda: times[0]), times


@pytest.mark.parametrize(("status", "code", "error"), ANSWERS)
def test_each_refusal_is_one_of_the_contract_and_tells_no_words(
    status: int, code: int | None, error: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"error": {"code": code, "message": "secret words"}} if code is not None else "<html>secret words"
    answer = httpx.Response(status, json=body, headers={"location": "https://evil.test/"})
    graph, _ = graph_that_answers(answer)
    with pytest.raises(error) as raised:
        asyncio.run(graph.send({"to": "66812345678"}))
    said = str(raised.value) + "".join(capsys.readouterr())
    assert not any(word in said for word in ("secret", "66812345678", SETTINGS.token))


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("no"), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("x")]
)
def test_a_network_that_fails_is_tried_again(failure: Exception) -> None:
    with pytest.raises(GraphError):
        asyncio.run(graph_that_answers(failure)[0].send({}))


def test_what_holds_up_the_account_is_not_asked_again_before_its_time() -> None:
    graph, times = graph_that_answers(httpx.Response(429, json={"error": {"code": 130429}}))

    async def scene() -> list[float]:
        waits = []
        for at in (0, 4, 12):
            times[0] = at
            with pytest.raises(TryLaterError) as later:
                await graph.send({})
            waits.append(later.value.seconds)
        return waits

    assert asyncio.run(scene()) == [10, 6, 10]


@pytest.mark.parametrize(
    "answer", [httpx.Response(200, json={"messages": []}), httpx.Response(200, content=b" " * (2 << 20))]
)
def test_a_message_that_was_taken_without_an_id_is_not_sent_twice(answer: httpx.Response) -> None:
    graph, _ = graph_that_answers(answer)
    assert asyncio.run(graph.send({})) == ""


def test_a_courtesy_that_fails_is_left() -> None:
    for answer in (httpx.Response(400, json={"error": {"code": 131009}}), httpx.ReadTimeout("slow")):
        asyncio.run(graph_that_answers(answer)[0].mark({}))


def test_the_pair_limit_delays_one_person_keeps_the_order_and_burns_no_attempt(rig: Rig) -> None:
    rig.graph.pair_burst = 1
    rig.engine.answer = says("plain")
    assert len(rig.says("one")) == 1
    assert rig.says("two") == []
    assert rig.says("Hello", who=type(NADIA)("66899999999", "TH.2"))
    rig.clock.forward(seconds=6)
    rig.send()
    assert [text_of(sent) for sent in rig.graph.to(NADIA)] == ["All right."] * 2
    assert rig.graph.refused == [(131056, "Pair rate limit hit")]
    assert {row.attempts for row in rig.rows(Outgoing)} == {1}


def test_a_token_that_has_expired_loses_nothing(rig: Rig) -> None:
    rig.graph.token = "another"
    assert rig.says("Hello") == []
    rig.graph.token = SETTINGS.token
    rig.channel._graph._paused_until = 0
    rig.clock.forward(seconds=60)
    rig.send()
    assert len(rig.graph.to(NADIA)) == 1


@pytest.mark.parametrize(("code", "status"), [(131026, "failed"), (368, "waiting"), (131000, "waiting")])
def test_what_a_refusal_leaves_behind(rig: Rig, code: int, status: str) -> None:
    rig.graph.refuse.append(code)
    rig.says("Hello")
    assert [row.status for row in rig.rows(Outgoing)] == [status]
