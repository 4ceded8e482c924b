"""Whole talks on both messengers while processes of the product are killed: the run, and what is told of it."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import tests_path  # noqa: F401
from chaos_away import lines_of, talk_while_away
from chaos_checker import Found
from chaos_desk import Desk
from chaos_people import Platforms
from chaos_product import KEYS, LEFT, Product, Telegram, running
from chaos_talks import Talker, Talks, talk_all, talkers
from chaos_talks_checker import check_talks
from fake_graph_api import FakeGraph
from part import ms, quantile
from postgresql_server import postgresql

from bot.processes.supervisor import Kept

AT_ONCE = 24  # people
TOGETHER = 4  # kills without anybody being answered
LONGEST_STILL = 600.0  # seconds in which nobody is answered


def run_whole(deliveries: int, seconds: float, *, on_postgresql: bool) -> int:
    """Processes are killed while so many deliveries are made: its table, and what was wrong; 1 then."""
    each = talkers(1)[0].writes
    people, talks = talkers(-(-deliveries // each)), Talks()
    with product_on(on_postgresql) as product:
        began = time.monotonic()
        talk_under_kills(product, people, talks, seconds)
        took = time.monotonic() - began
        found = found_in(product, people, talks)
        unanswered = product.logged("outbox.failed")
    gateways = sum(one.startswith("gateway") for one in product.kills)
    # A platform that answers too late has the message too, as one whose answer nobody was left to hear.
    told = f"of {gateways} kills and {unanswered} sends without an answer came twice: {found.doubled}"
    found.unless(found.doubles <= gateways + unanswered, told)
    tell(product, people, talks, found, took)
    print(f"| sends without an answer | {unanswered} |")
    return said(found)


def run_away(seconds: float, *, on_postgresql: bool) -> int:
    """What the product stands on is away for so long, by turns: its table, and what was wrong; 1 then."""
    with product_on(on_postgresql) as product:
        spells, people, talks = talk_while_away(product, seconds)
        found = found_in(product, people, talks)
    print(*lines_of(spells, talks), sep="\n")
    return said(found)


def found_in(product: Product, people: list[Talker], talks: Talks) -> Found:
    """What is wrong once nothing waits."""
    settle(product)
    return check_talks(product.database, KEYS, product.platforms, people, talks.log.acknowledged)


def said(found: Found) -> int:
    """1 if anything is wrong, which is printed."""
    print(*found.wrong or ["Nothing is wrong."], sep="\n")
    return int(bool(found.wrong))


@contextmanager
def product_on(on_postgresql: bool) -> Iterator[Product]:
    """One of each process on SQLite, or two of each on a PostgreSQL of our own."""
    with tempfile.TemporaryDirectory(prefix="chaos") as folder:
        home, platforms = Path(folder), Platforms(Telegram(), FakeGraph())
        if on_postgresql:
            with postgresql() as url, running(home, url, 2, platforms) as product:
                yield product
        else:
            with running(home, f"sqlite:///{home / 'bot.sqlite3'}", 1, platforms) as product:
                yield product


def talk_under_kills(product: Product, people: list[Talker], talks: Talks, seconds: float) -> None:
    """Back when all talks are over, and an officer has answered everybody who stays."""
    desk = Desk(cycle(product.addresses("console")), product.login)
    desk.sign_in()
    chance, killed = random.Random(11), list[float]()
    with ThreadPoolExecutor(2) as beside:
        talking = beside.submit(
            asyncio.run, talk_all(product.addresses("gateway"), product.platforms, people, talks, at_once=AT_ONCE)
        )
        answering = beside.submit(desk.answer_all, talks.codes)
        talking.add_done_callback(lambda _: talks.codes.put(None))
        under_way: list[Future[Any]] = [talking, answering]
        while wait(under_way, timeout=seconds).not_done:
            ready = product.ready()
            # On a slow machine one or another would always be starting: now and then they have to work together.
            if ready and (len(killed) < TOGETHER or talks.at > killed[-TOGETHER]):
                product.kill(chosen(product, ready, chance))
                killed.append(time.monotonic())
            if time.monotonic() - talks.at > LONGEST_STILL:
                talks.log.over = True
        talking.result()
        answering.result()
    if talks.log.over:
        raise RuntimeError(f"Nobody was answered for {LONGEST_STILL:.0f} s.")


def chosen(product: Product, ready: list[Kept], chance: random.Random) -> Kept:
    """Of one each, any; of two each, whichever was killed the longest ago: one of each in turn."""
    if len(product.addresses("gateway")) == 1:
        return chance.choice(ready)
    last = {name: number for number, name in enumerate(product.kills)}
    return min(ready, key=lambda one: last.get(one.spec.name, -1))


def settle(product: Product) -> None:
    """Until nothing waits; an error when something still does after long."""
    end = time.monotonic() + LONGEST_STILL
    while waiting := product.waiting():
        if time.monotonic() > end:
            raise RuntimeError(f"{waiting} messages do not move")
        time.sleep(0.5)


def tell(product: Product, people: list[Talker], talks: Talks, found: Found, took: float) -> None:
    """The table."""
    kills = Counter(product.kills)
    counted = ", ".join(f"{one.name} {kills[one.name]}" for one in product.specs)
    deliveries = len(talks.log.acknowledged)
    waits, silences = sorted(talks.waits), sorted(seconds for _, seconds in talks.silences)
    left = ", ".join(f"{name} {seconds:.0f}" for name, seconds in LEFT.items())
    print(f"Killed: one that has worked for as long as it took to start, or at least {left} s;")
    print(f"never more than {TOGETHER} in which nobody is answered.\n")
    lines = [
        ("deliveries acknowledged, people, referrals", f"{deliveries}, {len(people)}, {found.referrals}"),
        ("seconds, turns a second", f"{took:.0f}, {deliveries / took:.1f}"),
        ("kills", f"{len(product.kills)}: {counted}"),
        ("deliveries sent again", talks.log.again),
        (
            "acknowledged, p50 / p99 ms",
            f"{ms(quantile(talks.log.times, 50))} / {ms(quantile(talks.log.times, 99))}",
        ),
        ("answered, p50 / p95 / longest s", seconds_of(waits)),
        ("anything heard, p50 / p95 / longest s", seconds_of(silences)),
        ("people told that it takes longer", talks.sorry),
        ("bubbles twice, of one person", f"{found.doubles}, {found.most_doubles}"),
        ("wrong", len(found.wrong)),
    ]
    print("| | |\n|---|---|")
    print(*(f"| {name} | {value} |" for name, value in lines), sep="\n")


def seconds_of(values: list[float]) -> str:
    """Their middle, the 95th of a hundred, the longest."""
    return " / ".join(f"{one:.1f}" for one in (quantile(values, 50), quantile(values, 95), values[-1]))
