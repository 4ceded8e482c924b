"""What goes out: one message a turn, within Meta's limits."""

from __future__ import annotations

import asyncio

from fake_graph_api import shown, text_of, titles
from graph_limits import check_content
from hypothesis import given
from hypothesis import strategies as st
from turns import says
from whatsapp_rig import NADIA, Rig

from bot.channels.channel import (
    Bubble,
    Choice,
)
from bot.channels.whatsapp.messages import message
from bot.store.models import Outgoing, Person
from bot.store.sealing import unseal

EIGHT = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight"]


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
        for message_id in await rig.channel._to_mark.due(9):
            await rig.channel._mark(message_id)

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


def test_the_address_is_sealed(rig: Rig) -> None:
    rig.says("Hello")
    [person] = rig.rows(Person)
    assert unseal(rig.means.settings.field_key, person.address) == NADIA.user_id
