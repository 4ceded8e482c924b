"""Notes each conversation that comes in by a wire, once: `wire.py DEVICE FILE` writes `tcp ADDRESS:PORT` or `udp`.

Says a line when it begins. What the kernel itself sends (neighbours, groups) is no conversation.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import sys
from pathlib import Path

ALL, IPV4, IPV6 = 0x0003, 0x0800, 0x86DD  # <linux/if_ether.h>
NAMES = {socket.IPPROTO_TCP: "tcp", socket.IPPROTO_UDP: "udp"}
OF_THE_KERNEL = {socket.IPPROTO_ICMPV6, socket.IPPROTO_IGMP, socket.IPPROTO_HOPOPTS}
SYN, ACK = 0x02, 0x10


def read(packet: bytes, kind: int) -> str | None:
    """Who is spoken to first with this packet; None when it belongs to a conversation under way."""
    if kind == IPV4:
        protocol, to, rest = packet[9], packet[16:20], packet[(packet[0] & 0x0F) * 4 :]
    elif kind == IPV6:
        protocol, to, rest = packet[6], packet[24:40], packet[40:]
    else:
        return None
    address = ipaddress.ip_address(to)
    if protocol in OF_THE_KERNEL:
        return None
    if protocol not in NAMES:
        return f"protocol-{protocol} {address}:0"
    if protocol == socket.IPPROTO_TCP and rest[13] & (SYN | ACK) != SYN:
        return None
    return f"{NAMES[protocol]} {address}:{struct.unpack('!H', rest[2:4])[0]}"


def main() -> None:
    """Listens until it is ended."""
    device, noted = sys.argv[1:]
    seen: set[str] = set()
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ALL)) as wire:
        wire.bind((device, ALL))
        Path(noted).touch()
        sys.stdout.write("there\n")
        sys.stdout.flush()
        while True:
            packet, (_, kind, way, *_) = wire.recvfrom(65535)
            found = read(packet, kind) if way != socket.PACKET_OUTGOING else None
            if found and found not in seen:
                seen.add(found)
                with Path(noted).open("a") as out:
                    out.write(f"{found}\n")


if __name__ == "__main__":
    main()
