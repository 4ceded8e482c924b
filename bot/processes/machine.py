"""Beside the message's way: the machine that an installation is on, for `bot doctor`: disk, open files, clock."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from bot.processes.finding import Finding
from bot.processes.preflight import check_disk
from bot.processes.start_error import StartError
from bot.settings import Settings

ENOUGH_FREE_MB = 2000  # below it there is still a start, but a backup or a new model may find no room
LEAST_FILES = 1024  # open at once: each open chat page is one
MOST_SECONDS_OFF = 60.0  # codes of officers' telephones, and deliveries of platforms, bear little more
ASK_SECONDS = 10.0


def disk(home: Path) -> Finding:
    """Whether there is room to go on for a while."""
    try:
        check_disk(home)
    except StartError as error:
        return Finding("disk", str(error))
    free_mb = shutil.disk_usage(home).free // 1_000_000
    if free_mb < ENOUGH_FREE_MB:
        return Finding("disk", f"the disk of {home} has only {free_mb} MB left: free {ENOUGH_FREE_MB} MB soon.")
    return Finding("disk")


def open_files() -> Finding:
    """Whether a process may open as many files as people may be connected."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < LEAST_FILES:
        return Finding(
            "open files",
            f"a process may open only {most} files, and each open chat is one: raise it to {LEAST_FILES} or more "
            "(`ulimit -n 4096`, or LimitNOFILE= in the unit).",
        )
    return Finding("open files")


def clock(
    settings: Settings,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    transport: httpx.BaseTransport | None = None,
) -> Finding:
    """Whether this machine's clock agrees with the server of a channel that is on; no secret is sent there."""
    channel = settings.telegram or settings.whatsapp
    if channel is None:
        return Finding("clock not compared: neither Telegram nor WhatsApp is on")
    host = str(httpx.URL(channel.api).copy_with(raw_path=b"/"))
    try:
        with httpx.Client(transport=transport, timeout=ASK_SECONDS, trust_env=False) as client:
            theirs = parsedate_to_datetime(client.head(host).headers.get("date", ""))
    except httpx.HTTPError as error:
        return Finding(
            "clock",
            f"{host} cannot be reached ({type(error).__name__}), so nothing is sent either: let this machine "
            "out to it, and see with `date` that its clock is right.",
        )
    except ValueError:
        return Finding(f"clock not compared: {host} does not say the time")
    off = (now() - theirs).total_seconds()
    if abs(off) > MOST_SECONDS_OFF:
        return Finding(
            "clock",
            f"this machine's is {abs(off):.0f} s {'ahead' if off > 0 else 'behind'}: switch on its time service "
            "(`timedatectl set-ntp true`), or officers' codes fail.",
        )
    return Finding("clock")
