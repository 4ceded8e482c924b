"""A backup is whole or not there, and what it brings back is rid of what was erased since."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from keeping_world import PRIVATE, Installation, Rigged, run_killed_at, talked
from turns import says

from bot.commands.main import main
from bot.gateway import create_gateway, make_means
from bot.keeping.backup import make_backup
from bot.keeping.restore import Place, restore
from bot.keeping.sealed_file import CHUNK, SealedFileError, open_sealed, seal_file
from bot.processes.start_error import StartError
from bot.store.database import now, transaction
from bot.store.erased import KEPT, ledger_of
from bot.store.models import Audit, Person, Referral

PUBLIC = bytes(PRIVATE.public_key)
MAKE = """
from datetime import datetime
from pathlib import Path
from bot.keeping.backup import make_backup
make_backup(Path(sys.argv[1]), Path(sys.argv[2]), bytes.fromhex(sys.argv[3]), datetime(2026, 3, 1), step)
"""
RESTORE = """
from pathlib import Path
from bot.console.kept_settings import kept_settings
from bot.keeping.restore import Place, restore
from bot.store.database import now
from bot.store.erased import ledger_of
settings = kept_settings({"BOT_HOME": sys.argv[1]}, console=True)
place = Place(settings.home / "bot.sqlite3", settings, ledger_of(settings), now())
restore(Path(sys.argv[2]), bytes.fromhex(sys.argv[3]), place, step)
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return talked(tmp_path_factory.mktemp("template") / "home").home


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Installation:
    return Installation(Path(shutil.copytree(template, tmp_path / "home")))


def backup(made: Installation, name: str = "a.sealed", **earlier: float) -> Path:
    target = made.home / "backup" / name
    make_backup(made.database, target, PUBLIC, now() - timedelta(**earlier))
    ledger_of(made.settings()).folder.mkdir(exist_ok=True)
    return target


def place(made: Installation) -> Place:
    return Place(made.database, made.settings(), ledger_of(made.settings()), now())


def counted(made: Installation) -> dict[str, int]:
    with closing(sqlite3.connect(made.database)) as database:
        tables = ("person", "referral", "consent", "outgoing", "audit")
        return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_what_was_backed_up_comes_back(made: Installation) -> None:
    before, file = counted(made), backup(made)
    made.database.unlink()
    done = restore(file, bytes(PRIVATE), place(made))
    assert counted(made) == before
    assert done.audit_rows == before["audit"]
    assert files(made.home) & {"bot.sqlite3.restoring", "bot.sqlite3-wal"} == set()
    assert made.database.stat().st_mode & 0o077 == 0


def test_the_backup_holds_nothing_that_can_be_read(made: Installation) -> None:
    sealed = backup(made).read_bytes()
    assert b"SQLite format" not in sealed
    assert b"TH-BKK" not in sealed
    assert files(made.home / "backup") == {"a.sealed"}
    assert not [name for name in files(made.home) if name.startswith(".snapshot")]


def test_it_is_made_while_others_write(made: Installation) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(made.database, timeout=30)) as database:
            while not stop.wait(0.005):
                database.execute("UPDATE person SET turn = turn + 1")
                database.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        file = backup(made)
    finally:
        stop.set()
        writer.join()
    assert restore(file, bytes(PRIVATE), place(made)).audit_rows == counted(made)["audit"]


@pytest.mark.parametrize("step", ["copy", "seal", "name"])
def test_killed_in_the_middle_it_leaves_no_backup_and_the_next_one_tidies_up(
    made: Installation, step: str
) -> None:
    target = made.home / "backup" / "killed.sealed"
    ended = run_killed_at(step, MAKE, str(made.database), str(target), PUBLIC.hex())
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert not target.exists()
    restore(backup(made), bytes(PRIVATE), place(made))
    assert files(made.home / "backup") == {"a.sealed"}
    assert not [name for name in files(made.home) if name.startswith(".snapshot")]


@pytest.mark.parametrize("step", ["unseal", "renew", "take the place"])
def test_killed_in_the_middle_a_restore_leaves_the_database_as_it_was(made: Installation, step: str) -> None:
    file = backup(made)
    with Rigged(made) as gateway:
        asyncio.run(gateway.talk("one more", address="c"))
    before = counted(made)
    ended = run_killed_at(step, RESTORE, str(made.home), str(file), bytes(PRIVATE).hex())
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert counted(made) == before
    restore(file, bytes(PRIVATE), place(made))
    assert counted(made)["person"] == before["person"] - 1
    assert "bot.sqlite3.restoring" not in files(made.home)


def test_who_erased_everything_since_does_not_come_back(made: Installation) -> None:
    file = backup(made)
    with Rigged(made) as gateway:
        gateway.engine.answer = says("erased", do=[{"effect": "erase"}])
        asyncio.run(gateway.talk("erase everything"))
    done = restore(file, bytes(PRIVATE), place(made))
    assert (done.erased.people, done.erased.referrals) == (1, 1)
    with Rigged(made) as gateway:
        assert (gateway.find("a"), gateway.rows(Referral)) == (None, [])
        assert gateway.find("b") is not None


def test_what_waited_then_is_not_said_now(made: Installation) -> None:
    with Rigged(made) as gateway:
        asyncio.run(gateway.bring("somebody else again", address="b"))
        file = backup(made)
    restore(file, bytes(PRIVATE), place(made))
    with Rigged(made) as gateway:
        asyncio.run(gateway.take_all())
        asyncio.run(gateway.send_all())
        assert gateway.channel.sent == []
        assert gateway.state("b") is None
        assert asyncio.run(gateway.talk("hello again", address="b"))


@pytest.mark.network
def test_on_another_machine_it_serves_by_command(
    made: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    private = tmp_path / "private"
    for name, value in {**made.environ, "BOT_DEMO": "1"}.items():
        monkeypatch.setenv(name, value)
    assert main(["backup", "--new-key", str(private)]) == 0
    assert main(["backup", "--to", str(tmp_path / "taken.sealed")]) == 0
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(made.secrets, other)
    monkeypatch.setenv("BOT_HOME", str(other))
    restoring = ["restore", str(tmp_path / "taken.sealed"), "--key", str(private)]
    assert main(restoring) == 2
    assert "erased is missing" in capsys.readouterr().err
    shutil.copytree(made.home / "erased", other / "erased")
    assert main(restoring) == 0
    assert main(restoring) == 2
    assert "--force" in capsys.readouterr().err
    assert main([*restoring, "--force"]) == 0
    assert main(["restore", "--in-place"]) == 0
    new = Installation(other)
    assert counted(new) == counted(made)
    engine = new.open()
    app = create_gateway(make_means(new.settings(), engine)).app

    async def ready() -> object:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot") as one:
            return (await one.get("/readyz")).json()

    assert asyncio.run(ready()) == {"database": "ok", "engine": "away", "outbox": "ok"}
    engine.dispose()


def test_a_file_that_was_changed_or_cut_short_is_refused_and_the_database_stays(made: Installation) -> None:
    file, before = backup(made), counted(made)
    whole = file.read_bytes()
    for wrong in (
        whole[:-1],
        whole[: len(whole) // 2],
        whole + b"x",
        whole[:-9] + b"y" + whole[-8:],
        b"",
        b"x" * 500,
    ):
        file.write_bytes(wrong)
        with pytest.raises(StartError):
            restore(file, bytes(PRIVATE), place(made))
        assert counted(made) == before
    file.write_bytes(whole)
    with pytest.raises(StartError, match="private key"):
        restore(file, b"q" * 32, place(made))


def test_a_backup_so_old_that_erasures_are_forgotten_is_refused(made: Installation) -> None:
    with pytest.raises(StartError, match="92 days old"):
        restore(backup(made, days=KEPT.days), bytes(PRIVATE), place(made))


def test_a_backup_of_a_newer_bot_or_a_broken_record_is_refused(made: Installation) -> None:
    with closing(sqlite3.connect(made.database)) as database:
        database.execute("UPDATE audit SET act = 'opened' WHERE id = 1")
        database.commit()
    with pytest.raises(StartError, match="broken at row 1"):
        restore(backup(made), bytes(PRIVATE), place(made))
    with closing(sqlite3.connect(made.database)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    with pytest.raises(StartError, match="version 9999"):
        restore(backup(made, "b.sealed"), bytes(PRIVATE), place(made))


def test_postgresql_is_told_its_own_commands_without_the_password(
    made: Installation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BOT_HOME", str(made.home))
    monkeypatch.setenv("BOT_BACKUP_KEY", PUBLIC.hex())
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql+psycopg://bot:hunter2@db/bot")
    assert main(["backup"]) == 2
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert "postgresql://bot@db/bot" in said
    assert "hunter2" not in said


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_a_file_of_any_size_comes_out_as_it_went_in(size: int) -> None:
    bytes_in, sealed = b"z" * size, BytesIO()
    seal_file(BytesIO(bytes_in), {"any": 1}, PUBLIC, sealed)
    opened = open_sealed(BytesIO(sealed.getvalue()), bytes(PRIVATE))
    assert opened.about == {"any": 1}
    assert b"".join(opened.pieces) == bytes_in
    cut = open_sealed(BytesIO(sealed.getvalue()[:-5]), bytes(PRIVATE))
    with pytest.raises(SealedFileError, match="not whole"):
        list(cut.pieces)


def test_two_backups_at_once_do_not_tread_on_each_other(made: Installation) -> None:
    def second(name: str) -> None:
        if name == "seal":
            with pytest.raises(StartError, match="Another backup"):
                backup(made, "second.sealed")

    make_backup(made.database, made.home / "backup" / "first.sealed", PUBLIC, now(), second)
    assert files(made.home / "backup") == {"first.sealed"}
    with transaction(made.open()) as session:
        assert session.query(Audit).count() + session.query(Person).count() > 0
