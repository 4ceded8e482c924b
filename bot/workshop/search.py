"""Beside the message's way: the shortest talk to every string, found by trying all that a person can do."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from bot.conversation.screen import QUICK_EXIT
from bot.eligibility.questions import QUESTION_BY_ID
from bot.language.catalogue import Catalogue
from bot.language.languages import SOURCE
from bot.speech import Say, Tap
from bot.workshop.rehearsal import Rehearsal, Standing
from bot.workshop.seen import Key, Noting, strings_in
from bot.workshop.steps import ANY_LANGUAGE, Step, take_step

# Slots that say nothing of where a talk stands.
PASSING = frozenset({"taken", "cards", "misses"})
REFERENCE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}")  # a new one each time
PLAIN = {"ask_needs_done": "done"}  # the plain answer where it is not the first button
UNSAID = frozenset({"not_sure", "prefer_not_to_say"})  # controls that answer
ODD_ANSWERS = (1, 2)  # how many answers of a talk may be other than the plain ones: tried in turn


@dataclass(frozen=True)
class Found:
    """The last step of a talk: the step before it, what was said, and how many of its answers are odd."""

    before: Found | None
    step: Step
    says: tuple[Say, ...]
    standing: Standing
    odd: int = 0

    @property
    def name(self) -> tuple[str, ...]:
        """What was said, by name."""
        return tuple(say.name for say in self.says)

    def steps(self) -> tuple[Found, ...]:
        """The whole talk, from its first step."""
        return (*self.before.steps(), self) if self.before else (self,)


@dataclass(frozen=True)
class Aside:
    """What can be done though no button offers it; on the screens named `on` only, if any are.

    `more`: how odd it is. `goes_on`: whether the talk is gone on with after it, as after an answer.
    """

    step: Step
    on: frozenset[str] = frozenset()
    more: int = 0
    goes_on: bool = False


@dataclass
class Search:
    """How talks are looked for: by every answer to each question, and by all else once on each kind of screen.

    What is no answer is gone on from only where it showed a string that nothing before it did.
    """

    rehearsal: Rehearsal
    catalogue: Catalogue
    words: Noting
    asides: Sequence[Aside]
    found: dict[Key, Found] = field(default_factory=dict)
    _strings: dict[str, frozenset[Key]] = field(default_factory=dict)

    def shortest(self, wanted: AbstractSet[Key]) -> dict[Key, Found]:
        """By string the shortest talk to it, with as few odd answers as can be; nothing for the unreachable."""
        for odd in ODD_ANSWERS:
            self._look(odd, wanted)
        return {key: talk for key, talk in self.found.items() if key in wanted}

    def _look(self, odd: int, wanted: AbstractSet[Key]) -> None:
        first = self._after(None, Step("means", ("greet",)), 0)
        waiting = deque([(first, True)])
        least: dict[str, int] = {}
        tried: set[tuple[str, ...]] = set()
        while waiting and not wanted <= self.found.keys():
            now, is_answer = waiting.popleft()
            if now is None:
                continue
            new, place = self._note(now), _place(now)
            if least.get(place, odd + 1) <= now.odd or not (new or is_answer):
                continue
            least[place] = now.odd
            for step, more, answers in self._offered(now, alone=odd == 1):
                aside = (*now.name, str(step))
                if now.odd + more <= odd and (answers or aside not in tried):
                    tried.add(aside)
                    waiting.append((self._after(now, step, now.odd + more), answers))

    def _note(self, talk: Found) -> bool:
        """Whether a string is seen here for the first time."""
        new = {key for say in talk.says for key in self._strings_in(say)} - self.found.keys()
        self.found.update(dict.fromkeys(new, talk))
        return bool(new)

    def _after(self, now: Found | None, step: Step, odd: int) -> Found | None:
        standing = now.standing if now else Standing()
        taken = take_step(self.rehearsal, standing, step, SOURCE, self.catalogue.offices)
        if taken is None:
            return None
        says, after = taken
        return Found(now, step, says or (now.says if now else ()), after, odd)

    def _offered(self, now: Found, *, alone: bool) -> Iterator[tuple[Step, int, bool]]:
        """What can be done now, how odd it is, and whether it is an answer. What is none is tried `alone`."""
        for say in now.says:
            response = self.catalogue.response(say.name)
            own = [*(button.tap for button in response.buttons), *(button.tap for button in say.buttons)]
            for number, tap in enumerate(own):
                more, is_answer = _oddness(say.name, number, tap)
                if tap.intent != QUICK_EXIT and (alone or is_answer):
                    yield _tap(tap), more, is_answer
            controls = self.catalogue.response(response.controls).buttons if response.controls else ()
            for one in controls:
                unsaid = one.tap.intent in UNSAID and say.name.removeprefix("ask_") in QUESTION_BY_ID
                if one.tap.intent != QUICK_EXIT and (alone or unsaid):
                    yield _tap(one.tap), int(unsaid), unsaid
        for aside in self.asides if alone else ():
            if not aside.on or aside.on.intersection(now.name):
                yield aside.step, aside.more, aside.goes_on

    def _strings_in(self, say: Say) -> frozenset[Key]:
        key = REFERENCE.sub("", json.dumps(say.as_json(), sort_keys=True))
        if key not in self._strings:
            self._strings[key] = strings_in(self.words, say)
        return self._strings[key]


def _tap(tap: Tap) -> Step:
    entities = {name: ANY_LANGUAGE if name == "language" else value for name, value in tap.entities.items()}
    return Step("tap", (tap.intent,), entities)


def _oddness(name: str, number: int, tap: Tap) -> tuple[int, bool]:
    first = number == 0 if name not in PLAIN else tap.entities.get("answer") == PLAIN[name]
    if first or "page" in tap.entities:
        return (
            0,
            first or name == "ask_office",
        )  # the first answer is the plain one, where the question has no other
    if "together" in tap.entities or name == "group":
        return int(name != "group"), True
    if "answer" not in tap.entities:
        return 0, False
    question = QUESTION_BY_ID.get(name.removeprefix("ask_"))
    if question is not None and question.takes_country and tap.entities["answer"] not in question.values:
        return 0, False  # countries that make a difference are named (bot.workshop.asides)
    if question is None or question.takes_country:
        return 1, True
    return int(question.plain is not None and tap.entities["answer"] != question.plain), True


def _place(talk: Found) -> str:
    standing = talk.standing
    slots = {name: value for name, value in standing.slots.items() if name not in PASSING}
    referral = (standing.referral or {}).get("status")
    misses = standing.slots.get("misses") or {"turn": 0}
    missed = misses["count"] if misses["turn"] == standing.turn else 0
    said = [say.as_json() for say in talk.says]
    place = json.dumps([said, slots, standing.loop, standing.language, referral, missed], sort_keys=True)
    return REFERENCE.sub("", place)
