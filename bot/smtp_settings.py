"""Beside the message's way: the settings of the mail server that takes reminders to offices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings_error import SettingsError

PORTS = {"tls": 465, "starttls": 587, "none": 25}  # usual for each kind of security


@dataclass(frozen=True)
class SmtpSettings:
    """The mail server. `security`: tls (from the start), starttls, or none (on this very machine only)."""

    host: str
    port: int
    sender: str
    user: str
    password: str = field(repr=False)
    security: str


def read_smtp(environ: Mapping[str, str]) -> SmtpSettings | None:
    """The mail server's settings, None where no host is set; `SettingsError` names what is wrong."""
    host, sender = environ.get("BOT_SMTP_HOST", "").strip(), environ.get("BOT_SMTP_FROM", "").strip()
    security = environ.get("BOT_SMTP_SECURITY", "starttls")
    if not host:
        return None
    if security not in PORTS:
        raise SettingsError(f"BOT_SMTP_SECURITY is «{security}»; it must be tls, starttls or none.")
    if security == "none" and host not in {"127.0.0.1", "localhost"}:
        raise SettingsError("BOT_SMTP_SECURITY may be none only where BOT_SMTP_HOST is this very machine.")
    port = environ.get("BOT_SMTP_PORT", str(PORTS[security]))
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(f"BOT_SMTP_PORT is «{port}»; it must be a port from 1 to 65535.")
    if "@" not in sender:
        raise SettingsError("BOT_SMTP_FROM is not an address: give the one that reminders to offices come from.")
    user, password = environ.get("BOT_SMTP_USER", ""), environ.get("BOT_SMTP_PASSWORD", "")
    if bool(user) != bool(password):
        raise SettingsError("BOT_SMTP_USER and BOT_SMTP_PASSWORD go together: set both, or neither.")
    return SmtpSettings(host, int(port), sender, user, password, security)
