"""Step 9 in a browser: what was sent to a person, as events, from where this tab left off.

Earlier messages come back on reload only while the talk is fresh: a phone may be in other hands a while later.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from anyio.to_thread import run_sync
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.channels.webchat.words import page_words
from bot.conversation.bell import heard
from bot.conversation.inbox import Inbox
from bot.conversation.means import Means
from bot.language.languages import Language
from bot.store.database import transaction
from bot.store.models import Outgoing, Person
from bot.store.sealing import unseal

FRESH = timedelta(minutes=15)
POLL = 2.0  # seconds between looks for what another process sent
KEEP_ALIVE = 7  # looks without news after which the line is shown to be open
# Shown on return even after long silence, once.
FROM_OFFICE = {"office_message", "office_message_neutral", "talk_taken_over", "border_ask"}
SEEN = "seen"


@dataclass(frozen=True)
class Place:
    """How far a tab is: in which conversation (its first letters), and after which outgoing message."""

    conversation: str
    after: int

    def __str__(self) -> str:
        return f"{self.conversation}:{self.after}"


NOBODY = Place("-", 0)


@dataclass(frozen=True)
class News:
    """What a tab is to be told now. `begin`: it starts anew, and clears what it shows."""

    place: Place
    language: str | None
    begin: bool
    known: bool
    hidden: bool
    messages: tuple[tuple[int, dict[str, Any]], ...]


@dataclass(frozen=True)
class Stream:
    """The events of one person. `fallback` is the language of a page before one was chosen."""

    means: Means
    inbox: Inbox
    channel: str
    address: str
    fallback: Language
    ending: Callable[[], bool]

    async def events(self, last_event_id: str) -> AsyncIterator[str]:
        """Server-sent events, until the browser leaves or the server stops."""
        place, language, silent = read_place(last_event_id), "", 0
        bell = self.means.bells.sent.of(self.address)
        yield "retry: 2000\n\n"
        while not self.ending():
            ring = bell.listen()
            news = await run_sync(self.news, place)
            page = self._page(news)
            if news.begin:
                yield _event("begin", {"known": news.known, "hidden": news.hidden, **page}, news.place)
            elif page["language"] != language:
                yield _event("page", page)
            for number, message in news.messages:
                # One that was shown late has an earlier number than what is hidden before it.
                place = Place(news.place.conversation, max(number, news.place.after))
                yield _event("message", message, place)
            if news.begin or news.messages:
                silent = 0
            elif (silent := silent + 1) % KEEP_ALIVE == 0:
                yield ": open\n\n"
            place = place if news.messages else news.place
            language = page["language"]
            await heard(ring, POLL)

    def news(self, place: Place | None) -> News:
        """What is new to a tab at `place`; None is a tab that shows nothing yet."""
        with transaction(self.means.database) as session:
            key = self.inbox.address_key(self.channel, self.address)
            person = session.scalar(
                select(Person).where(Person.channel == self.channel, Person.address_key == key)
            )
            if person is None:
                return News(NOBODY, None, place != NOBODY, known=False, hidden=False, messages=())
            conversation = person.conversation[:8]
            if place is not None and place.conversation == conversation:
                messages = self._sent(session, person, place.after)
                return News(place, person.language, begin=False, known=True, hidden=False, messages=messages)
            return self._from_start(session, person, conversation)

    def _from_start(self, session: Session, person: Person, conversation: str) -> News:
        now = self.means.clock()
        fresh = now - person.last_seen_at <= FRESH
        since = person.last_seen_at - FRESH if fresh else now
        older = select(func.max(Outgoing.id)).where(
            Outgoing.person_id == person.id, Outgoing.status == "sent", Outgoing.written_at < since
        )
        after = session.scalar(older) or 0
        messages = self._sent(session, person, after)
        if not fresh:
            messages = self._unseen_from_office(session, person)
        return News(Place(conversation, after), person.language, True, True, not fresh, messages)

    def _sent(self, session: Session, person: Person, after: int) -> tuple[tuple[int, dict[str, Any]], ...]:
        rows = session.scalars(
            select(Outgoing)
            .where(
                Outgoing.person_id == person.id,
                Outgoing.status == "sent",
                Outgoing.id > after,
                Outgoing.content.is_not(None),
            )
            .order_by(Outgoing.id)
        ).all()
        return self._shown(session, rows)

    def _unseen_from_office(self, session: Session, person: Person) -> tuple[tuple[int, dict[str, Any]], ...]:
        rows = session.scalars(
            select(Outgoing)
            .where(
                Outgoing.person_id == person.id,
                Outgoing.status == "sent",
                Outgoing.provider_id.is_(None),
                Outgoing.content.is_not(None),
            )
            .order_by(Outgoing.id)
        ).all()
        return self._shown(session, [row for row in rows if self._is_from_office(self._content(row))])

    def _shown(self, session: Session, rows: Any) -> tuple[tuple[int, dict[str, Any]], ...]:
        contents = [(row.id, self._content(row)) for row in rows]
        seen = [number for number, content in contents if self._is_from_office(content)]
        if seen:
            session.execute(update(Outgoing).where(Outgoing.id.in_(seen)).values(provider_id=SEEN))
        return tuple((number, _message(content)) for number, content in contents)

    def _content(self, row: Outgoing) -> dict[str, Any]:
        return cast("dict[str, Any]", unseal(self.means.settings.field_key, cast("bytes", row.content)))

    @staticmethod
    def _is_from_office(content: dict[str, Any]) -> bool:
        return bool(content["say"]) and content["say"]["name"] in FROM_OFFICE

    def _page(self, news: News) -> dict[str, Any]:
        language = self.means.catalogue.language(news.language) if news.language else self.fallback
        words = page_words(self.means.catalogue, language)
        return {"language": language.tag, "direction": language.direction, "words": words}


def read_place(last_event_id: str) -> Place | None:
    """A place from the id of the last event that a tab got; None if it got none."""
    conversation, colon, after = last_event_id.partition(":")
    return Place(conversation, int(after)) if colon and after.isdecimal() and len(after) < 16 else None


def _message(content: dict[str, Any]) -> dict[str, Any]:
    if content["bubble"] is None:
        return {"own": True, **content["own"]}
    return {"own": False, **content["bubble"]}


def _event(name: str, value: dict[str, Any], place: Place | None = None) -> str:
    # JSON escapes line breaks, so a message can never end its event and begin another.
    number = f"id: {place}\n" if place else ""
    return f"event: {name}\n{number}data: {json.dumps(value, ensure_ascii=True)}\n\n"
