"""Beside the message's way: the strings of one language with their state, as the workshop lists them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog

from bot.language.audio import audio_state, can_be_heard
from bot.language.extract import Entry
from bot.language.folding import fold
from bot.language.gates.limits import Limit, length, limit_of
from bot.language.gates.rendering import rendered
from bot.language.inspection import CatalogueError, check_file, read_catalogue
from bot.language.translations import broken
from bot.language.wording import Wording
from bot.workshop.seen import Key
from bot.workshop.stage import Stage

STATES = ("translated", "fuzzy", "missing")
AUDIO = ("recorded", "stale", "synthetic", "none")


@dataclass(frozen=True)
class Row:
    """A string: its translation as it stands in the file, its state, what the gates find, how long it is.

    `audio` is empty where nothing can be recorded. `used` counts as the platforms count (UTF-16 units).
    """

    id: str
    entry: Entry
    text: str
    state: str
    findings: tuple[str, ...]
    used: int
    limit: Limit
    audio: str

    @property
    def key(self) -> Key:
        """Context and English."""
        return self.entry.context, self.entry.english


def string_id(key: Key) -> str:
    """A string's name in addresses: twelve hexadecimal digits."""
    return hashlib.sha256("\0".join(key).encode()).hexdigest()[:12]


def read_rows(stage: Stage, language: str) -> list[Row]:
    """All strings of a language in the order of the template; `CatalogueError` if its file is half written."""
    path = stage.file(language)
    catalogue = read_catalogue(path)
    wrong: dict[Key, list[str]] = defaultdict(list)
    for finding in check_file(stage.sources, path):
        if finding.kind not in {"missing", "fuzzy"}:
            wrong[(finding.context, finding.english)].append(finding.wrong)
    wording = Wording(stage.sources.catalogue, language)
    return [_row(stage, wording, catalogue, entry, wrong) for entry in stage.sources.found]


def _row(
    stage: Stage, wording: Wording, catalogue: Catalog, entry: Entry, wrong: Mapping[Key, Sequence[str]]
) -> Row:
    key, language = (entry.context, entry.english), wording.language.code
    message = catalogue.get(entry.english, entry.context)
    text = message.string if message is not None and isinstance(message.string, str) else ""
    state = "missing" if not text.strip() else "fuzzy" if message is not None and message.fuzzy else "translated"
    response = stage.sources.catalogue.responses().get(entry.context)
    said = text if not text or broken(entry.english, text) else rendered(wording, entry.context, text)
    heard = state == "translated" and not entry.is_title and can_be_heard(entry.context, text)
    return Row(
        id=string_id(key),
        entry=entry,
        text=text,
        state=state,
        findings=tuple(wrong.get(key, ())),
        used=length(said),
        limit=limit_of(entry.context, response, is_title=entry.is_title),
        audio=audio_state(stage.locales, language, entry.context, text) if heard else "",
    )


def chosen(rows: Sequence[Row], state: str, words: str) -> list[Row]:
    """Those in `state` ("found": with a finding; empty: all) that have `words` in a text or the context."""
    sought = fold(words)
    return [
        row
        for row in rows
        if (not state or state == row.state or (state == "found" and row.findings) or state == row.audio)
        and (not sought or sought in fold(" ".join((row.entry.context.replace("_", " "), *row.key, row.text))))
    ]


def progress(rows: Sequence[Row]) -> dict[str, int]:
    """How many strings are in each state, have a finding, can be recorded, and are recorded."""
    count = Counter(row.state for row in rows)
    return {
        **{state: count[state] for state in STATES},
        "found": sum(bool(row.findings) for row in rows),
        "recorded": sum(row.audio == "recorded" for row in rows),
        "audible": sum(bool(row.audio) for row in rows),
        "all": len(rows),
    }


@dataclass
class Kept:
    """The rows of each language as long as its file and its recordings stay as they are."""

    stage: Stage
    _rows: dict[str, tuple[str, list[Row]]]

    def rows(self, language: str) -> list[Row]:
        """As `read_rows`; those read before, while the file is half written."""
        now = stamp(self.stage, language)
        if language not in self._rows or self._rows[language][0] != now:
            try:
                self._rows[language] = (now, read_rows(self.stage, language))
            except CatalogueError:
                if language not in self._rows:
                    raise
        return self._rows[language][1]


def stamp(stage: Stage, language: str) -> str:
    """Changes whenever the catalogue of a language or one of its recordings does."""
    file, folder = stage.file(language), stage.locales / language / "audio"
    return ".".join(_time(path) for path in (file, folder, stage.locales / language / "glossary.csv"))


def _time(path: Path) -> str:
    try:
        return f"{path.stat().st_mtime_ns:x}-{path.stat().st_size:x}"
    except FileNotFoundError:
        return "0"
