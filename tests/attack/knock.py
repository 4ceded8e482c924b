"""Which ports open to a knock: `knock.py ADDRESS… -- PORT…` prints them by address, as JSON."""

from __future__ import annotations

import json
import socket
import sys

PATIENCE = 2.0  # seconds; a port that is shut says so at once


def opens(address: str, port: int) -> bool:
    """Whether somebody there takes the connection."""
    try:
        with socket.create_connection((address, port), PATIENCE):
            return True
    except OSError:
        return False


def main() -> None:
    """Knocks at each."""
    at = sys.argv.index("--")
    addresses, ports = sys.argv[1:at], [int(port) for port in sys.argv[at + 1 :]]
    json.dump({address: [port for port in ports if opens(address, port)] for address in addresses}, sys.stdout)


if __name__ == "__main__":
    main()
