"""A key takes another's place while all runs; a wrong key stops the start, and is named."""

from __future__ import annotations

import asyncio
import base64
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from keeping_world import CONSOLE_KEY, Installation, Rigged, talked
from sqlalchemy import LargeBinary

from bot.commands.run import prepare_store
from bot.console.recovery import new_codes, use_code
from bot.keeping.key_change import drop_old_key, rotate_key
from bot.keeping.rotation import SEALED, left_under_old, seal_all_anew
from bot.processes.secrets_file import change_secret, read_secrets
from bot.processes.start_error import StartError
from bot.processes.watched import Watched
from bot.settings import SettingsError
from bot.store.database import transaction
from bot.store.key_check import check_keys
from bot.store.models import KeyCheck, Office, Officer, Person, Table
from bot.store.sealing import SealError, fits, open_office_key, seal, seal_anew, unseal

OLD, NEW = b"o" * 32, b"n" * 32
FIELD = "BOT_FIELD_KEY"
ALL_KEYS = (FIELD, "BOT_LOOKUP_KEY", "BOT_CONSOLE_KEY")

# Sealed to the offices' public keys, which no key of ours opens; no secret; or sealed anew at every start.
NOT_OURS = {
    *("office.public_key", "referral.sealed", "referral.contact", "referral_event.words"),
    *("passkey.credential", "passkey.public_key", "key_check.value"),
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = talked(tmp_path_factory.mktemp("template") / "home")
    with Rigged(made) as gateway:
        asyncio.run(gateway.bring("a message that waits", address="b"))
    return made.home


@pytest.fixture
def made(template: Path, tmp_path: Path) -> Installation:
    return Installation(Path(shutil.copytree(template, tmp_path / "home")))


def started(made: Installation, *processes: str) -> None:
    engine = made.open()
    for process in processes:
        with transaction(engine) as session:
            check_keys(session, made.settings(), process)
    engine.dispose()


def test_two_keys_open_and_the_first_seals() -> None:
    both = NEW + OLD
    assert unseal(both, seal(OLD, "x")) == unseal(both, seal(NEW, "x")) == "x"
    assert unseal(NEW, seal(both, "x")) == "x"
    assert fits(both, seal(OLD, "x"))
    assert not fits(NEW, seal(OLD, "x"))
    assert seal_anew(both, seal(NEW, "x")) is None
    anew = seal_anew(both, seal(OLD, "x"))
    assert anew is not None
    assert unseal(NEW, anew) == "x"
    with pytest.raises(SealError):
        seal_anew(both, seal(b"z" * 32, "x"))


def test_every_sealed_column_belongs_to_a_key() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in Table.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    ours = {str(column) for listed in SEALED.values() for column in listed}
    named = {f"{name.partition('.')[0]}.{name.partition('.')[2]}" for name in map(_as_column, ours)}
    assert columns - NOT_OURS == named


def _as_column(name: str) -> str:
    tables = {mapper.class_.__name__: mapper.class_.__tablename__ for mapper in Table.registry.mappers}
    model, _, column = name.partition(".")
    return f"{tables[model]}.{column}"


@pytest.mark.network
@pytest.mark.parametrize("setting", list(SEALED))
def test_a_key_is_changed_and_everything_opens_with_the_new_one_alone(made: Installation, setting: str) -> None:
    said: list[str] = []
    old = read_secrets(made.secrets)[setting]
    rotate_key(made.environ, made.secrets, setting, said.append)
    newest, kept = read_secrets(made.secrets)[setting].split(",")
    assert (kept, newest != old) == (old, True)
    drop_old_key(made.environ, made.secrets, setting, said.append)
    assert read_secrets(made.secrets)[setting] == newest
    settings = made.settings()
    with Rigged(made) as gateway:
        assert asyncio.run(gateway.talk("hello again", address="b"))
        office = gateway.means.database
        with transaction(office) as session:
            check_keys(session, settings, "console")
            assert settings.console_key is not None
            open_office_key(session.get_one(Office, "TH-BKK").private_key, settings.console_key)
    assert not [line for line in said if old in line or newest in line]


@pytest.mark.network
def test_what_a_running_gateway_writes_meanwhile_is_kept(made: Installation) -> None:
    key = NEW + made.settings().field_key
    newest = base64.b64encode(NEW).decode()
    with Rigged(made) as old_gateway:
        first = asyncio.run(old_gateway.talk("before", address="c"))
    change_secret(made.secrets, FIELD, f"{newest},{read_secrets(made.secrets)[FIELD]}")
    with Rigged(made) as gateway:

        def in_between(_: int) -> None:
            asyncio.run(gateway.bring("in the middle of it", address="c"))

        assert seal_all_anew(gateway.means.database, FIELD, key, in_between) > 0
        assert asyncio.run(gateway.talk("after", address="c"))
        with transaction(gateway.means.database) as session:
            assert left_under_old(session, FIELD, key) == 0
    assert first


@pytest.mark.network
def test_nothing_is_dropped_while_it_is_needed(made: Installation) -> None:
    with pytest.raises(StartError, match="one key alone"):
        drop_old_key(made.environ, made.secrets, FIELD, print)
    newest = base64.b64encode(NEW).decode()
    both = f"{newest},{read_secrets(made.secrets)[FIELD]}"
    change_secret(made.secrets, FIELD, both)
    with pytest.raises(StartError, match="fields need the old key"):
        drop_old_key(made.environ, made.secrets, FIELD, print)
    assert read_secrets(made.secrets)[FIELD] == both


@pytest.mark.network
def test_a_process_that_runs_with_the_old_key_alone_is_waited_for(made: Installation) -> None:
    import socket

    started(made, "gateway", "console")
    with socket.socket() as gateway:
        gateway.bind(("127.0.0.1", 0))
        gateway.listen()
        environ = {**made.environ, "BOT_GATEWAY_PORT": str(gateway.getsockname()[1])}
        with pytest.raises(StartError, match="The gateway run without the new key"):
            rotate_key(environ, made.secrets, FIELD, print, wait_seconds=0)
        with transaction(made.open()) as session:
            assert session.query(Person).filter(Person.channel == "test").count() == 2
        started(made, "gateway")
        rotate_key(environ, made.secrets, FIELD, print, wait_seconds=0)
    drop_old_key(made.environ, made.secrets, FIELD, print)
    started(made, "gateway", "console")


def test_a_key_in_the_environment_is_not_changed_in_the_file(made: Installation) -> None:
    with pytest.raises(StartError, match="set in the environment"):
        rotate_key({**made.environ, FIELD: "any"}, made.secrets, FIELD, print)


# A hash tells nothing of a key that was never checked: the last case of BOT_LOOKUP_KEY is not there.
@pytest.mark.parametrize(
    ("setting", "before"), [*((key, True) for key in ALL_KEYS), (FIELD, False), ("BOT_CONSOLE_KEY", False)]
)
def test_a_wrong_key_stops_the_start_and_is_named(made: Installation, setting: str, before: bool) -> None:
    if before:
        started(made, "gateway", "console")
    right = read_secrets(made.secrets)[setting]
    change_secret(made.secrets, setting, base64.b64encode(b"w" * 32).decode())
    engine = made.open()
    with pytest.raises(SettingsError, match=setting) as caught:
        started(made, "gateway")
    assert "secrets.env" in str(caught.value)
    change_secret(made.secrets, setting, right)
    started(made, "gateway")
    engine.dispose()


def test_bot_run_says_so_before_anything_starts(made: Installation) -> None:
    engine = made.open()
    prepare_store(engine, made.settings())
    change_secret(made.secrets, FIELD, base64.b64encode(b"w" * 32).decode())
    with pytest.raises(SettingsError, match=FIELD):
        prepare_store(engine, made.settings())
    engine.dispose()


def test_the_check_tells_nothing_of_the_key(made: Installation) -> None:
    started(made, "gateway")
    with transaction(made.open()) as session:
        kept = {row.setting: row.value for row in session.query(KeyCheck)}
    assert set(kept) == {"BOT_FIELD_KEY", "BOT_LOOKUP_KEY", "BOT_CONSOLE_KEY"}
    with closing(sqlite3.connect(made.database)) as database:
        raw = "".join(database.iterdump()).encode()
    assert not [key for key in (b"f" * 32, b"l" * 32, CONSOLE_KEY) if key in raw or key.hex().encode() in raw]


def test_a_recovery_code_works_under_either_key(made: Installation) -> None:
    with transaction(made.open()) as session:
        session.add(
            Officer(
                id=1, office_id="TH-BKK", login="a", display_name="A", password_hash="", totp_secret=seal(OLD, "t")
            )
        )
        session.flush()
        old, *_ = new_codes(session, OLD, 1)
        assert use_code(session, NEW + OLD, 1, old)
        new, *_ = new_codes(session, NEW + OLD, 1)
        assert use_code(session, NEW, 1, new)


def test_a_file_that_is_moved_into_place_is_seen_once(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("A=1\n")
    watched = Watched(file)
    assert not watched.changed()
    change_secret(file, "A", "2")
    assert [watched.changed(), watched.changed()] == [True, False]
    file.unlink()
    assert not watched.changed()
