"""Recorded deliveries, by case: what each holds for us."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_graph_api import PHONE_ID
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.channel import Attachment, Content, Location, Pressed, Text
from bot.channels.whatsapp.reading import Batch, read_batch

PAYLOADS = Path(__file__).parent / "payloads"
NUMBER, USER_ID = "66812345678", "TH.13491208655302741918"

CASES: dict[str, list[Content]] = {
    "text": [Text("Hello")],
    "text_in_persian": [Text("سلام 👋🏽 می‌خواهم بپرسم")],
    "no_user_id": [Text("Hello")],
    "no_wa_id": [Text("Hello")],
    "id_in_contacts_only": [Text("Hello")],
    "no_contacts": [Text("Hello")],
    "button_reply": [Pressed("Ab12Cd34")],
    "list_reply": [Pressed("Ab12Cd34")],
    "template_button": [Text("Read it")],
    "location": [Location(13.8, 100.5)],
    "photo": [Attachment("photo")],
    "photo_with_caption": [Attachment("photo"), Text("my papers")],
    "voice": [Attachment("voice")],
    "video": [Attachment("video")],
    "sticker": [Attachment("sticker")],
    "document": [Attachment("file")],
    "contact_card": [Attachment("contact")],
    "order": [Attachment("other")],
    "unsupported": [Attachment("other")],
    "of_a_kind_to_come": [Attachment("other")],
    "reaction": [],
    "number_changed": [],
    "taken_back": [],
    "in_a_group": [],
    "messages_and_statuses": [Text("first"), Text("second")],
    "later_message_first": [Text("first"), Text("second")],
    "one_bad_item": [Text("before"), Text("after")],
    "live_location_far_away": [],
    "to_another_number_of_ours": [],
    "template_rejected": [],
    "edited": [Text("Hello again")],
    "two_people": [Text("from Nadia"), Text("from Omid")],
}
SET_ASIDE = {"one_bad_item": 2, "live_location_far_away": 1}


def batch(case: str) -> Batch:
    return read_batch((PAYLOADS / f"{case}.json").read_bytes(), PHONE_ID)


def test_every_recorded_delivery_has_its_case() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(CASES)


@pytest.mark.parametrize(("case", "contents"), CASES.items())
def test_what_a_delivery_holds(case: str, contents: list[Content]) -> None:
    read = batch(case)
    assert [arrival.content for arrival in read.arrivals] == contents
    assert len(read.aside) == SET_ASIDE.get(case, 0)


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("text", (USER_ID, NUMBER)),
        ("no_contacts", (USER_ID, NUMBER)),
        ("id_in_contacts_only", (USER_ID, NUMBER)),
        ("no_user_id", (NUMBER, None)),
        ("no_wa_id", (USER_ID, None)),
    ],
)
def test_by_which_names_a_person_is_known(case: str, names: tuple[str, str | None]) -> None:
    [arrival] = batch(case).arrivals
    assert (arrival.address, arrival.also) == names


def test_an_edited_message_is_known_by_the_one_that_it_corrects() -> None:
    assert [arrival.corrects for arrival in batch("edited").arrivals] == ["wamid.FIRST"]


def test_nothing_of_a_photo_is_read_but_that_it_is_one() -> None:
    assert "1013859600285441" not in repr(batch("photo"))
    assert "passport" not in repr(batch("document"))


def test_receipts_and_notices() -> None:
    assert [receipt.state for receipt in batch("messages_and_statuses").receipts] == ["read", "delivered"]
    assert batch("template_rejected").notices == ["message_template_status_update"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"object": NaN}', b"1" * 5000])
def test_a_delivery_that_is_none_is_set_aside_whole(body: bytes) -> None:
    read = read_batch(body, PHONE_ID)
    assert (read.arrivals, read.aside) == ([], [body])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def keyed(*names: str) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, json_values))


@settings(max_examples=300, deadline=None)
@given(message=keyed("id", "from", "from_user_id", "type", "timestamp", "text", "interactive", "location"))
def test_no_message_however_made_stops_the_others(message: dict[str, object]) -> None:
    import json

    payload = json.loads((PAYLOADS / "text.json").read_text())
    value = payload["entry"][0]["changes"][0]["value"]
    value["messages"] = [message, *value["messages"]]
    arrivals = read_batch(json.dumps(payload).encode(), PHONE_ID).arrivals
    assert Text("Hello") in [arrival.content for arrival in arrivals]
