"""Step 8 of the message's way: a referral put into words, the officer's language beside the person's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import speech
from bot.console.cell import Cell
from bot.console.desk import Desk
from bot.eligibility import QUESTION_BY_ID
from bot.language.english import ResponsesError
from bot.language.languages import SOURCE
from bot.referrals import phrases
from bot.referrals.content import Contact, Content, open_content
from bot.referrals.duplicates import possible_duplicates
from bot.referrals.who_answers import is_taken_over
from bot.referrals.window import window_is_open, window_left
from bot.speech import Worded
from bot.store.models import Consent, Office, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import unseal_at_office


@dataclass(frozen=True)
class Pair:
    """The same in the officer's language and in the person's; `person` is None when it is one language.

    `published`: the words of a criterion as they were published, when neither of the two is that language.
    """

    officer: Cell
    person: Cell | None
    published: Cell | None = None


@dataclass(frozen=True)
class Past:
    """A step in the referral's life. `delivery`: what became of a reply, None for what is no reply."""

    act: str
    at: datetime
    who: str | None
    text: str | None
    reason: str | None
    delivery: str | None
    to: Cell | None = None  # the office it was passed to
    phrase: Pair | None = None  # what was sent in place of own words


@dataclass(frozen=True)
class Shown:
    """All that a referral's page shows. `told`, by criterion: what it means for the person, as they read it."""

    referral: Referral
    content: Content
    contact: Contact | None
    language_name: str
    reasons: Sequence[tuple[str, Pair]]
    to_check: Sequence[tuple[str, Pair]]
    routes: Sequence[tuple[str, Pair]]
    told: Mapping[str, Pair]
    answers: Sequence[tuple[Pair, Pair]]
    history: Sequence[Past]
    consent: Consent
    taken_by: str | None
    person_gone: bool
    duplicates: Sequence[str]
    must_write_first: bool  # the platform takes no words of ours until the person writes again
    window: timedelta | None  # how long it still takes them; None where it always does
    talk_by: str | None  # the officer who answers in the bot's place


def show_referral(desk: Desk, session: Session, referral: Referral, officer: Officer) -> Shown:
    """The referral opened with its office's key and worded; `SealError` when the key is another."""
    office = session.get_one(Office, referral.office_id)
    content = open_content(office, desk.console_key, referral)
    reader = desk.worded_in(officer.language)
    pair = pairing(desk, reader, referral.language)
    order = list(QUESTION_BY_ID)
    person = None if referral.person_id is None else session.get(Person, referral.person_id)
    asked = sorted(content.answers, key=lambda name: order.index(name) if name in order else len(order))
    return Shown(
        referral=referral,
        content=content,
        contact=_clean_contact(desk, content.contact),
        language_name=desk.words_in(officer.language).words(speech.language(referral.language)),
        reasons=[(code, pair(speech.criterion(code))) for code in content.reasons],
        to_check=[(code, pair(speech.criterion(code))) for code in content.to_check],
        routes=[(code, pair(speech.criterion(code))) for code in content.routes],
        told=_told(content, pair),
        answers=[(pair(speech.asked(name)), pair(speech.answer(name, content.answers[name]))) for name in asked],
        history=_history(desk, session, referral, office, pair),
        consent=session.get_one(Consent, referral.consent_id),
        taken_by=name_of(session, referral.taken_by),
        person_gone=person is None,
        duplicates=possible_duplicates(session, desk.settings, desk.console_key, referral, desk.clock()),
        must_write_first=person is not None and not window_is_open(person, desk.clock()),
        window=None if person is None else window_left(person, desk.clock()),
        talk_by=name_of(session, referral.talk_by) if is_taken_over(referral, desk.clock()) else None,
    )


def name_of(session: Session, officer_id: int | None) -> str | None:
    """How an officer is called; None for nobody."""
    return None if officer_id is None else session.get_one(Officer, officer_id).display_name


def names_of(session: Session, officer_ids: Iterable[int | None]) -> Mapping[int, str]:
    """How several officers are called, by their ids; nobody's is None."""
    named = select(Officer.id, Officer.display_name).where(Officer.id.in_({*officer_ids} - {None}))
    return {row.id: row.display_name for row in session.execute(named)}


def pairing(desk: Desk, officer: str, person: str) -> Callable[[Worded], Pair]:
    """Puts things into the languages `officer` and `person`."""

    def cell(worded: Worded, language: str) -> Cell:
        try:
            language = SOURCE if desk.words_in(language).lacks(worded) else language
            text = desk.words_in(language).words(worded)
        except ResponsesError:  # a code of older criteria or questions, which have no words any more
            text = " ".join(str(worded["value"]).split())
        return Cell(text, language.replace("_", "-"), desk.direction_of(language))

    def pair(worded: Worded) -> Pair:
        both = cell(worded, officer), None if person == officer else cell(worded, person)
        quoted = worded["kind"] == "criterion" and SOURCE not in {one.language for one in both if one}
        return Pair(*both, cell(worded, SOURCE) if quoted else None)

    return pair


def _told(content: Content, pair: Callable[[Worded], Pair]) -> Mapping[str, Pair]:
    # Of older criteria there are none any more. What is only to be checked the person was not told.
    codes = dict.fromkeys((*content.reasons, *content.routes, *content.to_check))
    said = {code: pair(speech.reason(code)) for code in codes}
    return {
        code: Pair(both.officer, None) if code in content.to_check else both
        for code, both in said.items()
        if both.officer.text != code
    }


def _clean_contact(desk: Desk, contact: Contact | None) -> Contact | None:
    # A number that reads backwards or hides a line is dialled wrongly: marks of direction are taken out.
    if contact is None:
        return None
    words = desk.words_in("en")

    def clean(text: str | None) -> str | None:
        return None if text is None else words.words(speech.code(text))

    return Contact(contact.way, clean(contact.number), clean(contact.time), contact.style)


def _history(
    desk: Desk, session: Session, referral: Referral, office: Office, pair: Callable[[Worded], Pair]
) -> list[Past]:
    steps = (
        select(ReferralEvent, Officer.display_name, Outgoing.status, Outgoing.reached)
        .outerjoin(Officer, Officer.id == ReferralEvent.officer_id)
        .outerjoin(Outgoing, Outgoing.id == ReferralEvent.outgoing_id)
        .where(ReferralEvent.referral_id == referral.id)
        .order_by(ReferralEvent.id)
    )
    past = []
    for event, who, status, reached in session.execute(steps):
        words = {}
        if event.words is not None:
            words = unseal_at_office(office.private_key, desk.console_key, event.words)
        became = reached if status == "sent" and reached is not None else status
        delivery = (became or "unknown") if event.act == "replied" else None
        text = words.get("text")
        if text is not None:
            text = desk.words_in("en").words(speech.text(text))
        to = words.get("to")
        office_name = None if to is None else pair(speech.office(to)).officer
        said = (
            pair(phrases.worded(words["phrase"], words["days"])) if words.get("phrase") in desk.phrases else None
        )
        past.append(Past(event.act, event.at, who, text, words.get("reason"), delivery, office_name, said))
    return past
