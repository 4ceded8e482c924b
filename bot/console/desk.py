"""Step 8 of the message's way: all that the console's pages work with, given to each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot import speech
from bot.console.chosen import asked_for, last_read
from bot.console.pages import Pages
from bot.console.passwords import Passwords
from bot.console.sessions import Signed
from bot.eligibility import Offices, Programme
from bot.language.languages import Language
from bot.referrals.phrases import Phrases
from bot.referrals.transfer import Passing
from bot.settings import Settings
from bot.speech import Worded


class Words(Protocol):
    """One language, as `bot.language.wording.Wording` puts things into it."""

    def words(self, worded: Worded) -> str:
        """The words for a country, question, answer, office, criterion, language, code or text."""

    def lacks(self, worded: Worded) -> bool:
        """Whether these words are English, since the language has none of its own."""


@dataclass(frozen=True)
class Desk:
    """The console's parts. `words_in`, `direction_of` and `worded_in` take a language code. `clock`: naive UTC.

    `worded_in` gives the language in which an officer of that language reads answers: English where people's
    words are not translated into it. `spoken` are the languages that people can write in.
    `phrases` are those that officers can send with a button.
    """

    settings: Settings
    console_key: bytes
    engine: Engine
    clock: Callable[[], datetime]
    passwords: Passwords
    pages: Pages
    words_in: Callable[[str], Words]
    direction_of: Callable[[str], str]
    worded_in: Callable[[str], str]
    offices: Offices
    spoken: Sequence[str]
    programme: Programme
    languages: Mapping[str, Language]
    phrases: Phrases

    @property
    def passing(self) -> Passing:
        """What it takes to pass a referral to another office."""
        return Passing(self.console_key, self.settings.field_key, self.offices)

    def page(
        self,
        request: Request,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        *,
        reader: str | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A page in the officer's language; before anyone has signed in, in the one chosen at the door.

        `reader` is the language of someone who is not signed in and has chosen none.
        """
        signed: Signed | None = getattr(request.state, "signed", None)
        asked = asked_for(request, self.pages)
        at_the_door = asked or reader or last_read(request, self.settings)
        language = at_the_door if signed is None else signed.officer.language
        language = self.pages.language_for(language)
        text = self.pages.render(
            language,
            name,
            asked=asked,
            demo=self.settings.demo,
            signed=signed,
            path=request.url.path,
            rights=signed.rights if signed else frozenset(),
            office=self._office(language, signed.officer.office_id) if signed else None,
            **values,
        )
        return HTMLResponse(text, status, headers)

    def trouble(self, request: Request, status: int) -> HTMLResponse:
        """The page that says what went wrong, by HTTP status, and what to do."""
        return self.page(request, "trouble.html", status, trouble=status)

    def _office(self, language: str, office: str) -> str:
        return self.words_in(self.worded_in(language)).words(speech.office(office))
