"""Step 8 of the message's way: words on a page, with the language that they are in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """Words of one language, with what an element that holds them must say of it."""

    text: str
    language: str
    direction: str
