"""Beside the message's way: a wrong key is told at the start, by what was sealed with the right one before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.settings import Settings
from bot.settings_error import SettingsError
from bot.store.models import KeyCheck, Office, Person
from bot.store.sealing import KEY_BYTES, fits, lookup_hash, seal

PROCESSES = ("gateway", "console")


@dataclass(frozen=True)
class Kind:
    """How the key of one setting is checked: what is kept of it, and whether what is kept is its own."""

    make: Callable[[bytes, str], bytes]
    is_own: Callable[[bytes, str, bytes], bool]


def _sealed(key: bytes, setting: str) -> bytes:
    return seal(key, setting)


def _is_sealed(key: bytes, _setting: str, kept: bytes) -> bool:
    return fits(key, kept)


def _hashed(key: bytes, setting: str) -> bytes:
    return lookup_hash(key, "check", setting).encode()


def _is_hashed(key: bytes, setting: str, kept: bytes) -> bool:
    return _hashed(key, setting) == kept


SEALING, HASHING = Kind(_sealed, _is_sealed), Kind(_hashed, _is_hashed)


def check_keys(session: Session, settings: Settings, process: str | None = None) -> None:
    """`SettingsError` names the first setting whose key is not the one that this database was written with.

    `process`, one of `PROCESSES`, notes that it has these keys now; a command (None) only looks.
    """
    for setting, (kind, key) in _checked(settings).items():
        kept = session.scalars(select(KeyCheck).where(KeyCheck.setting == setting)).all()
        values = [row.value for row in kept]
        right = (
            all(kind.is_own(key, setting, value) for value in values) if values else _opens(session, setting, key)
        )
        if not right:
            raise SettingsError(
                f"{setting} is not the key that this database was written with: put the secrets of this database "
                "back from their copy (secrets.env), or restore the backup that belongs to this key."
            )
        if process is not None:
            session.merge(KeyCheck(setting=setting, process=process, value=kind.make(key, setting)))
    session.flush()


def has_newest(session: Session, settings: Settings, setting: str, process: str) -> bool:
    """Whether `process`, when it last started, sealed with the newest key of this setting."""
    row = session.get(KeyCheck, (setting, process), populate_existing=True)
    return row is not None and fits(_checked(settings)[setting][1][:KEY_BYTES], row.value)


def _checked(settings: Settings) -> Mapping[str, tuple[Kind, bytes]]:
    checked = {"BOT_FIELD_KEY": (SEALING, settings.field_key), "BOT_LOOKUP_KEY": (HASHING, settings.lookup_key)}
    if settings.console_key is not None:
        checked["BOT_CONSOLE_KEY"] = (SEALING, settings.console_key)
    return checked


def _opens(session: Session, setting: str, key: bytes) -> bool:
    """Whether the key opens what is there, in a database from before there were such checks."""
    columns = {"BOT_FIELD_KEY": select(Person.address), "BOT_CONSOLE_KEY": select(Office.private_key)}
    found = session.scalar(columns[setting].limit(1)) if setting in columns else None
    return found is None or fits(key, found)
