"""What the product stands on goes away for a while, one by one and in pairs, while people talk, and comes back."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import combinations, cycle

from chaos_desk import Desk
from chaos_product import Product
from chaos_talks import Talker, Talks, talk_all, talkers
from postgresql_server import everywhere, of
from sqlalchemy import make_url

DEPENDENCIES = ("rasa", "actions", "database", "platforms")
CASES = [case for size in (1, 2) for case in combinations(DEPENDENCIES, size)]
AT_ONCE = 12  # people
BACK_WITHIN = 300.0  # seconds until somebody is answered again


@dataclass(frozen=True)
class Spell:
    """One case, from `since` to `until` on the monotonic clock."""

    away: Collection[str]
    acknowledged: int
    sorry: int
    since: float
    until: float
    back_after: float

    def longest(self, talks: Talks) -> float:
        """Seconds in which a person who wrote meanwhile, and was acknowledged, heard nothing."""
        return max((took for began, took in talks.silences if self.since <= began <= self.until), default=0.0)


def talk_while_away(product: Product, seconds: float) -> tuple[list[Spell], list[Talker], Talks]:
    """Every case, one after another; back when all talks are over."""
    people, talks, over = list[Talker](), Talks(), threading.Event()
    desk = Desk(cycle(product.addresses("console")), product.login)
    desk.sign_in()

    def without_end() -> Iterator[Talker]:
        while not over.is_set():
            people.extend(talkers(1, len(people)))
            yield people[-1]

    with ThreadPoolExecutor(2) as beside:
        talk = talk_all(product.addresses("gateway"), product.platforms, without_end(), talks, at_once=AT_ONCE)
        talking = beside.submit(asyncio.run, talk)
        answering = beside.submit(desk.answer_all, talks.codes)
        talking.add_done_callback(lambda _: talks.codes.put(None))
        try:
            spells = [spell(product, talks, case, seconds) for case in CASES]
        except BaseException:
            talks.log.over = True
            raise
        finally:
            over.set()
        talking.result()
        answering.result()
    return spells, people, talks


def spell(product: Product, talks: Talks, case: Collection[str], seconds: float) -> Spell:
    """These are away for so long; back once somebody was answered after that."""
    acknowledged, sorry, since = len(talks.log.acknowledged), talks.sorry, time.monotonic()
    with ExitStack() as stack:
        for name in case:
            stack.enter_context(AWAY.get(name, no_process)(product, name))
        time.sleep(seconds)
    back = time.monotonic()
    while talks.at < back:
        if time.monotonic() - back > BACK_WITHIN:
            raise RuntimeError(f"Nobody is answered after {' and '.join(case)} came back.")
        time.sleep(0.1)
    new = len(talks.log.acknowledged) - acknowledged
    return Spell(case, new, talks.sorry - sorry, since, back, talks.at - back)


@contextmanager
def no_process(product: Product, name: str) -> Iterator[None]:
    """None of that name runs within."""
    kept = product.kept(name)
    for one in kept:
        product.kill(one)
    while any(one.process for one in kept):
        time.sleep(0.05)
    time.sleep(0.5)  # the supervisor has said by then when it would start it again
    for one in kept:
        one.again_at = math.inf
    try:
        yield
    finally:
        for one in kept:
            one.again_at = 0.0


@contextmanager
def no_platforms(product: Product, _name: str) -> Iterator[None]:
    """Nothing can be sent within; messages still come."""
    for server in product.servers:
        server.stop()
    try:
        yield
    finally:
        for server in product.servers:
            server.start()


@contextmanager
def no_database(product: Product, _name: str) -> Iterator[None]:
    """SQLite: nobody can write. PostgreSQL: every connection is cut, and none is let in."""
    url = product.database.url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), timeout=60, isolation_level=None)) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
            held.execute("ROLLBACK")
        return
    whole, name = url.render_as_string(hide_password=False), make_url(url).database
    with everywhere(of(whole, "template1")) as server:
        server.exec_driver_sql(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        server.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            server.exec_driver_sql(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")


AWAY = {"database": no_database, "platforms": no_platforms}


def lines_of(spells: list[Spell], talks: Talks) -> Iterator[str]:
    """The table."""
    yield "| away | acknowledged | told that it takes longer | longest silence s | answered again after s |"
    yield "|---|---|---|---|---|"
    for one in spells:
        cells = (one.acknowledged, one.sorry, f"{one.longest(talks):.1f}", f"{one.back_after:.1f}")
        yield f"| {' and '.join(one.away)} | {' | '.join(map(str, cells))} |"
