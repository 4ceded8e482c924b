"""`bot talk` over an engine on this machine: a real process, real words, throw-away keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from turns import says

from bot.settings import ROOT

pytestmark = pytest.mark.network


class Engine(BaseHTTPRequestHandler):
    """Asks for the age at every turn, and remembers what it was sent."""

    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        type(self).asked.append(request)
        body = json.dumps(says("ask_age")).encode()
        self.send_response(200 if self.headers["x-turn-secret"] == "shared" else 403)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def engine() -> Iterator[str]:
    Engine.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def talk(home: Path, typed: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "talk", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "BOT_TURN_SECRET": "shared", "TMPDIR": str(home)},
        timeout=120,
    )


def test_a_talk_in_persian_from_its_first_line_to_its_end(engine: str, tmp_path: Path) -> None:
    ended = talk(tmp_path, "سلام\n1\n", "--language", "fa", "--turn-url", engine)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("  1 > ") == 3
    assert [request["message"] for request in Engine.asked] == [
        {"text": "start"},
        {"text": "سلام"},
        {"tap": {"intent": "inform", "entities": {"answer": "adult"}}, "typed": False},
    ]
    assert {request["language"] for request in Engine.asked} == {"fa"}
    assert list(tmp_path.iterdir()) == []  # the temporary files are gone


def test_a_language_that_is_not_offered_is_named(engine: str, tmp_path: Path) -> None:
    ended = talk(tmp_path, "", "--language", "xx", "--turn-url", engine)
    assert ended.returncode == 2
    assert "xx" in ended.stderr
    assert Engine.asked == []
