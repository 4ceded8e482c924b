"""One frozen settings object, read once from the environment; a missing secret stops the start by name."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.key_settings import KEY_BYTES, read_key, read_keys, read_secret
from bot.metrics_settings import MetricsSettings, read_metrics
from bot.settings_error import SettingsError
from bot.smtp_settings import SmtpSettings, read_smtp

__all__ = [
    "KEY_BYTES",
    "ROOT",
    "Settings",
    "SettingsError",
    "SmtpSettings",
    "TelegramSettings",
    "WhatsAppSettings",
]

ROOT = Path(__file__).resolve().parent.parent
TELEGRAM_TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{20,}")
TELEGRAM_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")

WHATSAPP = {  # each setting that is needed, and where it comes from
    "TOKEN": "the permanent token of a system user",
    "APP_SECRET": "the app's secret, which signs deliveries",
}
WHATSAPP_OPTIONAL = ("PHONE_ID", "VERIFY_TOKEN")


@dataclass(frozen=True)
class TelegramSettings:
    """The bot at Telegram: `token` from @BotFather; `secret` proves that a delivery is Telegram's (webhook only).

    `api` is the Bot API's address; `polling` asks it for messages, where no public address can be delivered to.
    """

    token: str = field(repr=False)
    secret: str = field(repr=False)
    api: str
    polling: bool

    @property
    def bot_id(self) -> str:
        """The bot's own number, the public half of its token."""
        return self.token.partition(":")[0]


@dataclass(frozen=True)
class WhatsAppSettings:
    """The number at WhatsApp: `token` lets us send from `phone_id`; deliveries are signed with an app secret.

    `phone_id`: None where Meta is to be asked for it. Two secrets while one takes the other's place;
    `verify_token` is what we told Meta to show once. `api` is the Graph API's address with its version.
    """

    token: str = field(repr=False)
    phone_id: str | None
    app_secrets: tuple[str, ...] = field(repr=False)
    verify_token: str = field(repr=False)
    api: str


@dataclass(frozen=True)
class Settings:
    """Everything a process may be told. Keys are 32 bytes (two of them: see `sealing`); ports and hosts are TCP.

    `field_key` encrypts answers and addresses, `lookup_key` hashes what is looked up, `console_key` opens the
    offices' private keys and is given to the console alone (None elsewhere). `console_url` is where officers'
    browsers find the console, as invitations name it. `operator` names who runs this bot, as people read it in
    the notice; a demonstration may leave it empty. `keep_unclear`: people may be asked whether
    messages that were not understood may be kept.
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
    console_url: str = "http://127.0.0.1:8001"
    telegram: TelegramSettings | None = None
    whatsapp: WhatsAppSettings | None = None
    smtp: SmtpSettings | None = None
    keep_unclear: bool = False
    metrics: MetricsSettings | None = None
    criteria_next: Path | None = None  # a folder as criteria/ that is not in force, to be compared with it


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
        field_key=read_keys(environ, "BOT_FIELD_KEY"),
        lookup_key=read_key(environ, "BOT_LOOKUP_KEY"),
        console_key=read_keys(environ, "BOT_CONSOLE_KEY") if console else None,
        turn_secret=read_secret(environ, "BOT_TURN_SECRET"),
        action_secret=read_secret(environ, "BOT_ACTION_SECRET"),
        turn_url=environ.get("BOT_TURN_URL", f"http://127.0.0.1:{rasa_port}"),
        action_port=_port(environ, "BOT_ACTION_PORT", 5055),
        gateway_host=environ.get("BOT_GATEWAY_HOST", "127.0.0.1"),
        gateway_port=_port(environ, "BOT_GATEWAY_PORT", 8000),
        console_host=environ.get("BOT_CONSOLE_HOST", "127.0.0.1"),
        console_port=_port(environ, "BOT_CONSOLE_PORT", 8001),
        console_url=_console_url(environ),
        languages=tuple(environ.get("BOT_LANGUAGES", "").split()),
        secure_cookies=_flag(environ, "BOT_SECURE_COOKIES"),
        operator=_operator(environ),
        telegram=read_telegram(environ),
        whatsapp=read_whatsapp(environ),
        smtp=read_smtp(environ) if console else None,
        criteria_next=Path(environ["BOT_CRITERIA_NEXT"]) if environ.get("BOT_CRITERIA_NEXT") else None,
        keep_unclear=_flag(environ, "BOT_KEEP_UNCLEAR"),
        metrics=read_metrics(environ),
    )


def read_telegram(environ: Mapping[str, str]) -> TelegramSettings | None:
    """The Telegram channel's settings, None where no token is set; `SettingsError` names what is wrong."""
    token, secret = environ.get("BOT_TELEGRAM_TOKEN", ""), environ.get("BOT_TELEGRAM_SECRET", "")
    api = environ.get("BOT_TELEGRAM_API", "https://api.telegram.org").rstrip("/")
    mode = environ.get("BOT_TELEGRAM_MODE", "webhook")
    if not token:
        return None
    if not TELEGRAM_TOKEN.fullmatch(token):
        raise SettingsError("BOT_TELEGRAM_TOKEN is not a bot's token: copy the whole one from @BotFather.")
    if mode not in {"webhook", "polling"}:
        raise SettingsError(f"BOT_TELEGRAM_MODE is «{mode}»; it must be webhook or polling.")
    if mode == "webhook" and not TELEGRAM_SECRET.fullmatch(secret):
        raise SettingsError(
            "BOT_TELEGRAM_SECRET is not set, or is not 16 to 256 letters, digits, _ and -: make one with "
            "`openssl rand -hex 32`, or set BOT_TELEGRAM_MODE=polling."
        )
    if not api.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SettingsError("BOT_TELEGRAM_API must be https://…; http:// only on this very machine.")
    return TelegramSettings(token, secret, api, mode == "polling")


def read_whatsapp(environ: Mapping[str, str]) -> WhatsAppSettings | None:
    """The WhatsApp channel's settings, None where none of them is set; `SettingsError` names what is wrong.

    Two are needed. Without a verify token of the operator's, it is one that only this installation can make.
    """
    given = {name: environ.get(f"BOT_WHATSAPP_{name}", "").strip() for name in (*WHATSAPP, *WHATSAPP_OPTIONAL)}
    api = environ.get("BOT_WHATSAPP_API", "https://graph.facebook.com/v24.0").rstrip("/")
    if not any(given.values()):
        return None
    for name, origin in WHATSAPP.items():
        if not given[name]:
            raise SettingsError(f"BOT_WHATSAPP_{name} is not set: WhatsApp needs {origin}.")
    phone_id = given["PHONE_ID"] or None
    if phone_id is not None and not (phone_id.isascii() and phone_id.isdecimal()):
        raise SettingsError("BOT_WHATSAPP_PHONE_ID must be the number's id, digits only, not the number itself.")
    secrets = tuple(secret.strip() for secret in given["APP_SECRET"].split(",") if secret.strip())
    if not 1 <= len(secrets) <= 2 or min(map(len, secrets)) < 16:
        raise SettingsError(
            "BOT_WHATSAPP_APP_SECRET must be one secret of 16 or more characters, or two and a comma."
        )
    verify_token = given["VERIFY_TOKEN"] or _own_verify_token(environ)
    if len(verify_token) < 16:
        raise SettingsError(
            "BOT_WHATSAPP_VERIFY_TOKEN is too short: take it away, and `bot whatsapp info` has one."
        )
    if not api.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SettingsError("BOT_WHATSAPP_API must be https://…; http:// only on this very machine.")
    return WhatsAppSettings(given["TOKEN"], phone_id, secrets, verify_token, api)


def _own_verify_token(environ: Mapping[str, str]) -> str:
    # The same at every start, and nothing more to keep: 64 hex digits that nobody without the key can tell.
    return hmac.new(read_key(environ, "BOT_LOOKUP_KEY"), b"whatsapp verify token", hashlib.sha256).hexdigest()


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


def _console_url(environ: Mapping[str, str]) -> str:
    port = _port(environ, "BOT_CONSOLE_PORT", 8001)
    given = environ.get("BOT_CONSOLE_URL", f"http://{environ.get('BOT_CONSOLE_HOST', '127.0.0.1')}:{port}")
    if not re.fullmatch(r"https?://[^\s/?#]+/?", given):
        raise SettingsError(f"BOT_CONSOLE_URL is «{given}»; it must be as https://console.example.org, no path.")
    return given.rstrip("/")


def _flag(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "0")
    if value not in {"0", "1"}:
        raise SettingsError(f"{name} is «{value}»; it must be 0 or 1.")
    return value == "1"
