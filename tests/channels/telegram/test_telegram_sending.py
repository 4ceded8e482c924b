"""What leaves for Telegram: in order and no faster than it may, tidied after a tap, and taken off on leaving."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_bot_api import RefusalError
from telegram_rig import CHAT, Rig, telegram
from turns import says

from bot.channels.channel import Bubble, Choice, Delivered, TryLaterError, UnreachableError
from bot.channels.telegram.keyboard import PIN, keyboard, rows
from bot.channels.telegram.pace import PER_CHAT, Pace
from bot.channels.telegram.touches import MOST_WAITING
from bot.store.models import Incoming, Outgoing, Person


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with telegram(tmp_path) as rig:
        yield rig


def bubble(text: str = "Hello", *titles: str, place: bool = False) -> Bubble:
    choices = tuple(Choice(f"id{number}", title) for number, title in enumerate(titles))
    return Bubble(text, "en", "ltr", choices, place=place)


def refusing(rig: Rig, method: str, *errors: Exception) -> None:
    rig.fake.script[method] = deque(errors)


def buttons(message: dict[str, Any]) -> list[list[str]]:
    return [[key["text"] for key in row] for row in message.get("reply_markup", {}).get("inline_keyboard", [])]


# ---- what a message looks like ----


def test_a_question_has_its_answers_and_controls_apart(rig: Rig) -> None:
    asyncio.run(rig.write(text="hi"))
    (message,) = rig.fake.ours(CHAT)
    assert message["text"] == "How old are you?"
    assert buttons(message) == [["18 or older", "Under 18"], ["Back", "✕"]]
    (sent,) = rig.fake.called("sendMessage")
    assert sent["link_preview_options"] == {"is_disabled": True}
    assert "parse_mode" not in sent


def test_rows_can_be_read_on_a_small_phone() -> None:
    titles = ["Yes", "No", "Not sure", "I do not want to say it", "Somewhere else, in another country", "Back"]
    laid = [[choice.title for choice in row] for row in rows(bubble("x", *titles).choices)]
    assert laid == [["Yes", "No", "Not sure"], *[[title] for title in titles[3:]]]


def test_a_place_is_asked_for_by_a_pin_and_the_pin_goes_with_the_next_words() -> None:
    asked = keyboard(bubble(place=True)).to_dict()
    assert asked["keyboard"] == [[{"text": PIN, "request_location": True}]]
    assert asked["one_time_keyboard"]
    assert keyboard(bubble()).to_dict() == {"remove_keyboard": True}
    assert "inline_keyboard" in keyboard(bubble("x", "Yes", place=True)).to_dict()


# ---- tidying ----


def test_a_tapped_question_shows_what_was_chosen_and_has_no_buttons(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.tap("18 or older")

    asyncio.run(scene())
    first, second = rig.fake.ours(CHAT)
    assert first["text"] == "How old are you?\n\n✓ 18 or older"
    assert buttons(first) == []
    assert buttons(second)
    assert rig.fake.queries == set()


def test_when_the_answer_was_typed_the_old_buttons_go_too(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.write(text="eighteen")

    asyncio.run(scene())
    first, second = rig.fake.ours(CHAT)
    assert (first["text"], buttons(first)) == ("How old are you?", [])
    assert buttons(second)


def test_buttons_that_still_count_stay(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        rig.gateway.engine.answer = says("plain")
        await rig.write(text="why?")

    asyncio.run(scene())
    question, plain = rig.fake.ours(CHAT)
    assert buttons(question)
    assert buttons(plain) == []


def test_an_old_button_never_looks_as_if_it_had_counted(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        (old,) = rig.fake.ours(CHAT)
        key = old["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
        rig.gateway.engine.answer = says("ask_consent")
        late = rig.fake.tap_data(CHAT, old, key)
        await rig.tap("Under 18")
        rig.forward(60)
        await rig.post(late)
        await rig.settle()

    asyncio.run(scene())
    assert rig.said()[0] == "How old are you?\n\n✓ Under 18"
    assert rig.gateway.engine.messages[-1]["tap"]["entities"] == {"old_button": "yes"}


def test_a_touch_that_fails_changes_nothing_of_the_talk(rig: Rig) -> None:
    refusing(rig, "answerCallbackQuery", RefusalError(400, "Bad Request: query is too old"))
    refusing(rig, "editMessageText", RefusalError(429, "Too Many Requests", retry_after=9))

    async def scene() -> None:
        await rig.write(text="hi")
        await rig.tap("18 or older")
        await rig.tap("18 or older")

    asyncio.run(scene())
    assert len(rig.fake.ours(CHAT)) == 3


def test_in_a_rush_touches_are_dropped_and_never_pile_up(rig: Rig) -> None:
    for number in range(MOST_WAITING + 50):
        rig.channel.touches.leave(-number)
    assert len(rig.channel.touches._waiting) == MOST_WAITING


# ---- pace and refusals ----


def test_one_message_a_second_to_a_chat_in_its_order(rig: Rig) -> None:
    rig.gateway.engine.answer = says("plain", "ask_age", "plain")
    asyncio.run(rig.write(text="hi"))
    assert rig.said() == ["All right.", "How old are you?", "All right."]
    assert rig.seconds >= 2 * PER_CHAT


def test_thirty_a_second_in_all(rig: Rig) -> None:
    chats = range(CHAT, CHAT + 100)

    async def scene() -> None:
        for chat in chats:
            rig.fake.write(chat, text="hi")
            await rig.channel.deliver(str(chat), bubble())

    asyncio.run(scene())
    assert len(rig.waits) == 99
    assert 3.3 <= rig.seconds <= 3.6


def test_told_to_wait_it_waits_and_the_order_holds(rig: Rig) -> None:
    refusing(rig, "sendMessage", RefusalError(429, "Too Many Requests: retry after 7", retry_after=7))
    rig.gateway.engine.answer = says("plain", "ask_age")

    async def scene() -> None:
        await rig.post(rig.fake.write(CHAT, text="hi"))
        await rig.post(rig.fake.write(CHAT + 1, text="hi"))
        await rig.settle()

    asyncio.run(scene())
    assert rig.seconds >= 7
    assert rig.said() == rig.said(CHAT + 1) == ["All right.", "How old are you?"]
    assert {row.attempts for row in rig.gateway.rows(Outgoing)} == {1}


def test_a_wait_for_one_chat_does_not_hold_up_another() -> None:
    pace = Pace(lambda: 5.0)
    pace.refused(1, 30)

    async def scene() -> None:
        with pytest.raises(TryLaterError) as later:
            await pace.to_chat(1)
        assert later.value.seconds == 30
        await pace.to_chat(2)

    asyncio.run(scene())


def test_refused_for_two_chats_at_once_all_wait() -> None:
    pace = Pace(lambda: 5.0)
    pace.refused(1, 30)
    pace.refused(2, 20)

    async def scene() -> None:
        for call in (pace.to_chat(3), pace.in_all()):
            with pytest.raises(TryLaterError) as later:
                await call
            assert later.value.seconds == 20

    asyncio.run(scene())


def test_the_pace_does_not_remember_every_chat_for_ever() -> None:
    seconds = [0.0]
    pace = Pace(lambda: seconds[0], lambda _: asyncio.sleep(0))

    async def scene() -> None:
        for chat in range(25_000):
            seconds[0] += 0.05
            await pace.to_chat(chat)

    asyncio.run(scene())
    assert len(pace._free_at) <= 10_001


@pytest.mark.parametrize(
    "error",
    [
        RefusalError(403, "Forbidden: bot was blocked by the user"),
        RefusalError(403, "Forbidden: user is deactivated"),
        RefusalError(400, "Bad Request: chat not found"),
        RefusalError(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009),
    ],
)
def test_who_cannot_be_reached_is_not_tried_again(rig: Rig, error: RefusalError) -> None:
    refusing(rig, "sendMessage", error)
    asyncio.run(rig.write(text="hi"))
    assert [status for status, _ in rig.gateway.queued()] == ["failed"]
    assert len(rig.fake.called("sendMessage")) == 1


def test_a_person_who_blocks_us_is_not_written_to(rig: Rig) -> None:
    async def scene() -> None:
        await rig.post(rig.fake.write(CHAT, text="hi"))
        assert await rig.post(rig.fake.block(CHAT)) == 200
        await rig.settle()
        rig.forward(2)
        with pytest.raises(UnreachableError):
            await rig.channel.deliver(str(CHAT), bubble("again"))

    asyncio.run(scene())
    assert rig.fake.ours(CHAT) == []


def test_when_telegram_is_away_the_message_is_sent_later(rig: Rig) -> None:
    refusing(rig, "sendMessage", RefusalError(502, "Bad Gateway"), RefusalError(500, "Internal Server Error"))
    asyncio.run(rig.write(text="hi"))
    assert rig.said() == ["How old are you?"]


# ---- leaving ----


@pytest.mark.parametrize("way", ["✕", "exit word", "command"])
def test_leaving_takes_both_sides_off_the_screen_and_says_one_harmless_line(rig: Rig, way: str) -> None:
    async def scene() -> None:
        await rig.write(text="I want to go home")
        await rig.write(text="yes")
        if way == "✕":
            await rig.tap("✕")
        else:
            await rig.write(text="/quit" if way == "command" else "quit")

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["OK. Have a good day."]
    person = rig.gateway.find(str(CHAT), "telegram")
    assert person is None or (person.state, person.screen, person.language) == (None, None, None)


def test_the_screen_is_empty_before_the_last_line_is_sent(rig: Rig) -> None:
    async def scene() -> list[str]:
        await rig.write(text="hi")
        before = len(rig.fake.calls)
        await rig.write(text="quit")
        return [name for name, _ in rig.fake.calls[before:] if name in {"deleteMessages", "sendMessage"}]

    assert asyncio.run(scene()) == ["deleteMessages", "sendMessage"]


def test_erasing_takes_it_off_too(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        rig.gateway.engine.answer = says("erased", do=[{"effect": "erase"}])
        await rig.write(text="/delete")

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["Everything is erased."]
    assert rig.gateway.engine.messages[-1]["tap"]["intent"] == "erase_data"


def test_what_telegram_no_longer_deletes_does_not_keep_the_rest(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="old")
        rig.forward(47.4 * 3600)
        await rig.write(text="new")
        rig.fake.messages(CHAT)[0]["date"] -= 7200  # by Telegram's clock it is too old
        await rig.write(text="quit")

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["old", "OK. Have a good day."]
    assert rig.fake.called("deleteMessage")


def test_after_two_days_nothing_is_asked_to_be_deleted(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        rig.forward(48 * 3600)
        await rig.write(text="quit")

    asyncio.run(scene())
    (call,) = rig.fake.called("deleteMessages")
    assert len(call["message_ids"]) == 1  # the word by which they left


def test_a_message_sent_while_the_person_left_is_taken_off_again(rig: Rig) -> None:
    async def scene() -> None:
        await rig.post(rig.fake.write(CHAT, text="hi"))
        await rig.gateway.take_all()
        sending = rig.channel.deliver

        async def slow(address: str, bubble: Bubble) -> Delivered:
            delivered = await sending(address, bubble)
            rig.channel.deliver = sending  # type: ignore[method-assign]
            await rig.post(rig.fake.write(CHAT, text="quit"))
            return delivered

        rig.channel.deliver = slow  # type: ignore[method-assign]
        await rig.settle()

    asyncio.run(scene())
    assert [message["text"] for message in rig.fake.messages(CHAT)] == ["OK. Have a good day."]


def test_coming_back_starts_clean(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.write(text="quit")
        rig.forward(5)
        await rig.write(text="hi again")

    asyncio.run(scene())
    assert rig.gateway.engine.asked[-1]["turn"] == 1
    assert len(rig.gateway.rows(Person)) == 1


def test_the_ids_of_a_person_s_messages_go_with_them(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="hi")
        await rig.write(text="quit")

    asyncio.run(scene())
    assert {row.provider_id for row in rig.gateway.rows(Incoming)} == {None}
