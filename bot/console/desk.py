"""Step 8 of the message's way: all that the console's pages work with, given to each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import HTMLResponse

from bot.console.pages import Pages
from bot.console.passwords import Passwords
from bot.console.sessions import Signed
from bot.settings import Settings
from bot.speech import Worded


class Words(Protocol):
    """One language, as `bot.language.wording.Wording` puts things into it."""

    def words(self, worded: Worded) -> str:
        """The words for a country, question, answer, office, criterion, language, code or text."""


@dataclass(frozen=True)
class Desk:
    """The console's parts. `words_in` and `direction_of` take a language code; `clock` gives naive UTC."""

    settings: Settings
    console_key: bytes
    engine: Engine
    clock: Callable[[], datetime]
    passwords: Passwords
    pages: Pages
    words_in: Callable[[str], Words]
    direction_of: Callable[[str], str]

    def page(
        self,
        request: Request,
        name: str,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A page in the officer's language, or in English before anyone has signed in."""
        signed: Signed | None = getattr(request.state, "signed", None)
        language = self.pages.language_for(signed.officer.language if signed else None)
        text = self.pages.render(
            language,
            name,
            direction=self.direction_of(language),
            demo=self.settings.demo,
            signed=signed,
            office=self.words_in(language).words({"kind": "office", "value": signed.officer.office_id})
            if signed
            else None,
            **values,
        )
        return HTMLResponse(text, status, headers)

    def trouble(self, request: Request, status: int) -> HTMLResponse:
        """The page that says what went wrong, by HTTP status, and what to do."""
        return self.page(request, "trouble.html", status, trouble=status)
