"""A copy of `criteria/` in which something of every kind is another."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from bot.settings import ROOT

IN_FORCE = ROOT / "criteria"
# Thailand is a member no more, Laos takes France's place, Nepal is suspended, Somalia is a member.
EDITS: tuple[tuple[str, str, str], ...] = (
    ("members.csv", r"^TH,.*\n", ""),
    ("members.csv", r"^(LA,[^,]*,[^,]*),yes", r"\1,unclear"),
    ("members.csv", r"\Z", "SO,Somalia,member_state,yes,Soomaaliya,none,high,A new one,A letter\n"),
    ("suspended_origins.csv", r"\Z", "NP,2026-11-20,A letter\n"),
    ("signs.yml", "strictly voluntary", "entirely voluntary"),
    ("version.yml", "2026-11-22", "2026-12-01"),
)


def copied(folder: Path) -> Path:
    """The criteria in force, in a folder of their own."""
    shutil.copytree(IN_FORCE, folder, dirs_exist_ok=True)
    return folder


def changed(folder: Path, edits: tuple[tuple[str, str, str], ...] = EDITS) -> Path:
    """A copy with edits: file, pattern, what takes its place once."""
    copied(folder)
    for name, old, new in edits:
        text = (folder / name).read_text(encoding="utf-8")
        text, times = re.subn(old, new, text, count=1, flags=re.MULTILINE)
        assert times == 1, (name, old)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
