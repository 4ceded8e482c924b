"""What leaves for Telegram: how a message looks, and how it is tidied after a tap."""

from __future__ import annotations

import asyncio

from bot_api_calls import RefusalError
from telegram_rig import CHAT, Rig, bubble, buttons, refusing
from turns import says

from bot.channels.telegram.keyboard import PIN, keyboard, rows
from bot.channels.telegram.touches import MOST_WAITING


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
