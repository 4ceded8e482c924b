"""Every kind of update, by a payload named for its case, and what it brings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from telegram import Update

from bot.channels.channel import Arrival, Attachment, Content, Location, Preset, Pressed, Text, Wish
from bot.channels.telegram.reading import Reading, UnreadableError, preset_of, read_update

PAYLOADS = Path(__file__).parent / "payloads"
CASES = sorted(path.stem for path in PAYLOADS.glob("*.json"))
BOT = "7000000001"


def payload(case: str) -> Any:
    return json.loads((PAYLOADS / f"{case}.json").read_text())


def read(case: str) -> Reading:
    return read_update(payload(case), BOT)


def contents(case: str) -> list[Content]:
    return [arrival.content for arrival in read(case).arrivals]


BROUGHT: dict[str, list[Content]] = {
    "text": [Text("سلام، می‌خواهم برگردم")],
    "start": [Wish("repeat_question")],
    "start_with_language_and_office": [Wish("repeat_question")],
    "command_quit": [Wish("quick_exit")],
    "command_of_another_bot_s_menu": [Text("/weather")],
    "edited": [Text("هجده")],
    "edited_caption": [],
    "moving_pin": [],
    "location": [Location(13.8, 100.5)],
    "venue": [Location(13.8, 100.5)],
    "photo": [Attachment("photo")],
    "photo_with_words": [Attachment("photo"), Text("این پاسپورت من است")],
    "album": [Attachment("photo")],
    "voice": [Attachment("voice")],
    "video_note": [Attachment("video")],
    "sticker": [Attachment("sticker")],
    "document": [Attachment("file")],
    "contact": [Attachment("contact")],
    "poll": [Attachment("other")],
    "dice": [Attachment("other")],
    "forwarded": [Text("they will kill me")],
    "auto_delete_turned_on": [],
    "pinned": [],
    "tap": [Pressed("aB3-_xyz")],
    "tap_on_what_telegram_no_longer_shows": [Pressed("aB3-_xyz")],
    "tap_without_data": [],
    "tap_in_a_group": [],
    "group_message": [],
    "group_became_another": [],
    "added_to_a_group": [],
    "put_out_of_a_group": [],
    "blocked": [],
    "channel_post": [],
    "written_by_a_bot": [],
    "kind_of_the_future": [],
}


@pytest.mark.parametrize("case", CASES)
def test_an_update_brings_what_a_person_meant(case: str) -> None:
    assert contents(case) == BROUGHT[case]


@pytest.mark.parametrize("case", CASES)
def test_what_brings_nothing_has_a_kind_for_the_log(case: str) -> None:
    reading = read(case)
    assert bool(reading.kind) != bool(reading.arrivals)
    assert all(arrival.address == "5550001" for arrival in reading.arrivals)


def test_a_link_says_language_and_office() -> None:
    (arrival,) = read("start_with_language_and_office").arrivals
    assert arrival.preset == Preset("fa", "TH-BKK")


@pytest.mark.parametrize(
    ("said", "preset"),
    [
        ("", Preset()),
        ("lang_fa_AF", Preset("fa_AF")),
        ("office_TH-BKK", Preset(None, "TH-BKK")),
        ("office_TH-BKK__lang_my", Preset("my", "TH-BKK")),
        ("ref1234", Preset()),
        ("__", Preset()),
    ],
)
def test_what_a_link_may_say(said: str, preset: Preset) -> None:
    assert preset_of(said) == preset


def test_a_correction_names_what_it_corrects() -> None:
    original = Arrival("5550001", f"{BOT}:m31", Text("x"), own_id="31")
    (edited,) = read("edited").arrivals
    assert edited.corrects == original.delivery
    assert edited.delivery.startswith(f"{original.delivery}e")


def test_an_album_is_one_delivery_and_words_under_a_photo_are_another() -> None:
    (album,) = read("album").arrivals
    assert album.delivery == f"{BOT}:g13500000001"
    photo, words = read("photo_with_words").arrivals
    assert photo.delivery != words.delivery
    assert photo.own_id == words.own_id == "31"


def test_a_tap_knows_its_message_and_words() -> None:
    press = read("tap").press
    assert press is not None
    assert (press.chat, press.message, press.text, press.title) == (5550001, 30, "How old are you?", "18 or older")
    old = read("tap_on_what_telegram_no_longer_shows").press
    assert old is not None
    assert (old.chat, old.text, old.title) == (5550001, None, None)


@pytest.mark.parametrize(
    ("case", "chat"),
    [
        ("group_message", -100200300),
        ("added_to_a_group", -100200300),
        ("group_became_another", -400),
        ("channel_post", -100900),
        ("put_out_of_a_group", None),
        ("tap_in_a_group", None),
        ("blocked", None),
        ("text", None),
    ],
)
def test_groups_and_channels_are_left(case: str, chat: int | None) -> None:
    assert read(case).leave == chat


@pytest.mark.parametrize("case", CASES)
def test_the_exact_place_is_nowhere_in_what_was_read(case: str) -> None:
    assert "756331" not in repr(read(case))
    assert "passport.pdf" not in repr(read(case))
    assert "66800000000" not in repr(read(case))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "text",
        7,
        {},
        {"update_id": "1", "message": {}},
        {**payload("text"), "message": {**payload("text")["message"], "message_id": "x"}},
        {**payload("text"), "message": {**payload("text")["message"], "chat": {"id": "1;", "type": "private"}}},
        {"update_id": 1, "callback_query": {"id": 5, "from": {"id": 1}, "data": ["x"]}},
        {**payload("text"), "message": {**payload("text")["message"], "text": 5}},
        {**payload("text"), "message": {**payload("text")["message"], "date": 10**30}},
        {**payload("location"), "message": {**payload("location")["message"], "location": {"latitude": "x"}}},
    ],
)
def test_what_cannot_be_read_says_so_without_its_words(raw: Any) -> None:
    with pytest.raises(UnreadableError) as error:
        read_update(raw, BOT)
    assert str(error.value).isidentifier()


@pytest.mark.parametrize("case", CASES)
def test_the_payloads_are_what_the_library_takes_for_updates(case: str) -> None:
    update = Update.de_json(payload(case), None)
    assert update.update_id == payload(case)["update_id"]
    assert case == "kind_of_the_future" or update.effective_chat is not None
