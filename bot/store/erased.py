"""Beside the message's way: the ledger of erasures, kept in files, out of reach of every backup.

A backup that is restored is older than some erasures. The ledger says which of its rows are gone, and names
nobody: a line is a keyed hash of a random mark that only that row ever had. It is written before the erasure is
committed: an erasure that fails then is one that was asked for, and is tried again.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import structlog

from bot.settings import Settings
from bot.store.sealing import lookup_hash

# person: the row and all that hangs on it; talk: what was said, by the conversation's name; referral: the row;
# contact: how to reach the person, and the way back to them, by the referral's reference.
Kind = Literal["person", "talk", "referral", "contact"]
KEPT = timedelta(days=92)  # and no backup that is older than this is restored
LINE = re.compile(r"[0-9a-f]{64}")
_MONTH = re.compile(r"(\d{4})-(\d{2})\.log")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ledger:
    """The files in `folder`, one a month (`2026-11.log`). `key`: the one for look-ups."""

    folder: Path
    key: bytes = field(repr=False)

    def add(self, kind: Kind, marks: Iterable[str], at: datetime) -> None:
        """Write down that what `marks` name is gone, on the disk before this returns.

        A ledger that cannot be written is logged, and stops no erasure: the person asked for it now.
        """
        lines = [self._line(kind, mark) for mark in marks]
        if not lines:
            return
        try:
            self._append(f"{at:%Y-%m}.log", "\n".join(lines))
        except OSError as error:
            log.critical("erased.unwritten", rows=len(lines), errno=error.errno)

    def known(self) -> frozenset[str]:
        """Every line of every file; empty without a folder. A line cut short by a kill is none."""
        files = sorted(self.folder.glob("*.log"))
        found = (line for file in files for line in file.read_text(encoding="ascii", errors="replace").split("\n"))
        return frozenset(line for line in found if LINE.fullmatch(line))

    def holds(self, known: frozenset[str], kind: Kind, mark: str) -> bool:
        """Whether `known`, as `known()` gave it, says that what `mark` names is gone."""
        return self._line(kind, mark) in known

    def forget(self, at: datetime) -> int:
        """Delete the files of months that ended `KEPT` ago or earlier; how many there were."""
        old = [file for file in self.folder.glob("*.log") if _is_over(file.name, at - KEPT)]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _line(self, kind: Kind, mark: str) -> str:
        return lookup_hash(self.key, "erased", kind, mark)

    def _append(self, name: str, lines: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # A line break in front too: what a kill cut short before stays a line of its own.
            file.write(f"\n{lines}\n")
            file.flush()
            os.fsync(file.fileno())


def ledger_of(settings: Settings) -> Ledger:
    """The ledger of this installation, in `BOT_HOME/erased`."""
    return Ledger(settings.home / "erased", settings.lookup_key)


def _is_over(name: str, at: datetime) -> bool:
    month = _MONTH.fullmatch(name)
    return month is not None and (int(month[1]), int(month[2])) < (at.year, at.month)
