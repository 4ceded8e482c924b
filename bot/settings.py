"""One frozen settings object, read once from the environment; a missing secret stops the start by name."""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEY_BYTES = 32


class SettingsError(Exception):
    """A setting is missing or malformed; the message names the variable and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything a process may be told. Keys are 32 bytes; ports and hosts are TCP.

    `field_key` encrypts answers and addresses, `lookup_key` hashes what is looked up, `console_key` opens the
    offices' private keys and is given to the console alone (None elsewhere). `operator` names who runs this
    bot, as people read it in the notice; a demonstration may leave it empty.
    """

    home: Path
    database_url: str
    demo: bool
    field_key: bytes
    lookup_key: bytes
    console_key: bytes | None
    turn_secret: str
    action_secret: str
    turn_url: str
    action_port: int
    gateway_host: str
    gateway_port: int
    console_host: str
    console_port: int
    languages: tuple[str, ...]
    secure_cookies: bool
    operator: str = ""


def read_settings(environ: Mapping[str, str] = os.environ, *, console: bool = False) -> Settings:
    """The settings of this process; `SettingsError` names the first variable that is missing or wrong.

    `console=True` also demands `BOT_CONSOLE_KEY`, which no public process should hold.
    """
    home = Path(environ.get("BOT_HOME", ROOT / "var")).resolve()
    rasa_port = _port(environ, "BOT_RASA_PORT", 5005)
    return Settings(
        home=home,
        database_url=environ.get("BOT_DATABASE_URL", f"sqlite:///{home / 'bot.sqlite3'}"),
        demo=_flag(environ, "BOT_DEMO"),
        field_key=_key(environ, "BOT_FIELD_KEY"),
        lookup_key=_key(environ, "BOT_LOOKUP_KEY"),
        console_key=_key(environ, "BOT_CONSOLE_KEY") if console else None,
        turn_secret=_secret(environ, "BOT_TURN_SECRET"),
        action_secret=_secret(environ, "BOT_ACTION_SECRET"),
        turn_url=environ.get("BOT_TURN_URL", f"http://127.0.0.1:{rasa_port}"),
        action_port=_port(environ, "BOT_ACTION_PORT", 5055),
        gateway_host=environ.get("BOT_GATEWAY_HOST", "127.0.0.1"),
        gateway_port=_port(environ, "BOT_GATEWAY_PORT", 8000),
        console_host=environ.get("BOT_CONSOLE_HOST", "127.0.0.1"),
        console_port=_port(environ, "BOT_CONSOLE_PORT", 8001),
        languages=tuple(environ.get("BOT_LANGUAGES", "").split()),
        secure_cookies=_flag(environ, "BOT_SECURE_COOKIES"),
        operator=_operator(environ),
    )


def _secret(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise SettingsError(f"{name} is not set. Run `bot secrets` to make one, or set it in the environment.")
    return value


def _key(environ: Mapping[str, str], name: str) -> bytes:
    try:
        key = base64.b64decode(_secret(environ, name), validate=True)
    except binascii.Error as error:
        raise SettingsError(f"{name} is not valid base64: give {KEY_BYTES} bytes in base64.") from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{name} has {len(key)} bytes; it must have {KEY_BYTES}, in base64.")
    return key


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    value = environ.get(name, str(default))
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name} is «{value}»; it must be a port from 1 to 65535.")
    return int(value)


def _operator(environ: Mapping[str, str]) -> str:
    name = environ.get("BOT_OPERATOR", "").strip()
    if not name and not _flag(environ, "BOT_DEMO"):
        raise SettingsError("BOT_OPERATOR is not set. Name who runs this bot: people read it in the notice.")
    return name


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "0")
    if value not in {"0", "1"}:
        raise SettingsError(f"{name} is «{value}»; it must be 0 or 1.")
    return value == "1"
