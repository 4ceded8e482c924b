"""What every step in the gateway works with, made once at the start and handed to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.channels.channel import Limits
from bot.conversation.bell import Bells
from bot.conversation.choosing import Places
from bot.language.catalogue import Catalogue
from bot.settings import Settings
from bot.store.line import Line
from bot.store.models import Person


class Referrals(Protocol):
    """What a conversation may do to referrals: the functions of `bot.referrals.intake`."""

    def apply_referral(
        self,
        session: Session,
        settings: Settings,
        person: Person,
        effect: Mapping[str, Any],
        wording: str,
        at: datetime,
    ) -> object:
        """A referral from a `refer` effect; nothing if one is open."""

    def withdraw(self, session: Session, settings: Settings, person: Person, at: datetime) -> object:
        """The open referral closed as withdrawn by the person."""

    def write_to_office(
        self, session: Session, settings: Settings, person: Person, text: str, at: datetime
    ) -> object:
        """The person's words, sealed to the office of the open referral."""

    def erase(self, session: Session, person: Person, at: datetime) -> None:
        """The person's row and all that hangs on it, gone."""

    def open_referral_facts(self, session: Session, person_id: int) -> dict[str, Any] | None:
        """What the turn engine is told of the person's open or latest referral."""


@dataclass(frozen=True)
class Means:
    """`languages` are those offered, in menu order; `limits` are by channel; `exits` are folded exit words.

    `places`: by language, the words that name a choice by its place on the screen.
    """

    database: Engine
    settings: Settings
    catalogue: Catalogue
    languages: tuple[str, ...]
    exits: frozenset[str]
    limits: Mapping[str, Limits]
    referrals: Referrals
    clock: Callable[[], datetime]
    places: Mapping[str, Places] = field(default_factory=dict)
    bells: Bells = field(default_factory=Bells)

    @cached_property
    def line(self) -> Line:
        """Where what is on the message's way waits for its transaction."""
        return Line(self.database)
