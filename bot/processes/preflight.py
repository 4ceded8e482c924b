"""Beside the message's way: what must be so before anything starts; the first thing wrong stops it."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

from bot.processes.roster import RASA_PYTHON
from bot.processes.start_error import StartError
from bot.settings import Settings

LEAST_FREE_MB = 500


def check_environments() -> None:
    """`StartError` unless Rasa's environment is there (ours runs this)."""
    if not RASA_PYTHON.exists():
        raise StartError(f"{RASA_PYTHON} is missing: run `make run`, which builds Rasa's environment.")


def check_disk(home: Path) -> None:
    """`StartError` when the disk of the home folder has less than `LEAST_FREE_MB` left. Makes the folder."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(home).free // 1_000_000
    except OSError as error:
        raise StartError(
            f"{home} cannot be written ({error.strerror}): set BOT_HOME to a folder that can."
        ) from error
    if free_mb < LEAST_FREE_MB:
        raise StartError(f"The disk of {home} has {free_mb} MB left: free at least {LEAST_FREE_MB} MB.")


def ports(settings: Settings, rasa_port: int) -> list[tuple[str, int, str]]:
    """Where the processes listen: host, port, and the setting that moves it."""
    metrics = settings.metrics
    return [
        ("127.0.0.1", rasa_port, "BOT_RASA_PORT"),
        ("127.0.0.1", settings.action_port, "BOT_ACTION_PORT"),
        (settings.gateway_host, settings.gateway_port, "BOT_GATEWAY_PORT"),
        (settings.console_host, settings.console_port, "BOT_CONSOLE_PORT"),
        *([(metrics.host, metrics.port, "BOT_METRICS_PORT")] if metrics else []),
    ]


def check_ports(wanted: list[tuple[str, int, str]]) -> None:
    """`StartError` names the first port that is taken, or wanted twice, and the setting that moves it."""
    seen: dict[int, str] = {}
    for host, port, setting in wanted:
        if port in seen:
            raise StartError(f"{seen[port]} and {setting} are both {port}: give one of them another port.")
        seen[port] = setting
        if not is_free(host, port):
            raise StartError(
                f"Port {port} of {host} is taken: stop what listens there (the bot itself, perhaps), "
                f"or choose another port with {setting}."
            )


def is_free(host: str, port: int) -> bool:
    """Whether a process of ours could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do: a connection that is only waiting to be forgotten does not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
