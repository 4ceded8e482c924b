"""One whole self-assessment as a person has it, from the first word to the referral, at any system."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from asking import client_for
from held import Spent, held_by

# What is pressed (in brackets) or typed.
TALK = (
    "hello",
    "[English]",
    "[OK, ask me]",
    "[Yes, I can]",
    "[18 or older]",
    "[It is my own wish]",
    "is it free? do i have to pay",
    "[Thailand]",
    "[Bangladesh]",
    "[Yes, my own country]",
    "[No, I am not afraid]",
    "[No, neither]",
    "[I have not asked]",
    "[No]",
    "[No]",
    "[No, I am not held]",
    "[No, never]",
    "[No]",
    "[OK, go on]",
    "[Yes, all is right]",
    "[I have read this]",
    "[Send to IOM]",
    "[OK]",
    "[Only me]",
    "[Done]",
    "[Here in this chat]",
    "[Any time]",
    "[Yes, it is OK]",
    "[Yes, send it]",
)
TYPED = TALK[6]  # what is typed while a question is open
AT_ONCE = 100  # connections
PATIENCE = 60.0  # seconds for one answer

Turns = list[tuple[str, float]]  # what was said, and seconds until its answer


class Side(Protocol):
    """A system that people talk with."""

    @property
    def name(self) -> str:
        """As the report calls it."""

    @property
    def address(self) -> str:
        """Where it is written to."""

    @property
    def pieces(self) -> Mapping[str, str]:
        """A piece of the command line of each process, by its name."""

    async def talk(self, client: aiohttp.ClientSession, number: int, steps: Sequence[str]) -> Turns:
        """Person `number` goes through `steps`; nobody twice."""

    def referrals(self) -> int:
        """How many are stored."""


@dataclass
class Level:
    """What came of so many people at once: each turn, seconds for all, and what each process spent in them."""

    side: str
    people: int
    turns: Turns
    took: float
    cpu: Mapping[str, float]


def level(side: Side, people: int, first: int, steps: Sequence[str] = TALK) -> Level:
    """`people` at once, each through `steps`; the first of them has the number `first`."""
    before, began = held_by(side.pieces), time.perf_counter()
    turns = asyncio.run(talk_at_once(side, range(first, first + people), steps))
    took, after = time.perf_counter() - began, held_by(side.pieces)
    return Level(side.name, people, turns, took, spent_between(before, after))


def spent_between(before: Mapping[str, Spent], after: Mapping[str, Spent]) -> Mapping[str, float]:
    """CPU seconds of each process; an error if one of them is another than before."""
    spent = {name: after[name].cpu - one.cpu for name, one in before.items()}
    if before.keys() != after.keys() or min(spent.values()) < 0:
        raise RuntimeError(f"a process ended: {sorted(before)} before, {sorted(after)} after")
    return spent


async def talk_at_once(side: Side, people: Sequence[int], steps: Sequence[str]) -> Turns:
    """Each person one talk, all at the same time."""
    async with client_for(side.address, AT_ONCE, PATIENCE) as client:
        talks = await asyncio.gather(*(side.talk(client, one, steps) for one in people))
    return [turn for turns in talks for turn in turns]
