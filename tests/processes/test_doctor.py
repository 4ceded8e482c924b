"""`bot doctor`, fault by fault: each is named in plain words, with what to do, and nothing else is."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from gateway_rig import new_gateway, settings_in, stamp
from sqlalchemy import Engine, text

from bot.channels.telegram.api import Api
from bot.commands.main import main
from bot.eligibility import load_offices
from bot.processes.checkup import _keys, _processes
from bot.processes.deliveries import delivered_to, telegram
from bot.processes.finding import Finding
from bot.processes.installation import addresses, backups, database, staffing
from bot.processes.machine import clock, disk, open_files
from bot.processes.secrets_file import ensure_secrets
from bot.settings import ROOT, Settings, TelegramSettings, WhatsAppSettings
from bot.store.database import migrate, open_database, transaction
from bot.store.key_check import check_keys
from bot.store.models import Office, Officer

NOW = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)
TOKEN = f"123456:{'a' * 30}"
TELEGRAM = TelegramSettings(TOKEN, "s" * 16, "https://api.telegram.org", polling=False)
META = WhatsAppSettings("t", "1", ("s" * 16,), "v" * 16, "https://graph.facebook.com/v24.0")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with new_gateway(tmp_path) as made:
        stamp(made.means.database)
        yield made.means.database


def wrong(*findings: Finding) -> list[str]:
    return [f"{one.what}: {one.wrong}" for one in findings if one.wrong]


def serving(home: Path) -> Settings:
    return replace(settings_in(home), demo=False, secure_cookies=True, console_url="https://console.example.org")


def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free_mb, said in ((100, "has 100 MB left"), (1999, "has only 1999 MB left"), (2000, "")):
        monkeypatch.setattr(shutil, "disk_usage", lambda _, mb=free_mb: SimpleNamespace(free=mb * 1_000_000))
        assert said in disk(tmp_path).wrong
        assert bool(disk(tmp_path).wrong) == bool(said)


def test_too_few_files_may_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    for most, is_wrong in ((256, True), (1024, False), (resource.RLIM_INFINITY, False)):
        monkeypatch.setattr(resource, "getrlimit", lambda _, n=most: (n, n))
        assert ("ulimit -n" in open_files().wrong) == is_wrong


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, ""), (59, ""), (-59, ""), (300, "300 s ahead"), (-7200, "7200 s behind")]
)
def test_a_clock_that_is_off_is_said_against_the_channels_server(tmp_path: Path, seconds: int, said: str) -> None:
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(404, headers={"date": format_datetime(NOW, usegmt=True)})

    for channel in ({"telegram": TELEGRAM}, {"whatsapp": META}):
        settings = replace(settings_in(tmp_path), **channel)
        found = clock(settings, lambda: NOW + timedelta(seconds=seconds), httpx.MockTransport(answer))
        assert said in found.wrong
        assert bool(found.wrong) == bool(said)
    assert asked == ["https://api.telegram.org/", "https://graph.facebook.com/"]


def test_a_clock_cannot_be_compared_without_a_channel_without_a_way_out_or_without_a_date(tmp_path: Path) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {request.url}")

    plain, on = settings_in(tmp_path), replace(settings_in(tmp_path), telegram=TELEGRAM)
    assert not clock(plain).wrong
    assert "cannot be reached (ConnectError)" in clock(on, lambda: NOW, httpx.MockTransport(refuse)).wrong
    silent = clock(on, lambda: NOW, httpx.MockTransport(lambda _: httpx.Response(200)))
    assert (silent.wrong, "does not say the time" in silent.what) == ("", True)


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert "bot office init" in database(settings).wrong
    assert list(staffing(settings, load_offices(ROOT / "criteria"))) == []
    assert not (tmp_path / "test.sqlite3").exists()


def test_a_database_that_is_not_migrated_newer_or_out_of_reach(tmp_path: Path, engine: Engine) -> None:
    settings = settings_in(tmp_path)
    assert wrong(database(settings)) == []
    for revision, said in (("0007", "not the newest"), ("9999", "a later version")):
        with engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})
        assert said in database(settings).wrong
    (tmp_path / "folder").mkdir()
    away = replace(settings, database_url=f"sqlite:///{tmp_path / 'folder'}")
    assert "cannot be reached: look at BOT_DATABASE_URL" in database(away).wrong


@pytest.mark.parametrize("name", ["field_key", "lookup_key", "console_key"])
def test_a_wrong_key_is_named(tmp_path: Path, engine: Engine, name: str) -> None:
    settings = replace(settings_in(tmp_path), console_key=b"c" * 32)
    with transaction(engine) as session:
        for office in session.query(Office):
            session.delete(office)
        session.flush()
        check_keys(session, settings, "console")
    assert wrong(_keys(settings)) == []
    other: Any = {name: b"x" * 32}
    (said,) = wrong(_keys(replace(settings, **other)))
    assert f"BOT_{name.upper()} is not the key" in said


def test_backups_that_are_old_or_were_never_made(tmp_path: Path) -> None:
    settings = serving(tmp_path)
    assert "there is none" in backups(settings).wrong
    assert wrong(backups(replace(settings, demo=True))) == []
    (tmp_path / "backup").mkdir()
    made = tmp_path / "backup" / "20261121T020000Z.sealed"
    made.touch()
    os.utime(made, (1_000_000, 1_000_000))
    assert wrong(backups(settings, 1_000_000 + 25 * 3600)) == []
    assert "the newest is 49 hours old" in backups(settings, 1_000_000 + 49 * 3600).wrong
    assert wrong(backups(replace(settings, database_url="postgresql://h/d"), 1e12)) == []


def test_addresses_over_which_passwords_would_go_in_clear(tmp_path: Path) -> None:
    settings = serving(tmp_path)
    assert wrong(addresses(settings)) == []
    assert "passwords go there in clear" in addresses(replace(settings, console_url="http://console.test")).wrong
    assert "BOT_SECURE_COOKIES is not 1" in addresses(replace(settings, secure_cookies=False)).wrong
    assert wrong(addresses(replace(settings, console_url="http://127.0.0.1:8001"))) == []


def test_offices_without_keys_officers_and_mail(tmp_path: Path, engine: Engine) -> None:
    settings, listed = serving(tmp_path), load_offices(ROOT / "criteria")
    keys, officers, mail = staffing(settings, listed)
    active = [one.id for one in listed.by_id.values() if one.active]
    assert f"{len(set(active) - {'TH-BKK', 'TH-MSO'})} without keys" in keys.wrong
    assert "nobody reads the referrals of 1 offices (TH-BKK)" in officers.wrong
    assert mail.wrong == ""
    person = {"display_name": "A", "password_hash": "", "totp_secret": b""}
    with transaction(engine) as session:
        session.add(Officer(office_id="TH-BKK", login="auditor", role="auditor", **person))
        session.add(Officer(office_id="TH-BKK", login="gone", role="lead", disabled=True, **person))
        session.get_one(Office, "TH-BKK").digest_to = "office@example.org"
    _, officers, mail = staffing(settings, listed)
    assert "TH-BKK" in officers.wrong
    assert "TH-BKK asked for them by mail: set BOT_SMTP_HOST" in mail.wrong
    with transaction(engine) as session:
        session.add(Officer(office_id="TH-BKK", login="anna", role="officer", **person))
    assert wrong(list(staffing(settings, listed))[1]) == []
    assert wrong(*list(staffing(replace(settings, demo=True), listed))[1:]) == []


def test_where_telegram_delivers() -> None:
    good = "https://bot.example.org/telegram"
    assert wrong(delivered_to(good, polling=False), delivered_to("", polling=True)) == []
    assert "delivers nowhere" in delivered_to("", polling=False).wrong
    assert "is not https://" in delivered_to("http://bot.example.org/telegram", polling=False).wrong
    assert "does not end in /telegram" in delivered_to("https://bot.example.org/", polling=False).wrong
    assert "it delivers elsewhere, and we poll" in delivered_to(good, polling=True).wrong


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, {"ok": True, "result": {"url": "", "has_custom_certificate": False, "pending_update_count": 0}},
         "delivers nowhere"),
        (401, {"ok": False, "error_code": 401, "description": "Unauthorized"}, "does not know BOT_TELEGRAM_TOKEN"),
        (500, {"ok": False, "error_code": 500, "description": TOKEN}, "no answer now"),
    ],
)  # fmt: skip
def test_telegram_is_asked_and_its_words_are_not_repeated(status: int, body: dict[str, object], said: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    found = asyncio.run(telegram(TELEGRAM, Api(TELEGRAM, transport=transport)))
    assert said in found.wrong
    assert TOKEN not in found.wrong


@pytest.mark.network
def test_a_port_that_another_program_has(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        findings = list(_processes(replace(settings_in(tmp_path), gateway_port=port), 1))
    (said,) = [one for one in wrong(*findings) if one.startswith("gateway")]
    assert "its port is taken" in said
    assert "BOT_GATEWAY_PORT" in said


@pytest.mark.network
def test_one_wrong_thing_makes_the_whole_fail_and_nothing_is_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_secrets(tmp_path / "secrets.env", {}, None)
    for name in [name for name in os.environ if name.startswith("BOT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BOT_HOME", str(tmp_path))
    for number, name in enumerate(("RASA", "ACTION", "GATEWAY", "CONSOLE"), start=47321):
        monkeypatch.setenv(f"BOT_{name}_PORT", str(number))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert all(line.startswith(("ok     ", "WRONG  ")) for line in said)
    assert any("there is no " in line and "bot.sqlite3 yet" in line for line in said)
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.env"]
    made = open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    migrate(made)
    made.dispose()
    main(["doctor"])
    assert "ok     database" in capsys.readouterr().out.splitlines()
