"""What listens on a machine, and whom it is connected to, as its kernel says (`/proc`)."""

from __future__ import annotations

import ipaddress
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LISTEN = "0A"  # <net/tcp_states.h>
EVERYWHERE = {"0.0.0.0", "::"}


@dataclass(frozen=True, order=True)
class Listener:
    """A TCP port that is open at `address` of the machine."""

    address: str
    port: int

    def is_inner(self) -> bool:
        """Whether only this very machine can reach it."""
        return ipaddress.ip_address(self.address).is_loopback


def listeners(pid: int) -> set[Listener]:
    """All that listens in the network of the process `pid`."""
    return {local for local, _, state, _ in _sockets(pid) if state == LISTEN}


def own_listeners(pid: int) -> set[Listener]:
    """What the process `pid` itself listens on."""
    return {local for local, _, state, inode in _sockets(pid) if state == LISTEN and inode in _inodes(pid)}


def outer_peers(pid: int) -> set[str]:
    """The addresses of other machines that the process `pid` is connected to, or tries to be."""
    held = _inodes(pid)
    peers = {peer for _, peer, state, inode in _sockets(pid) if state != LISTEN and inode in held}
    return {peer.address for peer in peers if not peer.is_inner()}


def _inodes(pid: int) -> set[str]:
    links = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()]
    return set(re.findall(r"socket:\[(\d+)\]", " ".join(links)))


def _sockets(pid: int) -> Iterator[tuple[Listener, Listener, str, str]]:
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            part = line.split()
            yield _read(part[1]), _read(part[2]), part[3], part[9]


def _read(written: str) -> Listener:
    # The kernel writes an address as words of 32 bits in this machine's own order of bytes.
    address, port = written.split(":")
    words = [int(address[at : at + 8], 16) for at in range(0, len(address), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    found = ipaddress.ip_address(packed)
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return Listener(str(mapped or found), int(port, 16))
