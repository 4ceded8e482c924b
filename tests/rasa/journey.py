"""A whole conversation on paper: one script, every language, the product's own way from inbox to outbox.

`PYTHONPATH=tests .venv/bin/python tests/rasa/journey.py bn` writes `tests/journeys/bn.txt` anew; without a
language, all of them.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import yaml
from plain_answers import PLAIN
from sqlalchemy import select
from starlette.routing import BaseRoute

from bot.channels.channel import Arrival, Bubble, Choice, Delivered, Limits, Pressed, Text
from bot.channels.terminal import LIMITS
from bot.commands.talk import temporary_means
from bot.conversation.dialogue import Dialogue
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.conversation.outbox import Outbox
from bot.conversation.screen import Screen
from bot.conversation.speaking import read_screen
from bot.conversation.turn_engine import HttpTurnEngine
from bot.http import Http
from bot.language.wording import Wording
from bot.processes.engine import Engine, running_engine
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Person
from bot.workshop.search import REFERENCE

JOURNEYS = ROOT / "tests" / "journeys"
STARTED = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - UTC, as the store keeps it
ISOLATES = dict.fromkeys(range(0x2066, 0x206A))  # signs for the screen; on paper they only hide in the words
WIDTH = 110
ASKED_AT = "protection_status"  # where the person asks a question of their own


def people() -> Mapping[str, Mapping[str, str]]:
    """Who talks in each language, and what they type."""
    read: Mapping[str, Mapping[str, str]] = yaml.safe_load((JOURNEYS / "people.yml").read_text(encoding="utf-8"))
    return read


@contextmanager
def journey_means(home: Path, engine: Engine) -> Iterator[Means]:
    """The gateway's means at a time that stands still."""
    with temporary_means(home, engine) as means:
        yield replace(means, clock=lambda: STARTED)


@dataclass
class Paper:
    """A channel whose one person reads from a sheet of paper, line by line."""

    address: str
    name: str = "terminal"
    limits: Limits = LIMITS
    lines: list[str] = field(default_factory=list)

    def routes(self) -> list[BaseRoute]:
        return []

    async def deliver(self, address: str, bubble: Bubble) -> Delivered:
        assert address == self.address
        self.lines += ["", *bubble.text.splitlines()]
        self.lines += rows([choice for choice in bubble.choices if choice.group == "answer"], "[{}]")
        self.lines += rows([choice for choice in bubble.choices if choice.group == "control"], "({})")
        return Delivered()

    def sheet(self) -> str:
        """All of it, without what is another at every conversation and what cannot be seen."""
        words = "\n".join(self.lines).translate(ISOLATES).strip()
        return REFERENCE.sub("XXXX-XXXX", words) + "\n"


def rows(choices: list[Choice], form: str) -> Iterator[str]:
    row = ""
    for choice in choices:
        title = form.format(choice.title)
        if row and len(row) + len(title) > WIDTH:
            yield row
            row = ""
        row = f"{row}  {title}" if row else f"  {title}"
    if row:
        yield row


@dataclass(frozen=True)
class Traveller:
    """One person at the real inbox, dialogue and outbox."""

    means: Means
    paper: Paper
    inbox: Inbox
    dialogue: Dialogue
    outbox: Outbox

    async def write(self, text: str) -> None:
        """Words typed."""
        await self._bring(text, Text(text))

    async def tap(self, intent: str, **entities: str) -> None:
        """The button that means this; it must be on the screen."""
        wanted = {"intent": intent, "entities": entities}
        shown = self.screen().choices
        found = [key for key, one in shown.items() if dict(one.tap) == wanted]
        assert found, (wanted, self.screen().name, [one.tap for one in shown.values()], self.paper.sheet())
        await self._bring(f"[{shown[found[0]].title}]", Pressed(found[0]))

    async def choose(self, answer: str) -> None:
        """An answer tapped."""
        await self.tap("inform", answer=answer)

    async def _bring(self, words: str, content: Text | Pressed) -> None:
        self.paper.lines += ["", f"> {words}"]
        before = len(self.paper.lines)
        arrival = Arrival(self.paper.address, secrets.token_hex(16), content)
        await self.inbox.receive(self.paper.name, arrival)
        while await self.dialogue.take_one() or await self.outbox.send_one():
            pass
        assert len(self.paper.lines) > before, f"Nothing was said to «{words}»."

    def screen(self) -> Screen:
        """What is on the person's screen."""
        key = self.inbox.address_key(self.paper.name, self.paper.address)
        with transaction(self.means.database) as session:
            kept = session.scalars(select(Person.screen).where(Person.address_key == key)).one()
        return read_screen(self.means, kept)

    def asked(self) -> str:
        """The question or step on the screen, by the name of what was said."""
        return self.screen().name


def sheet_of(means: Means, language: str, person: Mapping[str, str]) -> str:
    """The whole conversation of `person`, from the first word to the reference, as both sides see it."""
    return asyncio.run(_talk(means, language, person))


async def _talk(means: Means, language: str, person: Mapping[str, str]) -> str:
    paper, inbox = Paper(language), Inbox(means)
    async with aclosing(Http()) as client:
        dialogue = Dialogue(means, HttpTurnEngine(means.settings, client))
        traveller = Traveller(means, paper, inbox, dialogue, Outbox(means, {paper.name: paper}))
        await traveller.write(person["hello"])
        await traveller.tap("change_language", language=language)
        await traveller.tap("affirm")
        await _check(traveller, person)
        await _correct(traveller)
        await _refer(traveller)
        await traveller.write(person["thanks"])
    answered = Wording(means.catalogue, language).text(f"utter_{person['asks']}")
    assert answered.translate(ISOLATES).splitlines()[0] in paper.sheet(), f"{language}: the question was not read"
    return paper.sheet()


async def _check(traveller: Traveller, person: Mapping[str, str]) -> None:
    """The questions as they come; the country is typed, and a question of one's own stands in the middle."""
    answers = {**PLAIN, "country_now": person["here"], "stay_permit": "yes"}
    while (asked := traveller.asked().removeprefix("ask_")) in answers:
        if asked == "origin":
            await traveller.write(person["writes_home"])
            await traveller.tap("affirm")
            continue
        if asked == ASKED_AT:
            await traveller.write(person["question"])
            assert traveller.asked() == f"ask_{ASKED_AT}", traveller.paper.sheet()
        await traveller.choose(answers[asked])


async def _correct(traveller: Traveller) -> None:
    """One answer was wrong: it is changed, and everything is read back again."""
    await traveller.tap("deny")
    await traveller.tap("change_answer", question="stay_permit")
    await traveller.choose("no")
    await traveller.choose(PLAIN["private_talk"])  # asked only now that everything else is plain
    assert traveller.asked() == "read_back", traveller.paper.sheet()
    await traveller.tap("affirm")


async def _refer(traveller: Traveller) -> None:
    """The notice and the verdict are read, the office, the way and the time chosen, and consent given."""
    await traveller.tap("affirm")
    await traveller.tap("affirm")
    for answer in ("ok", "me", "done", "chat", "any", "say_iom"):
        await traveller.choose(answer)
    assert traveller.asked() == "ask_consent", traveller.paper.sheet()
    await traveller.tap("affirm")


def main(chosen: list[str]) -> None:
    """Writes the sheets of the `chosen` languages, or of all."""
    everyone = people()
    with tempfile.TemporaryDirectory(prefix="journey-") as folder:
        home = Path(folder)
        with running_engine(home, print) as engine, journey_means(home, engine) as means:
            for language in chosen or everyone:
                sheet = sheet_of(means, language, everyone[language])
                (JOURNEYS / f"{language}.txt").write_text(sheet, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
