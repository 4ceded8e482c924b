"""What goes out: one message a turn, within Meta's limits, and what becomes of each of Meta's refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_graph_api import check_content, shown, text_of, titles
from hypothesis import given
from hypothesis import strategies as st
from turns import says
from whatsapp_rig import NADIA, SETTINGS, Rig, new_rig

from bot.channels.channel import (
    Bubble,
    Choice,
    TryLaterError,
    UnreachableError,
    WindowClosedError,
)
from bot.channels.whatsapp.graph import Graph, GraphError
from bot.channels.whatsapp.messages import message
from bot.store.models import Outgoing, Person
from bot.store.sealing import unseal

EIGHT = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with new_rig(tmp_path) as made:
        yield made


def test_a_turn_is_one_message_with_the_buttons_of_what_asks(rig: Rig) -> None:
    rig.engine.answer = says("plain", "sent", "ask_two")
    [sent] = rig.says("Hello")
    assert text_of(sent).split("\n\n") == ["All right.", "Sent. Your code is .", "Yes or no?"]
    assert sent["interactive"]["type"] == "button"
    assert titles(sent) == ["Yes", "No"]


def test_controls_that_two_messages_share_stand_there_once(rig: Rig) -> None:
    rig.engine.answer = says("ask_age", "ask_place")
    [sent] = rig.says("Hello")
    assert titles(sent) == ["Nowhere", "Send my place", "Back", "✕", "18 or older", "Under 18"]
    rig.presses("18 or older")
    assert rig.heard[-1]["tap"]["entities"] == {"answer": "adult"}


def test_more_than_three_are_a_list_and_a_press_is_the_answer(rig: Rig) -> None:
    [sent] = rig.says("Hello")
    assert sent["interactive"]["type"] == "list"
    assert sent["interactive"]["action"]["button"] == "Choose"
    assert titles(sent) == ["18 or older", "Under 18", "Back", "✕"]
    rig.presses("Under 18")
    assert rig.heard[-1] == {
        "tap": {"intent": "inform", "entities": {"answer": "minor_without_parent"}},
        "typed": False,
    }


def test_more_than_ten_are_shown_page_by_page_and_the_engine_is_not_asked(rig: Rig) -> None:
    rig.engine.answer = says("ask_many")
    [first] = rig.says("Hello")
    assert titles(first) == [*EIGHT, "Other choices", "✕"]
    [second] = rig.presses("Other choices")
    assert text_of(second) == "Which one?"
    assert titles(second) == ["Somewhere else, on an island or on a boat", "Back", "Other choices", "✕"]
    [again] = rig.presses("Other choices")
    assert titles(again) == titles(first)
    assert len(rig.heard) == 1
    rig.presses("Other choices")
    rig.presses("Somewhere else, on an island or on a boat")
    assert rig.heard[-1]["tap"]["entities"] == {"answer": "9"}


def test_a_title_that_is_too_long_has_its_number_and_can_be_typed_in_any_digits(rig: Rig) -> None:
    rig.engine.answer = says("ask_many")
    rig.says("Hello")
    [page] = rig.presses("Other choices")
    assert shown(page)[0][2] == ("9.", "Somewhere else, on an island or on a boat")
    rig.says("۹")
    assert rig.heard[-1] == {"tap": {"intent": "inform", "entities": {"answer": "9"}}, "typed": True}


def test_the_page_can_be_turned_by_typing_and_by_a_nervous_finger(rig: Rig) -> None:
    rig.engine.answer = says("ask_many")
    rig.says("Hello")
    [second] = rig.says("other choices")
    [first] = rig.presses("Other choices")
    assert titles(second) != titles(first)


def test_a_place_is_asked_for_by_a_message_of_its_own_and_rounded(rig: Rig) -> None:
    rig.engine.answer = says("ask_place")
    rig.says("Hello")
    [asked] = rig.presses("Send my place")
    assert asked["interactive"]["type"] == "location_request_message"
    assert text_of(asked) == "You can send a place."
    rig.bring(rig.graph.says(NADIA, "location", latitude=13.75633, longitude=100.50177, name="Home"))
    assert rig.heard[-1] == {"location": [13.8, 100.5]}
    rig.presses("Nowhere")
    assert rig.heard[-1]["tap"]["entities"] == {"answer": "none"}


def test_a_long_text_is_split_by_meaning_and_the_buttons_are_under_the_last(rig: Rig) -> None:
    long = " ".join(f"This is sentence number {number}." for number in range(100))

    rig.engine.answer = {
        **says("ask_age"),
        "say": [
            {"name": "office_message", "variables": {"office": "IOM", "text": long}, "buttons": []},
            {"name": "ask_age", "variables": {}, "buttons": []},
        ],
    }
    first, second = rig.says("Hello")
    assert first["type"] == "text"
    assert 1024 < len(text_of(first)) <= 4096
    assert text_of(first).endswith(".")
    assert text_of(second).endswith("How old are you?")
    assert len(text_of(second)) <= 1024
    assert titles(second) == ["18 or older", "Under 18", "Back", "✕"]


def test_the_way_out_needs_nobody_and_says_how_to_empty_the_chat(rig: Rig) -> None:
    rig.engine.answer = says("ask_many")
    rig.says("Hello")
    rig.presses("Other choices")
    [last] = rig.presses("✕")
    assert text_of(last) == "OK. Empty the chat."
    assert len(rig.heard) == 1


def test_every_message_is_marked_as_read_once_and_shown_to_be_answered(rig: Rig) -> None:
    one, two = rig.graph.says(NADIA, body="a"), rig.graph.says(NADIA, body="b")

    async def scene() -> None:
        for _ in range(2):
            assert (await rig.post(rig.graph.batch([one, two]))).status_code == 200
        while await rig.channel._to_mark.once():
            pass

    asyncio.run(scene())
    assert [marked["message_id"] for marked in rig.graph.marked] == [two["id"]]
    assert rig.graph.marked[0]["typing_indicator"] == {"type": "text"}


def test_the_name_by_which_meta_knows_a_message_is_not_kept(rig: Rig) -> None:
    [sent] = rig.says("Hello")
    [row] = rig.rows(Outgoing)
    assert row.status == "sent"
    assert len(row.provider_id) == 64
    assert sent["id"] not in row.provider_id


titles_of_any_kind = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=72).filter(
    str.strip
)


@given(st.lists(titles_of_any_kind, min_size=0, max_size=10), st.text(min_size=0, max_size=1024), st.booleans())
def test_whatever_is_said_stays_within_metas_limits(names: list[str], text: str, place: bool) -> None:
    text = text.encode(errors="ignore").decode()[:512]
    choices = tuple(Choice(f"id{number}", name, "answer", str(number)) for number, name in enumerate(names))
    for address in (str(NADIA.wa_id), str(NADIA.user_id)):
        check_content(message(address, Bubble(text, "fa", "rtl", choices, place), "انتخاب"), {})


# -- refusals ---------------------------------------------------------------------------------------------------

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

    client = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    return Graph(SETTINGS, client, lambda: times[0]), times


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


def test_a_message_that_was_taken_without_an_id_is_not_sent_twice() -> None:
    graph, _ = graph_that_answers(httpx.Response(200, json={"messages": []}))
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


# -- receipts ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("states", "reached"),
    [
        (("sent", "delivered", "read"), "read"),
        (("read", "delivered", "sent"), "read"),
        (("delivered", "delivered"), "delivered"),
        (("failed", "delivered"), "delivered"),
        (("delivered", "failed"), "delivered"),
        (("failed",), "failed"),
        (("deleted", "warning"), None),
    ],
)
def test_receipts_in_any_order(rig: Rig, states: tuple[str, ...], reached: str | None) -> None:
    [sent] = rig.says("Hello")
    for state in states:
        codes = (131026,) if state == "failed" else ()
        rig.notes(rig.graph.status(sent, state, *codes))
    assert [row.reached for row in rig.rows(Outgoing)] == [reached]
    assert len(rig.graph.sent) == 1


@pytest.mark.parametrize("code", [131056, 130429])
def test_what_was_taken_and_then_not_delivered_is_sent_again_a_few_times(rig: Rig, code: int) -> None:
    rig.says("Hello")
    for _ in range(8):
        rig.notes(rig.graph.status(rig.graph.sent[-1], "failed", code))
        rig.clock.forward(seconds=10)
        rig.send()
    assert len(rig.graph.sent) == 5
    assert [row.reached for row in rig.rows(Outgoing)] == ["failed"]


def test_a_receipt_that_is_faster_than_the_answer_is_looked_at_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.whatsapp.chat.SEEN_AGAIN_AFTER", 0)
    [sent] = rig.says("Hello")
    [row] = rig.rows(Outgoing)

    def set_id(provider_id: str | None) -> None:
        from bot.store.database import transaction

        with transaction(rig.means.database) as session:
            session.get_one(Outgoing, row.id).provider_id = provider_id

    set_id(None)
    rig.notes(rig.graph.status(sent, "read"))
    set_id(row.provider_id)
    asyncio.run(rig.channel._to_note.once())
    assert rig.rows(Outgoing)[0].reached == "read"


def test_a_receipt_of_nothing_we_know_changes_nothing(rig: Rig) -> None:
    [sent] = rig.says("Hello")
    rig.notes(rig.graph.status({**sent, "id": "wamid.UNKNOWN"}, "failed", 131026))
    assert rig.rows(Outgoing)[0].reached is None


def test_the_address_is_sealed(rig: Rig) -> None:
    rig.says("Hello")
    [person] = rig.rows(Person)
    assert unseal(rig.means.settings.field_key, person.address) == NADIA.user_id
