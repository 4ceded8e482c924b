"""People who talk a whole talk on both messengers: each answers what they read, until their office has all."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Queue
from typing import NamedTuple

from chaos_people import ERASES, STAYS, Delivery, Log, Platforms, Ways, ways_to
from chaos_phones import PHONES, Phone

from bot.workshop.search import REFERENCE

TAKES_BACK = "takes back"
PRESS = re.compile(r"\[(.+)\]")
LOOKS_EVERY = 0.1  # seconds
SORRY = "I am slow just now"  # what is said after ten seconds without an answer


class Step(NamedTuple):
    """`reads`: what has to come, as a pattern. `does`: what is pressed then, in brackets, or typed."""

    reads: str
    does: str


TO_THE_CODE = (
    Step("", "hello"),
    Step("Choose your language", "[English]"),
    Step("Is it OK to ask you", "[OK, ask me]"),
    Step("Can you write here safely", "[Yes, I can]"),
    Step("How old are you", "[18 or older]"),
    Step("because you want to", "[It is my own wish]"),
    Step("Which country are you in", "[Thailand]"),
    Step("Which is your own country", "is it free? do i have to pay"),
    Step("Never pay anyone for a place.*Which is your own country", "[Bangladesh]"),
    Step("Is the place you want to go", "[Yes, my own country]"),
    Step("Are you afraid of what may", "[No, I am not afraid]"),
    Step("Where you work or live now", "[No, neither]"),
    Step("Have you asked for asylum", "[I have not asked]"),
    Step("Did police or border guards", "[No]"),
    Step("Do you have permission to stay", "[No]"),
    Step("Are you being held", "[No, I am not held]"),
    Step("helped you to go home before", "[No, never]"),
    Step("Are you in another programme", "[No]"),
    Step("known smuggler", "[OK, go on]"),
    Step("Is all of this right", "[Yes, all is right]"),
    Step("Please read this before", "[I have read this]"),
    Step("you may qualify", "[Send to IOM]"),
    Step("A person at IOM can talk with you.*Your request would go to", "[OK]"),
    Step("Is the request only for you", "[Only me]"),
    Step("Do you need any of these", "[Done]"),
    Step("How should the office reach you", "[Here in this chat]"),
    Step("When is it safe to reach you", "[Any time]"),
    Step("May the office say that it is IOM", "[Yes, it is OK]"),
    Step("It is sent only if you say yes", "[Yes, send it]"),
)
CODE = "Your code is"
ENDS: Mapping[str, tuple[Step, ...]] = {
    STAYS: (
        Step(CODE, "[Write to the office]"),
        Step("Write your message to the office", "i can come tomorrow"),
        Step("Your message is at", ""),
    ),
    TAKES_BACK: (
        Step(CODE, "[Take it back]"),
        Step("Do you want to take back", "[Yes, take it back]"),
        Step("is taken back", ""),
    ),
    ERASES: (
        Step(CODE, "[Erase everything]"),
        Step("Erase your answers, this chat", "[Yes, erase]"),
        Step("It is erased", ""),
    ),
}


@dataclass(frozen=True)
class Talker:
    """One person: a name, the address on their platform, and how their talk ends."""

    name: str
    channel: str
    address: str
    ends: str

    @property
    def steps(self) -> tuple[Step, ...]:
        """The whole talk; in the last step they only read."""
        return (*TO_THE_CODE, *ENDS[self.ends])

    @property
    def writes(self) -> int:
        """How many messages they send."""
        return len(self.steps) - 1


def talkers(count: int, first: int = 0) -> list[Talker]:
    """Half of them on each messenger; a quarter each takes the request back, and erases all."""
    return [_talker(number) for number in range(first, first + count)]


def _talker(number: int) -> Talker:
    channel = ("telegram", "whatsapp")[number % 2]
    address = f"{5_550_000 + number}" if channel == "telegram" else f"TH.{10**15 + number}"
    return Talker(f"P{number:05}", channel, address, (STAYS, STAYS, ERASES, TAKES_BACK)[number // 2 % 4])


@dataclass
class Talks:
    """What came of the talks, in seconds.

    `silences`: since when and for how long nothing came. `waits`: until the answer. `sorry`: how often somebody
    was told that it takes longer. `at`: when somebody was answered last. `codes`: of those who stay, for an
    officer to answer.
    """

    log: Log = field(default_factory=Log)
    silences: list[tuple[float, float]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    sorry: int = 0
    at: float = field(default_factory=time.monotonic)
    codes: Queue[str | None] = field(default_factory=Queue)


async def talk_all(
    addresses: Sequence[str], platforms: Platforms, people: Iterable[Talker], talks: Talks, *, at_once: int
) -> None:
    """Everybody's whole talk, `at_once` beside one another, delivered to the `addresses` by turns."""
    waiting = iter(people)
    async with ways_to(addresses, talks.log, at_once) as ways:
        await asyncio.gather(*(_some(ways, platforms, waiting, talks) for _ in range(at_once)))


async def _some(ways: Ways, platforms: Platforms, waiting: Iterator[Talker], talks: Talks) -> None:
    for talker in waiting:
        phone, before = PHONES[talker.channel](talker, platforms), list[Delivery]()
        for step in talker.steps:
            read, delivery = await _next(phone, step, talks)
            if talks.log.over:
                return
            if step.reads == CODE and talker.ends == STAYS:
                talks.codes.put(REFERENCE.findall(read)[0])
            if delivery is not None:
                await ways.bring(delivery, before)


async def _next(phone: Phone, step: Step, talks: Talks) -> tuple[str, Delivery | None]:
    """What this person has read when it is what they wait for, and what they send then; None after the last."""
    began, heard, apologised = time.monotonic(), False, False
    while not talks.log.over:
        read = "\n".join(phone.news())
        if read and not heard:
            talks.silences.append((began, time.monotonic() - began))
        heard, apologised = bool(read) or heard, SORRY in read
        if re.search(step.reads, read, re.DOTALL):
            pressed = PRESS.fullmatch(step.does)
            delivery = phone.press(pressed[1]) if pressed else phone.write(step.does) if step.does else None
            if delivery is not None or not step.does:
                talks.waits.append(time.monotonic() - began)
                talks.sorry += apologised
                talks.at = time.monotonic()
                return read, delivery
        await asyncio.sleep(LOOKS_EVERY)
    return "", None
