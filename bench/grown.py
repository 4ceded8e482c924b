"""What grows and what must not: a turn late in its conversation, the console over many referrals."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import aiohttp
import console
from asking import client_for
from engine_alone import Conversation, tap
from part import Part, Row, ms
from talks import PATIENCE

from bot.processes.engine import Engine, running_engine

PLACES = (5, 50, 500)
WARM, ROUNDS = 5, 40  # rounds that do not count, and those that do
TYPED = ({"text": "is it free? do i have to pay"}, {"text": "will police catch me if i call you"})
TAPPED = (tap("explain_question"), tap("repeat_question"))
OPENING = (tap("change_language", language="en"), tap("affirm"), tap("inform", answer="yes"))


def long_talk() -> Part:
    """A turn at message 5, 50 and 500."""
    with tempfile.TemporaryDirectory() as home, running_engine(Path(home), lambda _line: None) as engine:
        rows = asyncio.run(at_places(engine))
    table = [["message", "typed, ms", "tapped, ms", "typed, to the first", "tapped, to the first"]]
    first: tuple[float, float] | None = None
    reached: list[tuple[str, float]] = []
    for place in PLACES:
        typed, tapped = (
            statistics.median(float(took) for at, is_typed, took in rows if (at, is_typed) == (place, kind))
            for kind in (1, 0)
        )
        first = first or (typed, tapped)
        ratios = typed / first[0], tapped / first[1]
        table.append([str(place), ms(typed), ms(tapped), *(f"{ratio:.2f}" for ratio in ratios)])
        if place != PLACES[0]:
            reached.append((f"a turn at message {place}", max(ratios) / 1.2))
    return Part(
        name="long_talk",
        title="A turn late in a long conversation",
        goal="message 50 and 500 within 1.2 times message 5",
        method=(
            "Conversations that have come to each place turn by turn, through the real Rasa and actions, without "
            f"the gateway. Then {ROUNDS} rounds: at each place by turns, two messages typed and two tapped, each "
            "conversation being put back to its place before the next round. Medians."
        ),
        columns=("message", "typed", "seconds"),
        rows=rows,
        table=table,
        reached=reached,
    )


async def at_places(engine: Engine) -> list[Row]:
    """Each place in each round: its number, whether it was typed, its seconds."""
    rows: list[Row] = []
    async with client_for(engine.turn_url, 1, PATIENCE) as client:
        there = [await arrived(client, engine.turn_secret, place) for place in PLACES]
        for number in range(WARM + ROUNDS):
            for place, conversation in zip(PLACES, there, strict=True):
                again = replace(conversation)
                for message in TYPED + TAPPED:
                    took = await again.take(client, engine.turn_secret, message)
                    if number >= WARM:
                        rows.append((place, int("text" in message), took))
    return rows


async def arrived(client: aiohttp.ClientSession, secret: str, place: int) -> Conversation:
    """A conversation whose next message is the one at `place`."""
    conversation = Conversation(f"bench-{place}")
    while conversation.turn < place - 1:
        turn = conversation.turn
        await conversation.take(
            client, secret, OPENING[turn] if turn < len(OPENING) else (TYPED + TAPPED)[turn % 4]
        )
    return conversation


def many_referrals(sizes: Sequence[int], databases: Sequence[str]) -> Part:
    """The console's pages by the number of referrals."""
    cases = console.measured(sizes, databases)
    table = [["database", "asked", *(f"{size:,}, p50 / p95 ms" for size in sizes), "slowest : quickest"]]
    for database in databases:
        own = [one for one in cases if one.database == database]
        for name in console.ASKED:
            cells = [
                f"{statistics.median(one.times[name]):.0f} / {console.p95(one.times[name]):.0f}" for one in own
            ]
            ratios = [f"{console.spread(of, own, name):.1f}" for of in (statistics.median, console.p95)]
            table.append([database, name, *cells, " / ".join(ratios)])
    rows: list[Row] = [
        (one.database, one.size, name, took)
        for one in cases
        for name, times in one.times.items()
        for took in times
    ]
    return Part(
        name="console",
        title="The console, as referrals grow",
        goal="each page at 1,000, 100,000 and 1,000,000 within twice the quickest",
        method=(
            f"Whole requests of an officer who is signed in, {console.TIMES} of each kind and size, all sizes by "
            "turns. Half of the referrals are at the officer's office, one in five is open."
        ),
        columns=("database", "referrals", "asked", "milliseconds"),
        rows=rows,
        table=table,
    )
