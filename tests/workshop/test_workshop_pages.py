from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from pathlib import Path

import httpx
import numpy as np
import pytest
import soundfile
from starlette.applications import Starlette
from workshop_stage import id_of, key_of, make_stage, rewrite

from bot.language.translations import PLACEHOLDER
from bot.settings import ROOT
from bot.workshop.app import create_app
from bot.workshop.preview import exchanges, look
from bot.workshop.signing import BACK, GROUPS
from bot.workshop.stage import Stage

BASE = "http://127.0.0.1:8011"
OURS = {"origin": BASE, "sec-fetch-site": "same-origin"}
LANGUAGES = sorted(path.parts[-3] for path in ROOT.glob("locales/*/LC_MESSAGES/messages.po"))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return make_stage(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def app(stage: Stage) -> Starlette:
    return create_app(stage)


def ask(app: Starlette, path: str, body: bytes | None = None, headers: Mapping[str, str] = OURS) -> httpx.Response:
    async def asked() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
            if body is None:
                return await client.get(path, headers=dict(headers))
            return await client.post(path, content=body, headers=dict(headers))

    return asyncio.run(asked())


def test_the_start_page_has_every_language_with_its_progress(app: Starlette, stage: Stage) -> None:
    page = ask(app, "/")
    assert page.status_code == 200
    for language in stage.languages():
        assert f'href="/{language.code}/"' in page.text
        assert language.name in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_string_is_shown_in_its_place_on_every_channel(app: Starlette, stage: Stage, language: str) -> None:
    spoken = stage.sources.catalogue.language(language)
    page = ask(app, f"/{language}/?beside=en&string={id_of(stage, 'ask_held', 'Are you being held')}")
    assert page.status_code == 200
    assert page.text.count('<figure class="phone') == 6
    assert page.text.count(f'class="screen" lang="{spoken.tag}" dir="{spoken.direction}"') == 3
    assert page.text.count("<mark>") >= 6
    assert ask(app, f"/{language}/sheet").status_code == 200


@pytest.mark.parametrize("language", ["ar", "bn"])
def test_every_string_can_be_opened(app: Starlette, stage: Stage, language: str) -> None:
    unmarked = []
    for entry in stage.sources.found:
        key = (entry.context, entry.english)
        for channel in ("web", "whatsapp"):
            scenes = stage.scenes(language, key)[-1:]
            eye = look(stage.sources.catalogue, language, key, channel)
            messages = [message for one in exchanges(eye, scenes) for message in one.shown]
            texts = any(piece.marked for message in messages for piece in message.pieces)
            buttons = [button for message in messages for row in message.rows for button in row]
            openers = [message.opener for message in messages if message.opener]
            if texts or any(button.is_marked for button in (*buttons, *openers)):
                break
        else:
            if key in stage.seen and PLACEHOLDER.sub("", entry.english).strip():
                unmarked.append(key)
    assert unmarked == []
    assert ask(app, f"/{language}/?text=nothing+is+like+this").status_code == 200


def test_buttons_are_laid_out_as_the_channel_has_them(stage: Stage) -> None:
    key = key_of(stage, "ask_held", "Are you being held")
    shown = {
        channel: exchanges(look(stage.sources.catalogue, "bn", key, channel), stage.scenes("bn", key))[-1].shown[
            -1
        ]
        for channel in ("telegram", "whatsapp", "web")
    }
    assert shown["whatsapp"].opener is not None
    assert len(shown["whatsapp"].rows) == 10
    assert all(sum(len(button.title) for button in row) <= 24 or len(row) == 1 for row in shown["telegram"].rows)
    assert [row[0].is_control for row in shown["web"].rows] == [False, True]


def test_a_saved_translation_shows_at_once(tmp_path: Path) -> None:
    stage = make_stage(tmp_path)
    app, key = create_app(stage), key_of(stage, "ask_age", "How old")
    address = f"/bn/?string={id_of(stage, 'ask_age', 'How old')}"
    before = ask(app, address).text
    stamp = ask(app, "/bn/stamp").text
    rewrite(stage, "bn", key, "একেবারে নতুন প্রশ্ন?")
    after = ask(app, address).text
    assert "<mark>একেবারে নতুন প্রশ্ন?</mark>" in after
    assert "একেবারে নতুন প্রশ্ন?" not in before
    assert ask(app, "/bn/stamp").text != stamp


def test_findings_and_lengths_stand_beside_the_string(tmp_path: Path) -> None:
    stage = make_stage(tmp_path)
    key = key_of(stage, "ask_age", "18 or older")
    rewrite(stage, "bn", key, "ভ" * 25)
    page = ask(create_app(stage), f"/bn/?state=found&string={id_of(stage, *key)}").text
    assert "25 of 24 characters" in page
    assert "shorten it to 24" in page


def test_a_half_written_file_leaves_what_was_read_before(tmp_path: Path) -> None:
    stage = make_stage(tmp_path)
    app = create_app(stage)
    assert ask(app, "/bn/").status_code == 200
    whole = stage.file("bn").read_text(encoding="utf-8")
    stage.file("bn").write_text(whole[: len(whole) // 2] + '\nmsgid "', encoding="utf-8")
    assert ask(app, "/bn/").status_code == 200
    troubled = ask(create_app(stage), "/bn/")
    assert troubled.status_code == 409
    assert "not a whole .po file" in troubled.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8011", "192.168.1.7:8011"])
def test_another_host_s_name_is_refused(app: Starlette, host: str) -> None:
    assert ask(app, "/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:9"},
        {**OURS, "sec-fetch-site": "same-site"},
    ],
)
def test_another_site_s_post_is_refused(app: Starlette, stage: Stage, headers: dict[str, str]) -> None:
    path = f"/bn/{id_of(stage, 'ask_age', 'How old')}/audio"
    assert ask(app, path, b"", headers).status_code == 403
    assert ask(app, "/bn/sheet", b"", headers).status_code == 403


@pytest.mark.parametrize("path", ["/xx/", "/en/", "/bn/nothing/audio", "/static/%2e%2e/app.py"])
def test_what_is_not_there_is_said_to_be(app: Starlette, path: str) -> None:
    assert ask(app, path).status_code == 404


def test_the_sheet_has_every_text_to_sign_and_keeps_what_is_written(tmp_path: Path) -> None:
    stage = make_stage(tmp_path)
    app = create_app(stage)
    page = ask(app, "/bn/sheet").text
    for context in (name for contexts in GROUPS.values() for name in contexts):
        assert f">{context}" in page
    name = page.split('<textarea class="screen-only" name="')[1].split('"')[0]
    form = {**OURS, "content-type": "application/x-www-form-urlencoded"}
    assert ask(app, "/bn/sheet", f"{name}=Go+to+a+safe+place".encode(), form).status_code == 303
    assert "Go to a safe place" in ask(app, "/bn/sheet").text
    key = key_of(stage, "card_private_talk", "That is fine")
    kept = (stage.locales / "bn" / BACK).read_text(encoding="utf-8")
    rewrite(stage, "bn", key, "অন্য কথা")
    assert kept.count("says:") == 1


def test_a_recording_is_kept_heard_and_withheld_when_the_text_changes(tmp_path: Path) -> None:
    stage = make_stage(tmp_path)
    app, key = create_app(stage), key_of(stage, "ask_age", "How old")
    path, page = f"/bn/{id_of(stage, *key)}/audio", f"/bn/?string={id_of(stage, *key)}"
    assert ask(app, path).status_code == 404
    assert ask(app, path, b"no sound").status_code == 422
    sound = io.BytesIO()
    soundfile.write(sound, 0.4 * np.sin(np.arange(24_000) / 20), 24_000, format="WAV")
    assert ask(app, path, sound.getvalue()).status_code == 204
    heard = ask(app, path)
    assert heard.headers["content-type"] == "audio/ogg"
    assert heard.content.startswith(b"OggS")
    assert ">Replace<" in ask(app, page).text
    rewrite(stage, "bn", key, "আপনার বয়স কত বছর?")
    assert ask(app, path).status_code == 404
    assert "Recording out of date" in ask(app, page).text
