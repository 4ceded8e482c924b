"""The webhook: who may deliver, what is stored, and what is acknowledged."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from fake_graph_api import NEXT_SECRET, VERIFY_TOKEN, FakeGraph, Someone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from starlette.requests import Request
from whatsapp_rig import NADIA, SETTINGS, Rig, new_rig

from bot.channels.whatsapp.guard import LARGEST_BODY, RefusedError, is_signed, read_body
from bot.conversation.inbox import Stored
from bot.conversation.purge import Purge
from bot.store.models import Incoming

BODY, HEADERS = FakeGraph().signed(FakeGraph().batch([FakeGraph().says(NADIA, body="Hello")]))
RIGHT = HEADERS["x-hub-signature-256"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with new_rig(tmp_path_factory.mktemp("shared")) as made:
        yield made


def post(rig: Rig, payload: Any, headers: dict[str, str] | None = None) -> int:
    return asyncio.run(rig.post(payload, headers)).status_code


def ask(rig: Rig, **query: str) -> httpx.Response:
    async def scene() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(rig.app), base_url="https://bot.test"
        ) as client:
            return await client.get("/whatsapp", params={f"hub.{key}": value for key, value in query.items()})

    return asyncio.run(scene())


def test_meta_is_told_that_the_address_is_ours(rig: Rig) -> None:
    answer = ask(rig, mode="subscribe", verify_token=VERIFY_TOKEN, challenge="1158201444")
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "challenge": "1"},
        {"mode": "subscribe", "verify_token": "", "challenge": "1"},
        {"mode": "subscribe", "verify_token": VERIFY_TOKEN[:-1], "challenge": "1"},
        {"mode": "subscribe", "verify_token": "\u062f", "challenge": "1"},
        {"mode": "unsubscribe", "verify_token": VERIFY_TOKEN, "challenge": "1"},
    ],
)
def test_anyone_else_is_told_nothing(rig: Rig, query: dict[str, str]) -> None:
    answer = ask(rig, **query)
    assert (answer.status_code, answer.content) == (403, b"")


def test_either_secret_signs_while_one_takes_the_others_place(rig: Rig) -> None:
    for number, secret in enumerate(SETTINGS.app_secrets, start=1):
        body, headers = rig.graph.signed(rig.graph.batch([rig.graph.says(NADIA, body="Hello")]), secret)
        assert post(rig, body, headers) == 200
        assert len(rig.rows(Incoming)) == number
    assert SETTINGS.app_secrets[1] == NEXT_SECRET


def mutations(signature: str) -> st.SearchStrategy[str]:
    """Signatures that are nearly right: a digit changed, cut, longer, of another algorithm, or any text."""
    digits = signature.removeprefix("sha256=")
    at, other = st.integers(0, 63), st.sampled_from("0123456789abcdef")
    changed = st.builds(lambda i, c: f"sha256={digits[:i]}{c}{digits[i + 1 :]}", at, other)
    cut = st.builds(lambda i: f"sha256={digits[:i]}", at)
    longer = st.builds(lambda c: signature + c, other)
    odd = st.sampled_from([signature.upper(), digits, f"sha1={digits}", f" {signature}", f"{signature} ", ""])
    return (changed | cut | longer | odd | st.text(max_size=80)).filter(lambda made: made != signature)


@settings(max_examples=1000, deadline=None)
@given(mutations(RIGHT))
def test_a_thousand_mutated_signatures_are_no_signature(signature: str) -> None:
    assert is_signed(BODY, RIGHT, SETTINGS.app_secrets)
    assert not is_signed(BODY, signature, SETTINGS.app_secrets)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations(RIGHT).filter(lambda made: made.isascii() and made.isprintable()))
def test_mutated_signatures_are_refused_and_nothing_is_stored(shared: Rig, signature: str) -> None:
    assert post(shared, BODY, {"x-hub-signature-256": signature}) == 403
    assert shared.rows(Incoming) == []


def test_a_body_that_was_changed_after_signing_is_refused(rig: Rig) -> None:
    assert post(rig, BODY.replace(b"Hello", b"Hallo"), HEADERS) == 403
    assert post(rig, json.dumps(json.loads(BODY), indent=1).encode(), HEADERS) == 403
    assert post(rig, BODY, {}) == 403
    assert rig.rows(Incoming) == []


def spoilt(payload: Any) -> st.SearchStrategy[bytes]:
    """The delivery with one part put in another's place, cut short, or its bytes changed."""
    raw = json.dumps(payload).encode()
    paths = list(places(payload))
    odd: st.SearchStrategy[Any] = st.sampled_from(
        [None, True, -1, 10**30, 1e300, "", "\x00\ud800", [], {}, [[]], "x" * 9000, {"a": None}]
    )
    swapped = st.builds(
        lambda path, value: json.dumps(put(payload, path, value)).encode(), st.sampled_from(paths), odd
    )
    cut = st.integers(0, len(raw) - 1).map(lambda i: raw[:i])
    changed = st.builds(
        lambda i, c: raw[:i] + bytes([c]) + raw[i + 1 :], st.integers(0, len(raw) - 1), st.integers(0, 255)
    )
    return swapped | cut | changed | st.binary(max_size=200)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], odd)
    return copy


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoilt(json.loads(BODY)))
def test_a_thousand_malformed_bodies_are_acknowledged_and_none_is_an_error(shared: Rig, body: bytes) -> None:
    before = len(shared.rows(Incoming))
    assert post(shared, body) == 200
    assert len(shared.rows(Incoming)) <= before + 1


def test_what_could_not_be_read_is_kept_sealed_for_a_day(rig: Rig) -> None:
    assert post(rig, b'{"my": "words"}') == 200
    assert post(rig, b'{"my": "words"}') == 200
    [row] = rig.rows(Incoming)
    assert row.status == "aside"
    assert b"words" not in row.content
    rig.clock.forward(hours=24)
    Purge(rig.means).forget(rig.clock.at)
    assert rig.rows(Incoming)[0].content is None


def test_one_bad_item_does_not_stop_ninety_nine_good_ones(rig: Rig) -> None:
    people = [Someone(f"668{number:08d}", None) for number in range(99)]
    good = [rig.graph.says(one, body="Hello") for one in people]
    assert post(rig, rig.graph.batch([*good[:50], {"id": None, "type": 5}, *good[50:]], who=people)) == 200
    statuses = [row.status for row in rig.rows(Incoming)]
    assert (statuses.count("waiting"), statuses.count("aside")) == (99, 1)


def test_a_message_that_cannot_be_stored_is_set_aside_and_the_next_is_stored(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = rig.channel._inbox._store

    def fail(_self: Any, session: Session, *, arrival: Any, **named: Any) -> Stored:
        if arrival.content.text == "poison":
            raise RuntimeError
        return store(session, arrival=arrival, **named)

    monkeypatch.setattr(type(rig.channel._inbox), "_store", fail)
    two = [rig.graph.says(NADIA, body=body) for body in ("poison", "Hello")]
    assert post(rig, rig.graph.batch(two)) == 200
    assert sorted(row.status for row in rig.rows(Incoming)) == ["aside", "waiting"]


def test_a_second_delivery_is_nothing_new_even_a_week_later_and_with_other_names(rig: Rig) -> None:
    message = rig.graph.says(NADIA, body="Hello")
    first = rig.graph.batch([message])
    for _ in range(3):
        assert post(rig, first) == 200
    rig.clock.forward(days=7)
    again = {key: value for key, value in message.items() if key != "from_user_id"}
    assert post(rig, rig.graph.batch([again], who=[Someone(user_id=None)])) == 200
    assert len(rig.rows(Incoming)) == 1


def test_fifty_deliveries_at_once_are_one(rig: Rig) -> None:
    payload = rig.graph.batch([rig.graph.says(NADIA, body="Hello")])

    async def scene() -> list[httpx.Response]:
        return await asyncio.gather(*(rig.post(payload) for _ in range(50)))

    assert {answer.status_code for answer in asyncio.run(scene())} == {200}
    assert len(rig.rows(Incoming)) == 1


def test_a_database_that_is_busy_is_tried_again_by_meta_and_nothing_is_lost(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = rig.graph.batch([rig.graph.says(NADIA, body="Hello")])

    def busy(*_: Any, **__: Any) -> bool:
        raise OperationalError("busy", {}, Exception())

    with monkeypatch.context() as patch:
        patch.setattr(type(rig.channel._inbox), "_store", busy)
        assert post(rig, payload) == 503
    assert post(rig, payload) == 200
    assert len(rig.rows(Incoming)) == 1


def test_a_body_that_is_too_large_is_not_read(rig: Rig) -> None:
    assert post(rig, b" " * (LARGEST_BODY + 1)) == 413
    assert post(rig, BODY, {**HEADERS, "content-length": "99999999999999999999"}) == 413
    assert post(rig, BODY, {**HEADERS, "content-length": "x"}) == 413
    assert post(rig, rig.graph.signed(b" " * LARGEST_BODY)[0]) == 200


def test_a_body_that_says_too_little_of_its_length_or_comes_too_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.channels.whatsapp.guard.SLOWEST_BODY", 0.05)

    async def endless() -> AsyncIterator[dict[str, Any]]:
        while True:
            yield {"type": "http.request", "body": b" " * 65536, "more_body": True}

    async def slow() -> AsyncIterator[dict[str, Any]]:
        await asyncio.sleep(1)
        yield {"type": "http.request", "body": b"", "more_body": False}

    async def status(chunks: AsyncIterator[dict[str, Any]]) -> int:
        scope = {"type": "http", "method": "POST", "headers": [(b"content-length", b"5")]}
        with pytest.raises(RefusedError) as refused:
            await read_body(Request(scope, lambda: anext(chunks)))
        return refused.value.status

    assert asyncio.run(status(endless())) == 413
    assert asyncio.run(status(slow())) == 408
