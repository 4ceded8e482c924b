from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from gateway_rig import Gateway
from turns import says

from bot.channels.channel import Pressed
from bot.conversation.choosing import load_choice_words, place_named
from bot.conversation.screen import QUICK_EXIT, Screen, Shown, typed_choice
from bot.settings import ROOT

ADULT = {"tap": {"intent": "inform", "entities": {"answer": "adult"}}, "typed": False}
OLD = {"tap": {"intent": "inform", "entities": {"old_button": "yes"}}, "typed": False}


def test_a_press_is_the_tap_it_was_shown_for(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.press("18 or older")

    asyncio.run(scene())
    assert gateway.engine.messages[-1] == ADULT


def test_ids_are_short_opaque_and_new_each_time(gateway: Gateway) -> None:
    async def scene() -> list[str]:
        await gateway.talk("hello")
        first = list(gateway.screen().choices)
        await gateway.talk("hello again")
        return first + list(gateway.screen().choices)

    ids = asyncio.run(scene())
    assert len(set(ids)) == len(ids) == 8
    assert all(len(key.encode()) < 64 for key in ids)


def test_thirty_taps_in_a_second_are_one(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        adult = gateway.button("18 or older")
        for _ in range(30):
            await gateway.bring(Pressed(adult))
            gateway.clock.forward(milliseconds=30)
        await gateway.take_all()

    asyncio.run(scene())
    assert gateway.engine.messages[1:] == [ADULT]


def test_another_button_of_a_screen_that_is_over_is_old(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        adult, minor = gateway.button("18 or older"), gateway.button("Under 18")
        await gateway.talk(Pressed(adult))
        await gateway.talk(Pressed(minor))

    asyncio.run(scene())
    assert gateway.engine.messages[1:] == [ADULT, OLD]


def test_old_and_unknown_buttons_are_answered_once_in_three_seconds(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        for _ in range(5):
            await gateway.talk(Pressed("from-long-ago"))
            gateway.clock.forward(seconds=1)

    asyncio.run(scene())
    assert gateway.engine.messages[1:] == [OLD, OLD]


def test_the_button_just_used_is_old_after_a_while(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        adult = gateway.button("18 or older")
        await gateway.talk(Pressed(adult))
        gateway.clock.forward(hours=1)
        await gateway.talk(Pressed(adult))

    asyncio.run(scene())
    assert gateway.engine.messages[1:] == [ADULT, OLD]


def test_after_a_clock_was_set_back_no_button_is_silent(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        adult = gateway.button("18 or older")
        await gateway.talk(Pressed(adult))
        await gateway.talk(Pressed("from-long-ago"))
        gateway.clock.forward(days=-3)
        await gateway.talk(Pressed(adult))
        gateway.clock.forward(seconds=4)
        await gateway.talk(Pressed("from-long-ago"))

    asyncio.run(scene())
    assert gateway.engine.messages[1:] == [ADULT, OLD, OLD, OLD]


@pytest.mark.parametrize(
    "typed", ["18 OR OLDER", "18 or older.", "1", "\N{EXTENDED ARABIC-INDIC DIGIT ONE}", "१", "1.", " 1 "]
)
def test_a_title_or_a_number_typed_is_a_typed_tap(gateway: Gateway, typed: str) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk(typed)

    asyncio.run(scene())
    assert gateway.engine.messages[-1] == {**ADULT, "typed": True}


def test_a_number_counts_in_the_persons_own_digits(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "fa"}])

    async def scene() -> None:
        await gateway.talk("fa")
        await gateway.talk("۲")
        await gateway.talk("۱۸ سال یا بیشتر")

    asyncio.run(scene())
    answers = [message["tap"]["entities"]["answer"] for message in gateway.engine.messages[1:]]
    assert answers == ["minor_without_parent", "adult"]


@pytest.mark.parametrize("typed", ["3", "0", "-1", "12345678901", "1 or 2", "/inform", '{"answer": "adult"}'])
def test_other_words_stay_words(gateway: Gateway, typed: str) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk(typed)

    asyncio.run(scene())
    assert gateway.engine.messages[-1] == {"text": typed.lstrip("/")}


def test_a_number_is_never_a_control(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_adults")

    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk("2")

    asyncio.run(scene())
    assert gateway.engine.messages[-1] == {"text": "2"}


def test_buttons_stay_when_a_turn_shows_none(gateway: Gateway) -> None:
    async def scene() -> None:
        await gateway.talk("hello")
        gateway.engine.answer = says("plain")
        await gateway.talk("what is this?")
        await gateway.press("18 or older")

    asyncio.run(scene())
    assert gateway.engine.messages[-1] == ADULT


@pytest.mark.parametrize(
    ("typed", "answer"), [("second", "minor"), ("The LAST one!", "minor"), ("first", "adult")]
)
def test_a_place_in_words_is_a_typed_tap(gateway: Gateway, typed: str, answer: str) -> None:
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "en"}])

    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk(typed)

    asyncio.run(scene())
    message = gateway.engine.messages[-1]
    assert message["typed"]
    assert message["tap"]["entities"]["answer"].startswith(answer)


@pytest.mark.parametrize("typed", ["third", "دوم", "second to none", "one"])
def test_a_place_that_is_not_there_or_is_another_languages_stays_words(gateway: Gateway, typed: str) -> None:
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "en"}])

    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk(typed)

    asyncio.run(scene())
    assert gateway.engine.messages[-1] == {"text": typed}


def test_a_place_in_words_sends_no_referral(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_consent", do=[{"effect": "language", "language": "en"}])

    async def scene() -> None:
        await gateway.talk("hello")
        await gateway.talk("first")

    asyncio.run(scene())
    assert gateway.engine.messages[-1] == {"text": "first"}


def test_no_word_for_a_place_leaves() -> None:
    shown = {
        "a": Shown({"intent": "talk_to_person", "entities": {}}, "Talk to a person", "answer"),
        "b": Shown({"intent": QUICK_EXIT, "entities": {}}, "✕", "answer"),
    }
    screen, places = Screen(choices=shown), {"last": "last", "second": "2"}
    assert typed_choice(screen, "last", places) == "a"
    assert typed_choice(screen, "second", places) is None


@pytest.mark.parametrize(
    ("language", "typed", "index"),
    [
        ("en", "Second", 1),
        ("en", "the last one", 3),
        ("en", "nine", None),
        ("en", "yes", None),
        ("fa", "دومی", 1),
        ("fa_AF", "اولی", 0),
        ("bn", "তিন নম্বর", 2),
        ("ne", "दोस्रो", 1),
    ],
)
def test_each_language_names_places_in_its_own_words(language: str, typed: str, index: int | None) -> None:
    places = load_choice_words(ROOT / "locales", (language,))[language]
    assert place_named(typed, places, 4) == index


def test_a_word_with_another_meaning_or_two_places_names_none(tmp_path: Path) -> None:
    (tmp_path / "xx").mkdir()
    lists = 'affirm: ["ho"]\nchoices: {"1": ["ho", "a", "ek", "1"], "2": ["a"], last: ["pachi"]}\n'
    (tmp_path / "xx" / "words.yml").write_text(lists, encoding="utf-8")
    assert load_choice_words(tmp_path, ("xx", "yy")) == {"xx": {"ek": "1", "pachi": "last"}, "yy": {}}
