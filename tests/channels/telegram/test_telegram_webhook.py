"""Who may deliver, what is kept of it, and what becomes of deliveries that break."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from fake_bot_api import TOKEN
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from telegram_rig import CHAT, SECRET, Rig
from turns import says

from bot.channels.telegram.chat import LARGEST_BODY
from bot.settings import SettingsError, read_telegram
from bot.store.models import Incoming, Person
from bot.store.sealing import unseal

PAYLOADS = {
    path.stem: json.loads(path.read_text()) for path in (Path(__file__).parent / "payloads").glob("*.json")
}
THOROUGH = settings(
    max_examples=1000,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def waiting(rig: Rig) -> list[Any]:
    rows = [row for row in rig.gateway.rows(Incoming) if row.status == "waiting"]
    return [unseal(rig.gateway.means.settings.field_key, row.content)["content"] for row in rows]


def aside(rig: Rig) -> list[Incoming]:
    return [row for row in rig.gateway.rows(Incoming) if row.status == "aside"]


def test_a_delivery_is_stored_before_it_is_acknowledged(rig: Rig) -> None:
    assert asyncio.run(rig.post(PAYLOADS["text"])) == 200
    assert waiting(rig) == [{"text": "سلام، می‌خواهم برگردم"}]
    assert rig.gateway.engine.asked == []


def test_a_second_delivery_is_acknowledged_and_not_taken_again(rig: Rig) -> None:
    again = {**PAYLOADS["text"], "update_id": 1}  # numbered anew after a quiet week

    async def scene() -> list[int]:
        return [await rig.post(update) for update in (PAYLOADS["text"], PAYLOADS["text"], again)]

    assert asyncio.run(scene()) == [200, 200, 200]
    assert len(waiting(rig)) == 1


def test_an_album_is_answered_once(rig: Rig) -> None:
    second = json.loads(json.dumps(PAYLOADS["album"]))
    second["update_id"], second["message"]["message_id"] = 5, 33

    async def scene() -> None:
        assert [await rig.post(update) for update in (PAYLOADS["album"], second)] == [200, 200]

    asyncio.run(scene())
    assert waiting(rig) == [{"attachment": "photo"}]


@THOROUGH
@given(
    st.one_of(
        st.none(),
        st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=60),
        st.integers(0, len(SECRET) - 1).map(lambda at: SECRET[:at] + "~" + SECRET[at + 1 :]),
        st.integers(0, len(SECRET) - 1).map(lambda end: SECRET[:end]),
        st.sampled_from([SECRET.upper(), SECRET + "x", SECRET * 2, f"Bearer {SECRET}", TOKEN, ""]),
    ).filter(lambda secret: secret != SECRET)
)
def test_no_other_secret_is_ever_taken(rig: Rig, secret: str | None) -> None:
    given_secret = secret.encode("latin-1") if secret is not None else None
    assert asyncio.run(rig.post(PAYLOADS["text"], given_secret)) == 403  # type: ignore[arg-type]
    assert rig.gateway.rows(Incoming) == rig.gateway.rows(Person) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=True) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def spoilt(case: str, choices: Any) -> Any:
    """A payload with one value anywhere in it replaced or taken out."""
    whole = json.loads(json.dumps(PAYLOADS[case]))
    places: list[tuple[Any, Any]] = []
    looking = [whole]
    while looking:
        now = looking.pop()
        for key in now if isinstance(now, dict) else range(len(now)):
            places.append((now, key))
            if isinstance(now[key], dict | list):
                looking.append(now[key])
    holder, key = choices(st.sampled_from(places))
    if choices(st.booleans()) and isinstance(holder, dict):
        del holder[key]
    else:
        holder[key] = choices(JSON)
    return whole


@THOROUGH
@given(st.sampled_from(sorted(PAYLOADS)), st.data())
def test_a_spoilt_update_is_acknowledged_and_never_an_error(rig: Rig, case: str, data: st.DataObject) -> None:
    body = json.dumps(spoilt(case, data.draw)).encode()
    assert asyncio.run(rig.post(None, content=body)) == 200


@THOROUGH
@given(st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()))
def test_what_is_no_update_is_put_aside_and_never_taken(rig: Rig, body: bytes) -> None:
    assert asyncio.run(rig.post(None, content=body)) == 200
    assert rig.gateway.rows(Person) == []


def test_a_poison_update_is_kept_sealed_and_those_behind_it_are_taken(rig: Rig) -> None:
    poison = {**PAYLOADS["text"], "message": {**PAYLOADS["text"]["message"], "date": 10**30}}

    async def scene() -> list[int]:
        return [await rig.post(update) for update in (poison, poison, PAYLOADS["voice"])]

    assert asyncio.run(scene()) == [200, 200, 200]
    (kept,) = aside(rig)
    assert kept.content is not None
    assert "سلام".encode() not in kept.content
    raw = unseal(rig.gateway.means.settings.field_key, kept.content)["raw"]
    assert json.loads(raw) == poison
    assert waiting(rig) == [{"attachment": "voice"}]


def test_a_body_that_is_too_large_is_not_read_to_its_end(rig: Rig) -> None:
    assert asyncio.run(rig.post(None, content=b" " * (LARGEST_BODY + 1))) == 413
    assert rig.gateway.rows(Incoming) == []


def test_while_the_database_is_away_the_delivery_is_to_come_again(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> bool:
        raise OperationalError("insert", {}, Exception("locked"))

    monkeypatch.setattr(type(rig.gateway.inbox), "_store", away)
    assert asyncio.run(rig.post(PAYLOADS["text"])) == 503
    monkeypatch.undo()
    assert asyncio.run(rig.post(PAYLOADS["text"])) == 200
    assert len(waiting(rig)) == 1


def test_a_place_is_rounded_before_it_is_stored(rig: Rig) -> None:
    asyncio.run(rig.post(PAYLOADS["location"]))
    assert waiting(rig) == [{"location": [13.8, 100.5]}]


def test_a_group_is_left_and_nothing_of_it_is_kept(rig: Rig) -> None:
    async def scene() -> None:
        await rig.post(PAYLOADS["group_message"])
        await rig.settle()

    asyncio.run(scene())
    assert rig.fake.called("leaveChat") == [{"chat_id": "-100200300"}]
    assert rig.gateway.rows(Incoming) == rig.gateway.rows(Person) == []
    assert rig.fake.called("sendMessage") == []


def test_a_message_put_right_is_taken_while_it_is_the_last(rig: Rig) -> None:
    async def scene() -> list[Any]:
        first = rig.fake.write(CHAT, text="seventeen")
        number = first["message"]["message_id"]
        await rig.post(first)
        await rig.settle()
        await rig.post(rig.fake.edit(CHAT, number, text="eighteen"))
        await rig.settle()
        await rig.write(text="next")
        await rig.post(rig.fake.edit(CHAT, number, text="nineteen"))
        await rig.settle()
        return [message["text"] for message in rig.gateway.engine.messages]

    assert asyncio.run(scene()) == ["seventeen", "eighteen", "next"]


def test_a_link_presets_language_and_office(rig: Rig) -> None:
    async def scene() -> None:
        await rig.write(text="/start lang_fa__office_TH-BKK")
        await rig.write(text="/start lang_en")

    asyncio.run(scene())
    first, second = rig.gateway.engine.asked
    office = rig.gateway.means.catalogue.offices.by_id["TH-BKK"]
    assert first["message"] == {"tap": {"intent": "repeat_question", "entities": {}}, "typed": False}
    assert (first["language"], second["language"]) == ("fa", "fa")
    assert first["state"]["slots"] == {"near": [office.latitude, office.longitude]}


@pytest.mark.parametrize("payload", ["lang_xx", "lang_", "office_NOWHERE", "office_TH-MSO-x", "x" * 64])
def test_a_link_that_names_what_is_not_offered_is_a_plain_start(rig: Rig, payload: str) -> None:
    asyncio.run(rig.write(text=f"/start {payload}"))
    (asked,) = rig.gateway.engine.asked
    assert (asked["language"], asked["state"]) == (None, None)


@pytest.mark.parametrize("typed", ["/restart", '/inform{"answer":"adult"}', "/start; drop", "//menu"])
def test_what_looks_like_a_command_and_is_none_is_words(rig: Rig, typed: str) -> None:
    asyncio.run(rig.write(text=typed))
    (message,) = rig.gateway.engine.messages
    assert set(message) == {"text"}
    assert not message["text"].startswith("/")


def test_nothing_a_person_sent_stands_in_a_log(rig: Rig, capfd: pytest.CaptureFixture[str]) -> None:
    rig.gateway.engine.answer = says("ask_age")

    async def scene() -> None:
        for case in PAYLOADS.values():
            await rig.post(case)
            await rig.post({**case, "update_id": "spoilt"})
        await rig.settle()

    asyncio.run(scene())
    logs = "".join(capfd.readouterr())
    assert "telegram.ignored" in logs
    assert "telegram.unreadable" in logs
    for words in ("سلام", "5550001", "Family", TOKEN, SECRET, "kill me", "passport", "13.7"):
        assert words not in logs


GOOD = {"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_TELEGRAM_SECRET": SECRET}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"BOT_TELEGRAM_SECRET": ""}, "BOT_TELEGRAM_SECRET"),
        ({"BOT_TELEGRAM_SECRET": "short"}, "BOT_TELEGRAM_SECRET"),
        ({"BOT_TELEGRAM_SECRET": SECRET + " "}, "BOT_TELEGRAM_SECRET"),
        ({"BOT_TELEGRAM_TOKEN": "7000000001"}, "BOT_TELEGRAM_TOKEN"),
        ({"BOT_TELEGRAM_MODE": "push"}, "BOT_TELEGRAM_MODE"),
        ({"BOT_TELEGRAM_API": "http://api.example"}, "BOT_TELEGRAM_API"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name(change: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError, match=f"^{names}") as error:
        read_telegram({**GOOD, **change})
    assert TOKEN not in str(error.value)


def test_two_settings_switch_it_on() -> None:
    webhook = read_telegram(GOOD)
    polling = read_telegram({"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_TELEGRAM_MODE": "polling"})
    assert webhook is not None
    assert polling is not None
    assert (webhook.polling, webhook.bot_id, polling.polling) == (False, "7000000001", True)
    assert read_telegram({}) is None
    assert TOKEN not in repr(webhook)
    assert SECRET not in repr(webhook)
