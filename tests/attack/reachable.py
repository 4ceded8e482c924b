"""Whom the product may speak to, and whom it must not though it is told of them."""

from __future__ import annotations

PROXY = "proxy.test"
# Our machine's whole table of names (two_hosts.py): the two messengers, and a proxy that the environment names.
NAMES = {"api.telegram.org": "203.0.113.1", "graph.facebook.com": "203.0.113.2", PROXY: "203.0.113.3"}
THE_TWO = {"tcp api.telegram.org:443", "tcp graph.facebook.com:443"}
PROXIES = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), f"http://{PROXY}:3128")


def messengers(elsewhere: str | None = None) -> dict[str, str]:
    """Settings with both on, which speak to them as soon as they start. `elsewhere` stands in for both."""
    tokens = {
        "BOT_TELEGRAM_TOKEN": f"7000000001:{'t' * 35}",
        "BOT_TELEGRAM_MODE": "polling",
        "BOT_WHATSAPP_TOKEN": "a-token-of-tests",
        "BOT_WHATSAPP_APP_SECRET": "an-app-secret-of-tests",
    }
    stand_in = {} if elsewhere is None else {"BOT_TELEGRAM_API": elsewhere, "BOT_WHATSAPP_API": elsewhere}
    return tokens | stand_in
