"""`make reach`: the whole product on a machine made for it: who reaches it from another, and whom it speaks to.

Twice: with neither messenger, and with both. A talk is begun each time. Tells what it finds; 1 if any is wrong.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent))

from listeners import EVERYWHERE  # noqa: E402 - found through the line above
from reachable import NAMES, PROXIES, THE_TWO, messengers  # noqa: E402
from two_hosts import OURS, TwoHosts, can_be_apart, two_hosts  # noqa: E402

PATIENCE = 240.0  # seconds, until all four are ready
QUIET = 20.0  # seconds in which nothing more may be said to anybody
ALL_PORTS = range(1, 65536)
PUBLIC = 8000


def started(hosts: TwoHosts, home: Path, messenger_settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """`bot run` on our machine, ready."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
    ours = {"BOT_HOME": str(home), "BOT_GATEWAY_HOST": "0.0.0.0", "BOT_METRICS_PORT": "9464"}
    told = home / "told.txt"
    with told.open("w") as out:
        command = hosts.here(sys.executable, "-m", "bot", "run")
        environ = {**plain, **PROXIES, **ours, **messenger_settings}
        process = subprocess.Popen(command, env=environ, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    end = time.monotonic() + PATIENCE
    while "Ctrl-C" not in told.read_text():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            sys.exit(f"bot run did not start:\n{told.read_text()}")
        time.sleep(0.5)
    return process


def say(*words: object) -> None:
    """One line, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def look(hosts: TwoHosts, home: Path, expected: set[str], messenger_settings: dict[str, str]) -> bool:
    """Whether all is as it should be, and what is found told."""
    process = started(hosts, home, messenger_settings)
    try:
        talk = [sys.executable, str(HERE / "begin_talk.py"), f"http://127.0.0.1:{PUBLIC}/"]
        talked = subprocess.run(hosts.here(*talk), check=False, timeout=PATIENCE).returncode == 0
        time.sleep(QUIET)
        listening, opened = sorted(hosts.listening()), hosts.knock(ALL_PORTS)
        spoken = hosts.spoken_to()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)
    say("listening:", ", ".join(f"{each.address}:{each.port}" for each in listening))
    for address, found in opened.items():
        say(f"open from another machine, of all 65535 ports of {address}:", *(sorted(map(str, found)) or ["none"]))
    say("spoken to, beyond this machine:", *(sorted(spoken) or ["nobody"]))
    outer = {each.port for each in listening if each.address in EVERYWHERE}
    whole = len(listening) == 5 and outer == {PUBLIC}
    return talked and whole and opened == {OURS[0]: {PUBLIC}, OURS[1]: set()} and spoken == expected


def main() -> int:
    """Both ways; 0 when all is as it should be."""
    if not can_be_apart():
        sys.exit("This machine lets nobody make networks, or has no `ip` (iproute2): try it as root.")
    right = True
    for words, expected, settings in (("neither", set[str](), {}), ("both", THE_TWO, messengers())):
        say(f"\nwith {words} of the messengers")
        with tempfile.TemporaryDirectory() as folder, two_hosts(Path(folder), NAMES) as hosts:
            fine = look(hosts, Path(folder), expected, settings)
        say("as it should be" if fine else "NOT as it should be")
        right = right and fine
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
