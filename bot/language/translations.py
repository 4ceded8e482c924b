"""Step 9, said: one language's translations, straight from its `.po` file; a broken one counts as missing."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

UNREADABLE = (PoFileError, ValueError, LookupError)
_LINE = re.compile(rb'\s*(?:#.*|(?:msg[a-z_]+(?:\[\d+\])?\s*)?"(?:[^"\\]|\\.)*"\s*)')
PLACEHOLDER = re.compile(r"\{(\w+)\}")

Key = tuple[str, str]  # msgctxt, msgid
log = structlog.get_logger(__name__)


@dataclass
class Translations:
    """The translations in one `.po` file, read again when the file changes. A file that is not there is empty."""

    path: Path
    _stamp: tuple[int, int] | None = field(default=None, init=False)
    _words: Mapping[Key, str] = field(default_factory=dict, init=False)

    def get(self, context: str, msgid: str) -> str | None:
        """The translation of `msgid` in `context` (a response's name), or None: missing, fuzzy or broken."""
        self._refresh()
        return self._words.get((context, msgid))

    def _refresh(self) -> None:
        try:
            status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self._stamp, self._words = None, {}
            return
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp == self._stamp:
            return
        try:
            words = _read(self.path)
        except (*UNREADABLE, OSError) as error:
            # Half-written, spoilt or locked away: what was read before goes on serving.
            log.error("catalogue.unreadable", file=str(self.path), error=type(error).__name__)  # noqa: TRY400
        else:
            self._words = words
        self._stamp = stamp


def parsed(raw: bytes) -> Catalog:
    """A whole `.po` file as Babel reads it; one of `UNREADABLE` if it is cut off or spoilt."""
    raw = raw.removeprefix(codecs.BOM_UTF8)
    for number, line in enumerate(raw.splitlines(), start=1):
        # Babel takes a string that lacks its end without a word, and a person would read half a sentence.
        if line.strip() and not _LINE.fullmatch(line):
            raise ValueError(f"line {number} is cut off or has a quotation mark too many")
    return read_po(io.BytesIO(raw), abort_invalid=True)


def _read(path: Path) -> dict[Key, str]:
    catalogue = parsed(path.read_bytes())
    words: dict[Key, str] = {}
    for message in catalogue:
        msgid, translation = message.id, message.string
        if not msgid or not isinstance(msgid, str) or not isinstance(translation, str):
            continue
        if translation.strip() and not message.fuzzy:
            if broken(msgid, translation):
                log.warning("catalogue.broken_placeholder", file=str(path), response=message.context)
            else:
                words[(message.context or "", msgid)] = translation
    return words


def broken(msgid: str, translation: str) -> bool:
    """Whether `translation` has not exactly the placeholders of `msgid`, or a stray brace."""
    rest = PLACEHOLDER.sub("", translation)
    stray = set("{}") & set(rest) and not set("{}") & set(PLACEHOLDER.sub("", msgid))
    return bool(stray) or set(PLACEHOLDER.findall(msgid)) != set(PLACEHOLDER.findall(translation))
