"""Step 4, acted on: what a turn asked to be done, done in the turn's own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot.conversation.erasing import erase
from bot.conversation.leaving import bare_person
from bot.conversation.means import Means
from bot.conversation.screen import Screen
from bot.conversation.speaking import worded
from bot.conversation.wiping import on_screen, queue_wipe
from bot.crossing import QUESTION, said_of
from bot.referrals.border import answer_border
from bot.referrals.counting import stop_at
from bot.referrals.takeover import talk_stopped
from bot.store.models import Person
from bot.store.tally import count
from bot.store.unclear import keep_unclear

CONSENT = "ask_consent"  # the one screen from which a referral may be sent
log = structlog.get_logger(__name__)


class EffectError(Exception):
    """The turn asked for something that is not done. The whole turn is refused."""


@dataclass(frozen=True)
class Deed:
    """One effect and where it is done: `screen` is what the person acted on."""

    session: Session
    means: Means
    screen: Screen
    at: datetime


def carry_out(deed: Deed, person: Person, effects: Sequence[Mapping[str, Any]]) -> Person:
    """Do `effects` in order. Gives the row that further messages go to: another one after an erasure.

    `EffectError` for an unknown effect, a language that is not offered, a referral without consent on
    screen, or a message to be kept where the operator keeps none.
    """
    for effect in effects:
        person = _one(deed, person, effect)
    return person


def _one(deed: Deed, person: Person, effect: Mapping[str, Any]) -> Person:
    session, means, at = deed.session, deed.means, deed.at
    match effect["effect"]:
        case "language":
            if effect["language"] not in means.languages:
                raise EffectError("a language that is not offered")
            person.language = effect["language"]
        case "refer":
            _refer(deed, person, effect)
        case "withdraw":
            means.referrals.withdraw(session, means.settings, person, at)
        case "write_to_office":
            means.referrals.write_to_office(session, means.settings, person, effect["text"], at)
        case "keep_unclear":
            _keep_unclear(deed, person, effect)
        case "border":
            _border(deed, person, effect)
        case "end_talk":
            talk_stopped(session, person, effect["act"], at)
        case "erase":
            return _erase(deed, person)
        case _:
            raise EffectError("an unknown effect")
    return person


def _refer(deed: Deed, person: Person, effect: Mapping[str, Any]) -> None:
    if deed.screen.name != CONSENT:
        log.critical("referral.without_consent", person=person.id, screen=deed.screen.name)
        raise EffectError("a referral without consent on the screen")
    deed.means.referrals.apply_referral(
        deed.session, deed.means.settings, person, effect, deed.screen.wording, deed.at
    )


def _keep_unclear(deed: Deed, person: Person, effect: Mapping[str, Any]) -> None:
    settings = deed.means.settings
    if not settings.keep_unclear or person.language is None:
        raise EffectError("a message to be kept where none may be")
    keep_unclear(deed.session, settings.field_key, person.language, effect["text"], deed.at)


def _border(deed: Deed, person: Person, effect: Mapping[str, Any]) -> None:
    abroad = deed.means.catalogue.offices.by_id.get(effect["office"])
    if abroad is None or effect["answer"] not in {"yes", "no"}:
        raise EffectError("an answer about no office, or none")
    asked = worded(deed.means, person, said_of(QUESTION, abroad))
    answer_border(deed.session, person, abroad.id, asked.wording if effect["answer"] == "yes" else None, deed.at)


def _erase(deed: Deed, person: Person) -> Person:
    channel, key, address, language = person.channel, person.address_key, person.address, person.language
    standing = on_screen(deed.session, deed.means, person, deed.at)
    count(deed.session, deed.at, stop_at(deed.screen.name))
    erase(deed.session, deed.means, person, deed.at)
    left = bare_person(deed.session, channel, key, address, deed.at)
    # For the last line only; the row goes as soon as that is sent.
    left.language = language
    queue_wipe(deed.session, deed.means, left, standing, deed.at)
    return left
