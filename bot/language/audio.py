"""Step 9, said: which texts have been read aloud, bound to their very words, so that a changed text has no audio.

A recording is `locales/<language>/audio/<hash>.ogg`, Opus in Ogg, mono. One that a computer made is
`<hash>.synthetic.ogg`: only a demonstration sends it. `index.csv` beside them says which text each was made for.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.language.catalogue import Catalogue, overlays
from bot.language.extract import CITY, CRITERION
from bot.language.languages import SOURCE
from bot.language.translations import PLACEHOLDER

AUDIO, INDEX = "audio", "index.csv"
COLUMNS = ("hash", "context")
ENDING, SYNTHETIC_ENDING = ".ogg", ".synthetic.ogg"
_HASH = 16  # hexadecimal digits
_NAME = re.compile(rf"[A-Za-z][A-Za-z_]{{1,15}}/[0-9a-f]{{{_HASH}}}(?:\.synthetic)?\.ogg")

State = Literal["none", "recorded", "synthetic", "stale"]


@dataclass(frozen=True)
class Recording:
    """A text read aloud. `synthetic`: by a computer, to stand in until somebody has read it."""

    path: Path
    synthetic: bool

    @property
    def name(self) -> str:
        """Language and file, by which `by_name` finds it again: `fa/0123456789abcdef.ogg`."""
        return f"{self.path.parent.parent.name}/{self.path.name}"


def text_hash(language: str, context: str, text: str) -> str:
    """The name of what is read aloud: 16 hexadecimal digits of SHA-256 over language, context and words."""
    return hashlib.sha256(f"{language}\0{context}\0{text}".encode()).hexdigest()[:_HASH]


def can_be_heard(context: str, text: str) -> bool:
    """Whether `text`, the main text of `context`, is said as it stands: nothing is put in, it stands alone.

    Titles of buttons have the context of their response; only the caller can tell them from its main text.
    """
    return bool(text.strip()) and context not in {CRITERION, CITY} and not PLACEHOLDER.search(text)


def recording(locales: Path, language: str, context: str, text: str) -> Recording | None:
    """What was recorded of `text` as it stands, else what a computer made of it, else None."""
    folder, name = locales / language / AUDIO, text_hash(language, context, text)
    for path, synthetic in ((folder / f"{name}{ENDING}", False), (folder / f"{name}{SYNTHETIC_ENDING}", True)):
        if path.is_file():
            return Recording(path, synthetic)
    return None


def audio_state(locales: Path, language: str, context: str, text: str) -> State:
    """What `recording` gives; `stale` where there is none, but an earlier text of this context was recorded."""
    found = recording(locales, language, context, text)
    if found is not None:
        return "synthetic" if found.synthetic else "recorded"
    return "stale" if context in read_index(locales, language).values() else "none"


def by_name(locales: Path, name: str, *, synthetic: bool) -> Recording | None:
    """The recording of this `Recording.name`, if it is still there; `synthetic`: whether such a one counts."""
    if not _NAME.fullmatch(name):
        return None
    language, _, file = name.partition("/")
    found = Recording(locales / language / AUDIO / file, file.endswith(SYNTHETIC_ENDING))
    return found if found.path.is_file() and (synthetic or not found.synthetic) else None


def of_response(catalogue: Catalogue, language: str, response: str, *, synthetic: bool) -> Recording | None:
    """The recording of what is said for `response` in `language`, in English where that stands in.

    None where words are put into the text when it is said. `synthetic`: whether one made by a computer counts.
    """
    english = catalogue.response(response).text
    translated = catalogue.find(language, response, english)
    text = english if translated is None else translated
    if not can_be_heard(response, text):
        return None
    spoken = (SOURCE,) if translated is None else overlays(language)
    for code in spoken:
        found = recording(catalogue.locales, code, response, text)
        if found is not None and (synthetic or not found.synthetic):
            return found
    return None


def read_index(locales: Path, language: str) -> dict[str, str]:
    """Hash to context of all that was recorded in `language`, synthetic ones left out; empty without an index."""
    path = locales / language / AUDIO / INDEX
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows: list[dict[str, str | None]] = list(csv.DictReader(file))
    told = ((row.get("hash"), row.get("context")) for row in rows)
    return {made: context for made, context in told if made and context}


def write_index(locales: Path, language: str, index: dict[str, str]) -> None:
    """`index` in the order of its contexts, so that two translators' changes meet as lines."""
    path = locales / language / AUDIO / INDEX
    ordered = sorted(index.items(), key=lambda made: (made[1], made[0]))
    with path.with_suffix(".new").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(ordered)
    path.with_suffix(".new").replace(path)
