"""Many deliveries from both messengers while a gateway is killed every second: nothing lost, nothing doubled.

What is checked, and by what alone, is in `tests/chaos/chaos_checker.py`. The turn engine is a stand-in that
answers at once; the disk is waited for, and leases are as long, as in service. Telegram's own pace is left out.

With `--whole` nothing is left out but Telegram and Meta themselves: see `chaos_whole.py`. With `--away 60`: see
`chaos_away.py`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import batched, cycle
from pathlib import Path
from threading import Event

import tests_path  # noqa: F401
from chaos_checker import Found
from chaos_nursery import Life
from chaos_people import Writer, writers
from chaos_whole import run_away, run_whole
from chaos_world import Nursery, World, new_world
from postgresql_server import postgresql
from running import free_ports

EACH = 9  # messages of one person
TOGETHER = 300  # people; of many more, those that come last would be asked to come back later
LONGEST_STILL = 180.0  # seconds without any progress


def main() -> int:
    """Prints one table; 1 if anything was wrong, which is listed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=2000, help="different ones; a tenth come twice")
    parser.add_argument("--seconds", type=float, default=1.0, help="between readiness and the kill")
    parser.add_argument("--whole", action="store_true", help="whole talks, every process of the product killed")
    parser.add_argument("--postgresql", action="store_true", help="two of each on PostgreSQL, killed by turns")
    parser.add_argument("--away", type=float, help="what it stands on is away for so many seconds, by turns")
    asked = parser.parse_args()
    if asked.away:
        return run_away(asked.away, on_postgresql=asked.postgresql)
    if asked.whole:
        return run_whole(asked.deliveries, asked.seconds, on_postgresql=asked.postgresql)
    began = time.monotonic()
    with ExitStack() as stack:
        gateways = worlds(stack, on_postgresql=asked.postgresql)
        run(gateways, -(-asked.deliveries // EACH), asked.seconds)
        found = gateways[0].found()
        tell(gateways, found, time.monotonic() - began)
    print(*found.wrong, sep="\n")
    return int(bool(found.wrong))


def worlds(stack: ExitStack, *, on_postgresql: bool) -> list[World]:
    """The world as each gateway has it: one of them on SQLite, or two on PostgreSQL."""
    nursery, home = Nursery(), Path(stack.enter_context(tempfile.TemporaryDirectory()))
    stack.callback(nursery.close)
    url = stack.enter_context(postgresql()) if on_postgresql else None
    world = stack.enter_context(new_world(home, nursery, url))
    return [world, stack.enter_context(second(world))] if on_postgresql else [world]


@contextmanager
def second(world: World) -> Iterator[World]:
    """Another gateway in the same world, not living yet; what is delivered comes to both by turns."""
    (port,), nursery = free_ports(1), Nursery()
    environ = {**world.environ, "BOT_GATEWAY_PORT": str(port)}
    other = replace(world, nursery=nursery, address=f"http://127.0.0.1:{port}", environ=environ)
    world.also = (other.address,)
    try:
        yield other
    finally:
        if nursery.living is not None:
            other.kill()
        nursery.close()


def run(gateways: Sequence[World], people: int, seconds: float) -> None:
    """Everybody writes all they have, some after the others; at the end nothing waits."""
    life = Life(hurried=False)
    for gateway in gateways:
        gateway.live(life)
    turns = cycle(gateways)
    for some in batched(writers(people), TOGETHER):
        brought = Event()
        with gateways[0].writing(telling(some, brought), patience=LONGEST_STILL):
            while not brought.wait(seconds):
                gateway = next(turns)
                gateway.kill()
                gateway.live(life)
        settle(gateways[0])


def telling(people: Iterable[Writer], brought: Event) -> Iterator[Writer]:
    """All of them, and then it is told."""
    yield from people
    brought.set()


def settle(world: World) -> None:
    """Until nothing waits; an error when nothing moves for long."""
    still, since = -1, time.monotonic()
    while (waiting := world.waiting()) > 0:
        if waiting != still:
            still, since = waiting, time.monotonic()
        if time.monotonic() - since > LONGEST_STILL:
            raise RuntimeError(f"{waiting} messages do not move")
        time.sleep(1)


def tell(gateways: Sequence[World], found: Found, seconds: float) -> None:
    """The table."""
    world, kills = gateways[0], sum(gateway.kills for gateway in gateways)
    cuts = statistics.quantiles(world.log.times, n=100)
    print("| deliveries | people | kills | sent again | p50 ms | p99 ms | wrong | bubbles twice | of one | s |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    print(
        f"| {len(world.log.acknowledged)} | {len(world.people)} | {kills} | {world.log.again} | "
        f"{cuts[49] * 1000:.0f} | {cuts[98] * 1000:.0f} | {len(found.wrong)} | {found.doubles} | "
        f"{found.most_doubles} | {seconds:.0f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
