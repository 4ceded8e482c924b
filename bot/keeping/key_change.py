"""Beside the message's way: the steps of `bot secrets rotate` and `bot secrets drop`, in the file of secrets."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from sqlalchemy import Engine

from bot.console.kept_settings import kept_settings
from bot.keeping.rotation import drop_recovery_codes, left_under_old, note_stopped, seal_all_anew
from bot.processes.preflight import is_free
from bot.processes.secrets_file import change_secret, new_key, read_secrets
from bot.processes.start_error import StartError
from bot.settings import KEY_BYTES, Settings
from bot.store.database import open_database, transaction
from bot.store.key_check import PROCESSES, check_keys, has_newest

WAIT_SECONDS = 120.0  # how long `rotate` waits for the processes to be started with both keys
LOOK_SECONDS = 0.5
CONSOLE_KEY = "BOT_CONSOLE_KEY"
Tell = Callable[[str], None]


def rotate_key(
    environ: Mapping[str, str], path: Path, setting: str, tell: Tell, wait_seconds: float = WAIT_SECONDS
) -> None:
    """A new key in front of the old one, and everything sealed with it; `StartError` says what is in the way."""
    keys = _kept(environ, path, setting).split(",")
    engine = open_database(kept_settings(environ, console=True).database_url)
    try:
        with transaction(engine) as session:
            check_keys(session, kept_settings(environ, console=True))
        if len(keys) == 1:
            change_secret(path, setting, ",".join((new_key(), *keys)))
            tell(f"{path}: {setting} has a new key in front of the old one; keep a copy of the file")
        settings = kept_settings(environ, console=True)
        key = _key(settings, setting)
        _wait_until_known(engine, settings, setting, wait_seconds)
        done = seal_all_anew(engine, setting, key)
        with transaction(engine) as session:
            left = left_under_old(session, setting, key)
    finally:
        engine.dispose()
    tell(f"{done} fields sealed anew, {left} left under the old key")
    tell(f"now `bot secrets drop {setting}`" if not left else f"again: `bot secrets rotate {setting}`")


def drop_old_key(environ: Mapping[str, str], path: Path, setting: str, tell: Tell) -> None:
    """The old key out of the file of secrets; `StartError` while anything is sealed with it."""
    newest, *older = _kept(environ, path, setting).split(",")
    if not older:
        raise StartError(f"{setting} has one key alone: there is none to drop.")
    settings = kept_settings(environ, console=True)
    engine = open_database(settings.database_url)
    try:
        with transaction(engine) as session:
            left = left_under_old(session, setting, _key(settings, setting))
            if left:
                raise StartError(f"{left} fields need the old key: `bot secrets rotate {setting}` first.")
            officers = drop_recovery_codes(session) if setting == CONSOLE_KEY else 0
    finally:
        engine.dispose()
    change_secret(path, setting, newest)
    tell(f"{path}: {setting} has the new key alone; backups made before need the old one: keep its copy")
    if officers:
        tell(f"the recovery codes of {officers} officers are void: each makes new ones on their own page")


def _kept(environ: Mapping[str, str], path: Path, setting: str) -> str:
    if environ.get(setting):
        raise StartError(
            f"{setting} is set in the environment: put it into {path} instead, where it can be changed."
        )
    value = read_secrets(path).get(setting)
    if not value:
        raise StartError(f"{path} has no {setting}: run `bot secrets`, or put the file back from its copy.")
    return value


def _key(settings: Settings, setting: str) -> bytes:
    return (settings.console_key or b"") if setting == CONSOLE_KEY else settings.field_key


def _wait_until_known(engine: Engine, settings: Settings, setting: str, seconds: float) -> None:
    """Return when each process that runs was started with both keys: without, it could not read on."""
    deadline = time.monotonic() + seconds
    while waiting := _without_newest(engine, settings, setting):
        if time.monotonic() > deadline:
            raise StartError(
                f"The {' and the '.join(waiting)} run without the new key: start them anew with the {setting} of "
                f"the file, and then `bot secrets rotate {setting}` again. Nothing is sealed anew yet."
            )
        time.sleep(LOOK_SECONDS)


def _without_newest(engine: Engine, settings: Settings, setting: str) -> list[str]:
    places = {
        "gateway": (settings.gateway_host, settings.gateway_port),
        "console": (settings.console_host, settings.console_port),
    }
    # The gateway is not given the console's key.
    concerned = PROCESSES if setting != CONSOLE_KEY else ("console",)
    running = [name for name in concerned if not is_free(*places[name])]
    with transaction(engine) as session:
        stopped = [name for name in concerned if name not in running]
        note_stopped(session, setting, _key(settings, setting)[:KEY_BYTES], stopped)
        return [name for name in running if not has_newest(session, settings, setting, name)]
