"""Beside step 9: what a check says of a text, and where in which file that text stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "banned",
    "blank",
    "digits",
    "fuzzy",
    "glossary",
    "header",
    "hidden",
    "isolate",
    "left over",
    "letters",
    "limit",
    "missing",
    "number",
    "placeholder",
    "plural",
    "same titles",
    "script",
    "template",
    "unchanged",
    "unreviewed",
    "untranslated",
]
_SHOWN = 50  # characters of English that name a string in a finding


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a text: its kind, and in `wrong` what it is and what to do, for a translator."""

    kind: Kind
    wrong: str


@dataclass(frozen=True)
class Finding:
    """A fault and where it is: the file, and the string by its context and English (empty: the whole file)."""

    file: str
    fault: Fault
    context: str = ""
    english: str = ""

    @property
    def kind(self) -> Kind:
        """The kind of its fault."""
        return self.fault.kind

    @property
    def wrong(self) -> str:
        """What is wrong, and what to do."""
        return self.fault.wrong

    @property
    def where(self) -> str:
        """The file and the string, as a translator finds it in an editor."""
        if not self.context:
            return self.file
        line = self.english.partition("\n")[0]
        shown = line if len(line) <= _SHOWN else line[:_SHOWN].rstrip() + "…"
        return f"{self.file}: {self.context}" + (f" «{shown}»" if shown else "")

    def __str__(self) -> str:
        return f"{self.where}: {self.wrong}"
