"""Beside the message's way: one thing that `bot doctor` looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_NAMED = 3  # of several


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, and what is wrong and to be done about it (empty when nothing is)."""

    what: str
    wrong: str = ""


def some_of(names: Sequence[str]) -> str:
    """The first few of `names`, in one line."""
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
