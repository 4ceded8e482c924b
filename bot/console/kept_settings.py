"""Beside the message's way: the settings of a command run by hand, with the secrets that `bot run` keeps."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.processes.secrets_file import read_secrets, secrets_path
from bot.settings import ROOT, Settings, read_settings


def kept_settings(environ: Mapping[str, str], *, console: bool = False) -> Settings:
    """`read_settings`, where what the environment lacks is taken from the file that `bot run` made."""
    # Who runs the bot is for people to read, and a command says nothing to people: it is not asked for here.
    unsaid = {"BOT_OPERATOR": "-"}
    home = Path(environ.get("BOT_HOME", ROOT / "var")).resolve()
    return read_settings({**unsaid, **read_secrets(secrets_path(environ, home)), **environ}, console=console)
