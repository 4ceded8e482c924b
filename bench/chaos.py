"""Many deliveries from both messengers while the gateway is killed every second: nothing lost, nothing doubled.

What is checked, and by what alone, is in `tests/chaos/chaos_checker.py`. The turn engine is a stand-in that
answers at once; the disk is waited for, and leases are as long, as in service. Telegram's own pace is left out.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "channels" / "telegram"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "channels" / "whatsapp"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "chaos"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from chaos_checker import Found
from chaos_nursery import Life
from chaos_people import Writer, writers
from chaos_world import Nursery, World, new_world

EACH = 9  # messages of one person
LONGEST_STILL = 180.0  # seconds without any progress


def main() -> int:
    """Prints one table; 1 if anything was wrong, which is listed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=2000, help="different ones; a tenth come twice")
    parser.add_argument("--seconds", type=float, default=1.0, help="between readiness and the kill")
    asked = parser.parse_args()
    nursery, began = Nursery(), time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as home, new_world(Path(home), nursery) as world:
            run(world, -(-asked.deliveries // EACH), asked.seconds)
            found = world.found()
            tell(world, found, time.monotonic() - began)
    finally:
        nursery.close()
    print(*found.wrong, sep="\n")
    return int(bool(found.wrong))


def run(world: World, people: int, seconds: float) -> None:
    """Everybody writes all they have; at the end nothing waits."""
    life, brought = Life(hurried=False), Event()

    def everybody() -> Iterator[Writer]:
        yield from writers(people)
        brought.set()

    world.live(life)
    with world.writing(everybody(), patience=LONGEST_STILL):
        while not brought.wait(seconds):
            world.kill()
            world.live(life)
    settle(world)


def settle(world: World) -> None:
    """Until nothing waits; an error when nothing moves for long."""
    still, since = -1, time.monotonic()
    while (waiting := world.waiting()) > 0:
        if waiting != still:
            still, since = waiting, time.monotonic()
        if time.monotonic() - since > LONGEST_STILL:
            raise RuntimeError(f"{waiting} messages do not move")
        time.sleep(1)


def tell(world: World, found: Found, seconds: float) -> None:
    """The table."""
    cuts = statistics.quantiles(world.log.times, n=100)
    print("| deliveries | people | kills | sent again | p50 ms | p99 ms | wrong | bubbles twice | of one | s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    print(
        f"| {len(world.log.acknowledged)} | {len(world.people)} | {world.kills} | {world.log.again} | "
        f"{cuts[49] * 1000:.0f} | {cuts[98] * 1000:.0f} | {len(found.wrong)} | {found.doubles} | "
        f"{found.most_doubles} | {seconds:.0f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
