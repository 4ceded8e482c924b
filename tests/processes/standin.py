"""A small program in the place of a real one: answers /healthz on a port, or misbehaves as told.

`standin.py PORT [--deaf] [--child FILE]`: --deaf ignores SIGTERM; --child starts a sleeping grandchild and writes
its pid to FILE.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--deaf", action="store_true")
    parser.add_argument("--child", type=Path)
    args = parser.parse_args()
    if args.deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if args.child:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        args.child.write_text(str(child.pid))
    HTTPServer(("127.0.0.1", args.port), Health).serve_forever()


if __name__ == "__main__":
    main()
