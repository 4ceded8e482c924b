"""Beside the message's way: what `bot run`, and the commands beside it, take for granted on one machine."""

from __future__ import annotations

from collections.abc import Mapping

DEFAULTS = {"BOT_DEMO": "1", "BOT_RASA_PORT": "5005", "BOT_ACTION_PORT": "5055"}


def with_defaults(environ: Mapping[str, str]) -> dict[str, str]:
    """`environ`, where nothing else is said: a demo, on the usual ports. `BOT_DEMO=0` makes it a service."""
    return {**DEFAULTS, **environ}
