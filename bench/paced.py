"""How soon a delivery is acknowledged while so many come in a second, and whether all of them are kept."""

from __future__ import annotations

import asyncio
import time
from types import ModuleType

import aiohttp
import telegram_deliveries
import whatsapp_deliveries
from asking import client_for, is_taken
from channels import AGAIN, PATIENCE, Delivery, Run
from part import Part, Row, ms, quantile
from servers import gateway_alone, wait_until_taken
from sqlalchemy import func, select

from bot.store.database import transaction
from bot.store.models import Incoming

PACE = 80  # deliveries in a second
AT_ONCE = 1000  # connections
METHOD = (
    "The real gateway, its turn engine and the platforms being stand-ins on the loopback. A delivery is due each "
    "1/80 s, whether earlier ones are answered or not, and is timed from when it was due until it is answered "
    "200; a tenth come twice, and what is not answered 200 comes again. Lost: different deliveries without a row."
)


def acknowledged(seconds: int) -> Part:
    """Each webhook for `seconds`."""
    rows: list[Row] = []
    table = [["webhook", "deliveries (different)", "p50 ms", "p99 ms", "max ms", "sent again", "lost"]]
    for channel in (telegram_deliveries, whatsapp_deliveries):
        name = channel.PATH[1:]
        run = paced(channel, seconds * PACE)
        rows += [(name, number, took) for number, took in enumerate(run.times)]
        times = (ms(quantile(run.times, 50)), ms(quantile(run.times, 99)), ms(max(run.times)))
        table.append([name, f"{run.sent} ({run.different})", *times, str(run.again), str(run.lost)])
    return Part(
        name="acknowledged",
        title=f"Acknowledgement at {PACE} deliveries a second, for {seconds} s",
        goal="p99 under 250 ms in two minutes, none lost",
        method=METHOD,
        columns=("webhook", "answered as number", "seconds"),
        rows=rows,
        table=table,
    )


def paced(channel: ModuleType, count: int) -> Run:
    """`count` deliveries to one webhook, at the pace."""
    deliveries: list[Delivery] = list(channel.deliveries(count))
    run = Run(channel.PATH[1:], count, len({body for _, _, body in deliveries}))
    with gateway_alone() as (server, database):
        server.start()
        asyncio.run(send_paced(server.address, run, deliveries))
        wait_until_taken(database)
        with transaction(database) as session:
            stored = session.scalar(select(func.count(Incoming.id)).where(Incoming.status == "done")) or 0
    run.lost = run.different - stored
    return run


async def send_paced(address: str, run: Run, deliveries: list[Delivery]) -> None:
    """Each at its moment, and again until it is taken."""
    async with client_for(address, AT_ONCE, PATIENCE) as client, asyncio.TaskGroup() as sending:
        began = time.perf_counter()
        for number, delivery in enumerate(deliveries):
            due = began + number / PACE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sending.create_task(send(client, run, delivery, due))


async def send(client: aiohttp.ClientSession, run: Run, delivery: Delivery, due: float) -> None:
    """One delivery, until it is answered 200."""
    path, headers, body = delivery
    while not await is_taken(client, path, headers, body):
        run.again += 1
        await asyncio.sleep(AGAIN)
    run.times.append(time.perf_counter() - due)
