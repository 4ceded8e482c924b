"""What an operator sets, and what is given to Meta."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from fake_graph_api import PHONE_ID, SECRET, TOKEN, VERIFY_TOKEN

from bot.channels import offered
from bot.channels.whatsapp import WhatsApp
from bot.commands.main import main
from bot.http import Http
from bot.language.catalogue import load_catalogue
from bot.language.templates import TEMPLATES, TemplatesError, for_approval, load_templates
from bot.processes.roster import child_environment
from bot.settings import ROOT, SettingsError, read_settings, read_whatsapp

RIGHT = {
    "BOT_WHATSAPP_TOKEN": TOKEN,
    "BOT_WHATSAPP_PHONE_ID": PHONE_ID,
    "BOT_WHATSAPP_APP_SECRET": f"{SECRET}, {SECRET[::-1]}",
    "BOT_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
}
KEY = base64.b64encode(b"l" * 32).decode()
TWO = {"BOT_WHATSAPP_TOKEN": TOKEN, "BOT_WHATSAPP_APP_SECRET": SECRET, "BOT_LOOKUP_KEY": KEY}


def test_off_unless_it_is_set() -> None:
    assert read_whatsapp({}) is None
    assert read_whatsapp({"BOT_WHATSAPP_API": "https://graph.test"}) is None


def test_two_settings_switch_it_on() -> None:
    read = read_whatsapp(TWO)
    assert read is not None
    assert read.phone_id is None
    assert len(read.verify_token) == 64
    assert read.verify_token not in repr(read)


def test_the_verify_token_is_that_of_this_installation_alone() -> None:
    other = base64.b64encode(b"m" * 32).decode()
    first, again, others = (read_whatsapp({**TWO, "BOT_LOOKUP_KEY": key}) for key in (KEY, KEY, other))
    assert first is not None
    assert others is not None
    assert first == again
    assert first.verify_token != others.verify_token
    assert "l" * 32 not in first.verify_token
    with pytest.raises(SettingsError, match="BOT_LOOKUP_KEY"):
        read_whatsapp({name: value for name, value in TWO.items() if name != "BOT_LOOKUP_KEY"})


def test_a_process_that_is_given_nothing_of_it_starts_without() -> None:
    keys = {f"BOT_{name}_KEY": KEY for name in ("FIELD", "LOOKUP", "CONSOLE")}
    secrets = {"BOT_TURN_SECRET": "t", "BOT_ACTION_SECRET": "a", "BOT_DEMO": "1"}
    console = child_environment("console", {**keys, **secrets, **RIGHT})
    assert read_settings(console, console=True).whatsapp is None


def test_all_four_switch_it_on_and_none_of_the_secrets_is_ever_printed() -> None:
    read = read_whatsapp(RIGHT)
    assert read is not None
    assert read.app_secrets == (SECRET, SECRET[::-1])
    assert read.api.startswith("https://graph.facebook.com/v")
    assert not any(secret in repr(read) for secret in (TOKEN, SECRET, VERIFY_TOKEN))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOKEN", ""),
        ("PHONE_ID", "+66 2 343 9300"),
        ("APP_SECRET", ""),
        ("APP_SECRET", "tooshort"),
        ("APP_SECRET", f"{SECRET},{SECRET},{SECRET}"),
        ("VERIFY_TOKEN", "tooshort"),
        ("API", "http://graph.test/v24.0"),
    ],
)
def test_what_is_wrong_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"BOT_WHATSAPP_{name}") as raised:
        read_whatsapp({**RIGHT, f"BOT_WHATSAPP_{name}": value})
    assert not value or value not in str(raised.value)


def test_only_the_gateway_is_given_its_secrets() -> None:
    for process in ("rasa", "actions", "console"):
        assert not RIGHT.keys() & child_environment(process, RIGHT).keys()
    assert child_environment("gateway", RIGHT).keys() >= RIGHT.keys()


def test_the_gateway_offers_it_when_it_is_set(tmp_path: Path) -> None:
    from whatsapp_rig import new_rig

    with new_rig(tmp_path) as rig:
        rig.means.catalogue.locales = ROOT / "locales"
        [channel] = offered.messengers(rig.channel._inbox, rig.means, Http())
        assert isinstance(channel, WhatsApp)
        assert offered.LIMITS[channel.name] is channel.limits


def templates(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert main(["whatsapp", "templates", *words]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_set_messages_are_written_out_for_meta(capsys: pytest.CaptureFixture[str]) -> None:
    english, persian = templates(capsys, "--languages", "en", "fa")
    assert (english["name"], english["language"], english["category"]) == ("message_waiting", "en", "UTILITY")
    [body] = persian["components"]
    assert body["text"].count("{{1}}") == 1
    assert not body["text"].startswith("{{")
    assert not body["text"].endswith("}}")
    assert body["example"] == {"body_text": [["K7PM-2QXD"]]}


def test_a_language_without_words_is_not_submitted() -> None:
    catalogue, found = load_catalogue(ROOT), load_templates(ROOT / "locales" / TEMPLATES)
    submitted = for_approval(catalogue, found, ("en", "fa", "fa_AF", "km", "lo"))
    assert [one["language"] for one in submitted] == ["en", "fa"]
    assert [found.language(code) for code in (None, "fa", "fa_AF", "my")] == ["en", "fa", "fa", "en"]


def test_a_language_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["whatsapp", "templates", "--languages", "xx"]) == 2
    assert "xx" in capsys.readouterr().err


def test_every_set_message_has_its_words_and_no_variable_without_an_example() -> None:
    catalogue, found = load_catalogue(ROOT), load_templates(ROOT / "locales" / TEMPLATES)
    for template in found.by_name.values():
        words = catalogue.response(template.response).text
        assert all(f"{{{name}}}" in words for name in template.variables)
        assert words.count("{") == len(template.variables)
    assert set(found.languages) <= set(catalogue.languages)


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ("[]", "templates"),
        ("templates: {}\nlanguages: {en: en}", "templates"),
        ("templates: {a: {response: b}}\nlanguages: {fa: fa}", "`en`"),
        ("templates: {a: {}}\nlanguages: {en: en}", "a needs a `response:`"),
        ("templates: {a: {response: b, variables: [c]}}\nlanguages: {en: en}", "variables of a"),
    ],
)
def test_a_file_of_set_messages_that_is_wrong_is_told(tmp_path: Path, raw: str, wrong: str) -> None:
    path = tmp_path / TEMPLATES
    path.write_text(raw)
    with pytest.raises(TemplatesError, match=wrong):
        load_templates(path)
