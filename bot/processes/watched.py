"""Beside the message's way: tells that a file is another one than before, such as the file of secrets."""

from __future__ import annotations

from pathlib import Path


class Watched:
    """A file at `path` that is written whole and moved into its place, as our own files of secrets are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._was = self._stamp()

    def changed(self) -> bool:
        """Whether it is another than when this was asked before. A file that is away has not changed."""
        was, found = self._was, self._stamp()
        self._was = found or was
        return found is not None and found != was

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino
