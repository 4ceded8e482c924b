"""Step 8 of the message's way: what an officer's buttons do in the talk itself, in place of the bot."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.console.sent import Sent, by_the_plan, is_safe_now
from bot.referrals import border, takeover
from bot.referrals.phrases import read_days, send_phrase
from bot.store.models import Referral


def phrase(session: Session, sent: Sent) -> None:
    """A ready phrase to the person, in their language, as a reply goes."""
    name = sent.form.get("phrase", "")
    days = read_days(sent.desk.phrases, name, sent.form.get("days", ""))
    contact, override = by_the_plan(session, sent)
    send_phrase(
        session,
        sent.desk.settings.field_key,
        sent.referral_id,
        sent.officer,
        (name, days),
        sent.key,
        sent.at,
        neutral=contact is not None and contact.neutral,
        override=override,
    )


def take_over(session: Session, sent: Sent) -> None:
    """The officer answers in the bot's place. The person is told at once, so the plan holds for it too."""
    _, override = by_the_plan(session, sent)
    field_key = sent.desk.settings.field_key
    takeover.take_over(session, field_key, sent.referral_id, sent.officer, sent.key, sent.at, override=override)


def hand_back(session: Session, sent: Sent) -> None:
    """The bot answers again."""
    takeover.hand_back(session, sent.referral_id, sent.officer, sent.key, sent.at)


def ask_border(session: Session, sent: Sent) -> None:
    """The person is asked whether the referral may go to another country, if the plan allows a message now."""
    _, override = by_the_plan(session, sent)
    border.ask_border(
        session,
        sent.desk.passing,
        sent.referral_id,
        sent.officer,
        sent.form.get("office", ""),
        sent.text,
        sent.key,
        sent.at,
        override=override,
    )


def take_border_back(session: Session, sent: Sent) -> None:
    """The question about another country is over."""
    border.take_border_back(session, sent.referral_id, sent.officer, sent.key, sent.at)


def tell_of_the_end(session: Session, sent: Sent, *, was_taken_over: bool) -> None:
    """After any act: if it ended a talk that was taken over, the person hears so, as soon as that is safe."""
    referral = session.get_one(Referral, sent.referral_id)
    if was_taken_over and referral.talk_by is None:
        at_once = is_safe_now(session, sent)
        takeover.tell_given_back(session, sent.desk.settings.field_key, referral, sent.at, at_once=at_once)
