"""Beside the message's way: the settings of the metrics, which are for the operator alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.settings_error import SettingsError

HERE = frozenset({"127.0.0.1", "::1", "localhost"})
LEAST_TOKEN = 16  # characters


@dataclass(frozen=True)
class MetricsSettings:
    """Where the gateway's metrics are asked for. `token`: what each request must bring; None on the loopback."""

    host: str
    port: int
    token: str | None = field(repr=False)


def read_metrics(environ: Mapping[str, str]) -> MetricsSettings | None:
    """The metrics' settings, None where no port is set; `SettingsError` names what is wrong."""
    port, host = environ.get("BOT_METRICS_PORT", ""), environ.get("BOT_METRICS_HOST", "127.0.0.1")
    token = environ.get("BOT_METRICS_TOKEN", "").strip() or None
    if not port:
        return None
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SettingsError(f"BOT_METRICS_PORT is «{port}»; it must be a port from 1 to 65535.")
    if port == environ.get("BOT_GATEWAY_PORT", "8000"):
        raise SettingsError("BOT_METRICS_PORT is the gateway's own, which is public: choose another.")
    if token is None and host not in HERE:
        raise SettingsError(
            "BOT_METRICS_TOKEN is not set: metrics that are not on this very machine need one, "
            "such as `openssl rand -hex 32` makes."
        )
    if token is not None and len(token) < LEAST_TOKEN:
        raise SettingsError(f"BOT_METRICS_TOKEN is too short: it must have {LEAST_TOKEN} or more characters.")
    return MetricsSettings(host, int(port), token)
