"""Step 9, said: one language's translations, straight from its `.po` file; a broken one counts as missing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from babel.messages.pofile import PoFileError, read_po

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
        except FileNotFoundError:
            self._stamp, self._words = None, {}
            return
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp == self._stamp:
            return
        try:
            words = _read(self.path)
        except (PoFileError, ValueError) as error:
            # Half-written or spoilt: what was read before goes on serving.
            log.error("catalogue.unreadable", file=str(self.path), error=type(error).__name__)  # noqa: TRY400
        else:
            self._words = words
        self._stamp = stamp


def _read(path: Path) -> dict[Key, str]:
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
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
