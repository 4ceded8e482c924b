"""People who send the hostile strings, and a page that is watched while an officer reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from typing import Any

from console_site import Site
from console_world import BANGKOK
from hostile import HOSTILE, PAYLOADS, SURROGATES, kept
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request
from sqlalchemy import Engine, event

from bot.eligibility import QUESTION_BY_ID

EACH = 45  # strings in one person's messages
# What decides on the way (where to, where from) is looked up before anything is sent.
ANSWERS = tuple(name for name in QUESTION_BY_ID if name not in {"origin", "country_now"})
SUMMER = datetime(2026, 8, 5)  # noqa: DTZ001 -- as the tables keep it
PLAIN = "PLAN-9999"
OURS = ("referrals/", "static/", "audit?", "figures", "?tab=")


@dataclass
class Watched:
    """A page, and what it did beside showing itself: dialogs, lines in the console, requests elsewhere."""

    page: Page
    base: str
    amiss: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("dialog", self._dialog)
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.amiss.append(str(error)))
        self.page.on("popup", lambda _: self.amiss.append("popup"))
        self.page.on("request", self._request)

    def _console(self, said: ConsoleMessage) -> None:
        self.amiss.append(said.text)

    def _dialog(self, dialog: Dialog) -> None:
        self.amiss.append("dialog")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.removeprefix(f"{self.base}/").startswith(OURS):
            self.amiss.append(request.url)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def all(self, selector: str, script: str = "all => all.map(one => one.textContent)") -> Any:
        return self.page.eval_on_selector_all(selector, script)

    def is_harmless(self) -> bool:
        return self.amiss == [] and bool(self.page.evaluate("window.hit === undefined"))


@dataclass(frozen=True)
class Person:
    """What one person wrote, answered, and said of how to reach them."""

    wrote: Sequence[str]
    answers: Mapping[str, str]
    number: str
    time: str


@dataclass(frozen=True)
class Sent:
    """The console served to a browser, and the people who sent referrals, by reference code."""

    site: Site
    chromium: Browser
    people: Mapping[str, Person]

    @property
    def hostile(self) -> Mapping[str, Person]:
        return {code: person for code, person in self.people.items() if code != PLAIN}

    @contextmanager
    def watched(self, who: str = "anna") -> Iterator[Watched]:
        page = self.chromium.new_context(viewport={"width": 360, "height": 740}).new_page()
        cookie = self.site.world.signed_in(who).cookies["console"]
        page.context.add_cookies([{"name": "console", "value": cookie, "url": self.site.base}])
        yield Watched(page, self.site.base)
        page.context.close()


def persons() -> Mapping[str, Person]:
    """Everybody's strings: each once as a message, each payload once as an answer, a number and a time of day."""
    # Half characters come no further than the inbox: what is typed there as an answer has none any more.
    whole = [one for one in PAYLOADS if one not in SURROGATES]
    answers, contacts = cycle(whole), cycle(whole)
    found = {PLAIN: Person(["word"], dict.fromkeys(ANSWERS, "word"), "1", "1")}
    for number, wrote in enumerate(in_groups(HOSTILE, EACH)):
        given = {name: next(answers) for name in ANSWERS}
        found[f"EV{number:02}-9999"] = Person(wrote, given, next(contacts), next(contacts))
    return found


def in_groups(strings: Sequence[str], size: int) -> list[Sequence[str]]:
    return [strings[start : start + size] for start in range(0, len(strings), size)]


def effect_of(code: str, person: Person) -> dict[str, Any]:
    contact = {"way": "call", "number": person.number, "time": person.time, "style": []}
    content = {"outcome": "COUNSELLOR", "answers": person.answers, "contact": contact, "criteria_version": "1"}
    return {"effect": "refer", "office": BANGKOK, "reference": code, "content": content}


def hurry(engine: Engine) -> None:
    """Nothing here has to outlive a fall of the machine: no waiting for its disk."""

    def relaxed(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    event.listen(engine, "connect", relaxed)
    engine.dispose()


def as_counted() -> Sequence[str]:
    """The payloads that fit a counter."""
    return [one for one in PAYLOADS if len(one) <= 64 and one not in SURROGATES]


def words_of(person: Person) -> list[str]:
    return [words for words in map(kept, person.wrote) if words]
