"""A wrong key is told at the start, and the setting it stands in is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from gateway_rig import START, database_of, settings_in
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.settings import Settings, SettingsError
from bot.store.key_check import check_keys, has_newest
from bot.store.models import KeyCheck, Office, Person
from bot.store.sealing import lookup_hash, new_office_keys, seal, unseal

CONSOLE, WRONG = b"c" * 32, b"w" * 32
SETTINGS = ("BOT_FIELD_KEY", "BOT_LOOKUP_KEY", "BOT_CONSOLE_KEY")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(settings_in(tmp_path), console_key=CONSOLE)


@pytest.fixture
def session(settings: Settings) -> Iterator[Session]:
    engine = database_of(settings)
    with Session(engine) as session, session.begin():
        office = session.get_one(Office, "TH-BKK")
        office.public_key, office.private_key = new_office_keys(CONSOLE)
        session.get_one(Office, "TH-MSO").private_key = office.private_key
        yield session
    engine.dispose()


def wrong(settings: Settings, setting: str) -> Settings:
    if setting == "BOT_FIELD_KEY":
        return replace(settings, field_key=WRONG)
    if setting == "BOT_LOOKUP_KEY":
        return replace(settings, lookup_key=WRONG)
    return replace(settings, console_key=WRONG)


def add_person(session: Session, settings: Settings) -> None:
    sealed = seal(settings.field_key, "a")
    session.add(
        Person(
            channel="t", address_key="k", address=sealed, conversation="c", created_at=START, last_seen_at=START
        )
    )
    session.flush()


def kept(session: Session) -> dict[tuple[str, str], bytes]:
    return {(row.setting, row.process): row.value for row in session.scalars(select(KeyCheck))}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("asks", ["gateway", None])
def test_a_key_that_is_not_the_one_of_before_is_named(
    session: Session, settings: Settings, setting: str, asks: str | None
) -> None:
    check_keys(session, settings, "gateway")
    check_keys(session, settings, asks)
    with pytest.raises(
        SettingsError, match=rf"^{setting} is not the key .* put the secrets .* back from .* to this key\.$"
    ):
        check_keys(session, wrong(settings, setting), asks)


def test_what_is_kept_tells_the_key_and_is_not_the_key(session: Session, settings: Settings) -> None:
    check_keys(session, settings, "gateway")
    check_keys(session, replace(settings, console_key=None), "console")
    found = kept(session)
    assert sorted(found) == [
        ("BOT_CONSOLE_KEY", "gateway"),
        ("BOT_FIELD_KEY", "console"),
        ("BOT_FIELD_KEY", "gateway"),
        ("BOT_LOOKUP_KEY", "console"),
        ("BOT_LOOKUP_KEY", "gateway"),
    ]
    assert unseal(settings.field_key, found["BOT_FIELD_KEY", "gateway"]) == "BOT_FIELD_KEY"
    hashed = lookup_hash(settings.lookup_key, "check", "BOT_LOOKUP_KEY")
    assert found["BOT_LOOKUP_KEY", "gateway"] == hashed.encode()


def test_a_command_only_looks(session: Session, settings: Settings) -> None:
    check_keys(session, settings)
    assert kept(session) == {}


@pytest.mark.parametrize("setting", ["BOT_FIELD_KEY", "BOT_CONSOLE_KEY"])
def test_without_a_check_what_is_sealed_in_the_tables_tells_a_wrong_key(
    session: Session, settings: Settings, setting: str
) -> None:
    add_person(session, settings)
    check_keys(session, settings)
    with pytest.raises(SettingsError, match=setting):
        check_keys(session, wrong(settings, setting))


def test_where_nothing_was_sealed_yet_any_key_will_do(session: Session, settings: Settings) -> None:
    check_keys(session, replace(settings, field_key=WRONG, lookup_key=WRONG))


def test_every_process_of_which_something_is_kept_must_have_had_this_key(
    session: Session, settings: Settings
) -> None:
    check_keys(session, replace(settings, field_key=WRONG), "console")
    session.merge(KeyCheck(setting="BOT_FIELD_KEY", process="gateway", value=seal(settings.field_key, "x")))
    session.flush()
    with pytest.raises(SettingsError, match="BOT_FIELD_KEY"):
        check_keys(session, settings)
    check_keys(session, replace(settings, field_key=settings.field_key + WRONG))


def test_a_process_has_the_newest_key_once_it_has_started_with_it(session: Session, settings: Settings) -> None:
    both = replace(settings, field_key=b"n" * 32 + settings.field_key)
    assert not has_newest(session, both, "BOT_FIELD_KEY", "gateway")
    check_keys(session, settings, "gateway")
    check_keys(session, both, "console")
    assert not has_newest(session, both, "BOT_FIELD_KEY", "gateway")
    assert has_newest(session, both, "BOT_FIELD_KEY", "console")
    check_keys(session, both, "gateway")
    assert has_newest(session, both, "BOT_FIELD_KEY", "gateway")


def test_what_another_process_wrote_meanwhile_is_seen(session: Session, settings: Settings) -> None:
    both = replace(settings, field_key=b"n" * 32 + settings.field_key)
    check_keys(session, settings, "gateway")
    assert not has_newest(session, both, "BOT_FIELD_KEY", "gateway")
    seen = session.get(KeyCheck, ("BOT_FIELD_KEY", "gateway"))  # held, so that the session has it still
    elsewhere = update(KeyCheck).where(KeyCheck.setting == "BOT_FIELD_KEY")
    session.connection().execute(elsewhere.values(value=seal(b"n" * 32, "x")))
    assert has_newest(session, both, "BOT_FIELD_KEY", "gateway")
    assert seen in session
