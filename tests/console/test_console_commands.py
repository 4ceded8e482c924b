from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from console_settings import CONSOLE_KEY
from console_world import make_world
from sqlalchemy import delete, func, select, update

from bot.commands.main import main
from bot.console.demo import ensure_demo_officer
from bot.console.invitations import find_invited
from bot.console.officers import DEMO_LOGIN, DEMO_ROLES
from bot.console.passwords import Passwords
from bot.processes.secrets_file import ensure_secrets
from bot.settings import SettingsError
from bot.store.database import now, open_database, transaction
from bot.store.models import Audit, Office, Officer
from bot.store.sealing import unseal

Said = Callable[..., tuple[int, str]]


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    monkeypatch.setenv("BOT_HOME", str(tmp_path))
    ensure_secrets(tmp_path / "secrets.env", {}, None)

    def run(*words: str) -> tuple[int, str]:
        ended = main(words)
        said = capsys.readouterr()
        return ended, said.out + said.err

    return run


def test_officers_from_the_first_to_the_last_day(bot: Said, tmp_path: Path) -> None:
    add = ("officer", "add", "Anna@example.org", "--office", "TH-BKK", "--name", "Anna")
    assert bot(*add) == (
        1,
        "Office TH-BKK has no keys yet. Run `bot office init`, or look at `bot office list`.\n",
    )
    assert bot("office", "init")[0] == 0
    ended, said = bot(*add)
    assert ended == 0
    shown = dict(re.findall(r"^(login|password|codes) +(\S+)$", said, re.MULTILINE))
    assert shown["login"] == "anna@example.org"
    assert shown["codes"].startswith("otpauth://totp/")
    with transaction(open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")) as session:
        kept = session.scalars(select(Officer)).one().password_hash
    assert kept.startswith("$argon2id$")
    assert Passwords().fits(kept, shown["password"])
    assert bot(*add)[0] == 1
    assert bot("officer", "list") == (0, "TH-BKK\tanna@example.org\tAnna\ten\tofficer\ton\n")
    assert bot("officer", "disable", "anna@example.org") == (0, "")
    assert bot("officer", "list")[1].endswith("\tdisabled\n")
    assert shown["password"] not in bot("officer", "reset", "anna@example.org")[1]
    assert bot("officer", "list")[1].endswith("\ton\n")
    assert bot("officer", "disable", "nobody")[0] == 1
    assert bot("officer", "code", "anna@example.org")[0] == 1


def test_an_invitation_is_a_link_and_the_role_is_on_record(
    bot: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_CONSOLE_URL", "https://console.example.org/")
    bot("office", "init")
    ended, said = bot(
        "officer", "invite", "lead@example.org", "--office", "TH-BKK", "--name", "Lea", "--role", "lead"
    )
    assert ended == 0
    link = re.fullmatch(r"https://console\.example\.org/invitation/([\w-]{43})\n", said)
    assert link
    assert bot("officer", "list")[1] == "TH-BKK\tlead@example.org\tLea\ten\tlead\ton\n"
    with transaction(open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")) as session:
        assert find_invited(session, link[1], now()).login == "lead@example.org"
        assert [row.act for row in session.scalars(select(Audit))] == ["officer_invited", "role_lead"]
    for name in ("bot.sqlite3", "bot.sqlite3-wal"):
        assert link[1].encode() not in (tmp_path / name).read_bytes()
    monkeypatch.setenv("BOT_CONSOLE_URL", "console.example.org")
    assert "BOT_CONSOLE_URL" in bot("officer", "list")[1]
    with pytest.raises(SystemExit):
        bot("officer", "invite", "x", "--office", "TH-BKK", "--name", "x", "--role", "boss")


def test_offices_get_their_keys_once(bot: Said, tmp_path: Path) -> None:
    first, again = bot("office", "init")[1], bot("office", "init")[1]
    count = int(first.split()[0])
    assert count > 20
    assert again == f"0 new, {count} in all\n"
    assert bot("office", "set", "TH-BKK", "--active", "off", "--answer-days", "5") == (0, "")
    assert "TH-BKK\toff\t5 days\tkept 30\n" in bot("office", "list")[1]
    assert bot("office", "set", "XX-YYY", "--active", "on")[0] == 1
    with transaction(open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")) as session:
        assert session.scalar(select(func.count()).select_from(Office)) == count


def test_a_chain_that_was_tampered_with_is_told(bot: Said, tmp_path: Path) -> None:
    bot("office", "init")
    for login in ("a", "b"):
        bot("officer", "add", login, "--office", "TH-BKK", "--name", "x")
    ended, said = bot("audit", "verify")
    head = said.split()[-1]
    assert (ended, said) == (0, f"2 rows\nhead {head}\n")
    assert bot("audit", "verify", "--head", head)[0] == 0
    engine = open_database(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    with transaction(engine) as session:
        session.execute(delete(Audit).where(Audit.id == 2))
    assert bot("audit", "verify")[0] == 0
    assert bot("audit", "verify", "--head", head)[0] == 1
    with transaction(engine) as session:
        session.execute(update(Audit).values(subject="other"))
    ended, said = bot("audit", "verify")
    assert ended == 1
    assert "row 1" in said


def test_the_newcomer_gets_a_new_password_at_every_start(tmp_path: Path, bot: Said) -> None:
    world = make_world(tmp_path / "world", demo=True)
    passwords = set()
    for _ in range(2):
        with transaction(world.engine) as session:
            made = ensure_demo_officer(session, world.settings)
            officer = session.scalars(select(Officer).where(Officer.login == DEMO_LOGIN)).one()
            assert Passwords().fits(officer.password_hash, made.password)
            assert unseal(CONSOLE_KEY, officer.totp_secret) in made.otpauth
            for login, role in DEMO_ROLES.items():
                one = session.scalars(select(Officer).where(Officer.login == login)).one()
                assert (one.role, one.password_hash, one.totp_secret) == (
                    role,
                    officer.password_hash,
                    officer.totp_secret,
                )
        passwords.add(made.password)
        assert re.fullmatch(r"\d{6}", made.totp_now)
    assert len(passwords) == 2
    with transaction(world.engine) as session, pytest.raises(SettingsError, match="BOT_DEMO"):
        ensure_demo_officer(session, replace(world.settings, demo=False))
    bot("office", "init")
    assert bot("officer", "code", DEMO_LOGIN)[0] == 1


def test_the_code_of_the_demo_officer_is_shown(bot: Said) -> None:
    bot("office", "init")
    bot("officer", "add", DEMO_LOGIN, "--office", "TH-BKK", "--name", "Demo")
    ended, said = bot("officer", "code", DEMO_LOGIN)
    assert ended == 0
    assert re.fullmatch(r"\d{6}\n", said)
