"""The pages of the queue and of casework, in every state and with every mistake, for tests that read all pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from console_settings import START
from console_world import BANGKOK, MAE_SOT, Browser, World, send
from sqlalchemy import select

from bot.console.pages import load_pages
from bot.eligibility import load_offices
from bot.language.languages import load_languages
from bot.referrals import lifecycle, queue
from bot.referrals.border import answer_border, ask_border, take_border_back
from bot.referrals.history import record
from bot.referrals.offices import ensure_offices
from bot.referrals.overdue import Reminder
from bot.referrals.states import DISMISSALS, OUTCOMES
from bot.referrals.takeover import hand_back, take_over, talk_stopped
from bot.referrals.transfer import Passing, transfer
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Officer, Person, Referral

PLAN, STEPS, MOVED, NEWER = "PLAN-2222", "STEP-2222", "MOVE-2222", "LATE-2222"
TALK, ASKED, AGREED, COMING = "TALK-2222", "BRD1-2222", "BRD2-2222", "BRD3-2222"
ABROAD = "MY-KUL"
LOOKED_AT = START + timedelta(days=5)  # when all pages are walked
ENDED = {reason: f"END{number}-2222" for number, reason in enumerate(OUTCOMES)}
UNREAD = {reason: f"BIN{number}-2222" for number, reason in enumerate(DISMISSALS)}
SETTINGS = {"active": "1", "days": "3", "zone": "Asia/Bangkok", "from0": "09:00", "to0": "17:00"}


def fill_casework(world: World) -> None:
    """Referrals in the states that the steps of casework lead to, one of them from another office."""
    with transaction(world.engine) as session:
        ben = session.scalars(select(Officer).where(Officer.login == "ben")).one()
        far = session.scalars(select(Officer).where(Officer.login == "far")).one()
        number = 0

        def sent(reference: str, office: str = ben.office_id, **content: Any) -> int:
            send(session, world.settings, reference, office, **content)
            return session.scalars(select(Referral.id).where(Referral.reference == reference)).one()

        def key() -> str:
            nonlocal number
            number += 1
            return f"{number:032x}"

        sent(PLAN, contact={"way": "call", "number": "1", "time": "evening", "style": ["do_not_say_iom"]})
        for reason, reference in ENDED.items():
            ended = sent(reference)
            lifecycle.accept(session, ended, ben, key(), START)
            lifecycle.close(session, ended, ben, reason, key(), START)
        for reason, reference in UNREAD.items():
            lifecycle.dismiss(session, sent(reference, flags=[]), ben, reason, key(), START)
        steps = sent(STEPS)
        lifecycle.accept(session, steps, ben, key(), START)
        lifecycle.give_back(session, steps, ben, "1", key(), START)
        lifecycle.accept(session, steps, ben, key(), START)
        lifecycle.step(session, steps, ben, "contacted", key(), START)
        for override in ("person_wrote", "agreed", "danger"):
            lifecycle.reply(
                session, world.settings.field_key, steps, ben, "1", key(), START, neutral=False, override=override
            )
        lifecycle.step(session, steps, ben, "counselling", key(), START)
        moved = sent(MOVED, MAE_SOT)
        passing = Passing(b"c" * 32, world.settings.field_key, load_offices(ROOT / "criteria"))
        transfer(session, passing, moved, far, ben.office_id, "1", key(), START)
        ensure_offices(session, [ABROAD], passing.console_key)
        field_key = world.settings.field_key
        for reference in (TALK, ASKED, AGREED):
            lifecycle.accept(session, sent(reference), ben, key(), START)
        for which, reference in enumerate((TALK, ASKED, AGREED)):
            one = session.scalars(select(Referral).where(Referral.reference == reference)).one()
            person = session.get_one(Person, one.person_id)
            ask_border(session, passing, one.id, ben, ABROAD, "1", key(), START)
            if which == 0:
                answer_border(session, person, ABROAD, None, START)
                take_over(session, field_key, one.id, ben, key(), START)
                talk_stopped(session, person, "talk_stopped", START)
                take_over(session, field_key, one.id, ben, key(), START)
                talk_stopped(session, person, "talk_over", START)
                take_over(session, field_key, one.id, ben, key(), START)
                hand_back(session, one.id, ben, key(), START)
                take_over(session, field_key, one.id, ben, key(), LOOKED_AT)
                person.channel, person.last_seen_at = "whatsapp", LOOKED_AT
            elif which == 1:
                take_border_back(session, one.id, ben, key(), START)
                ask_border(session, passing, one.id, ben, ABROAD, "1", key(), START)
                record(session, one, "border_over", START)
            else:
                answer_border(session, person, ABROAD, "ab" * 32, START)
        coming = sent(COMING, ABROAD)
        ask_border(session, passing, coming, far, ben.office_id, "1", key(), START)


def casework_pages(world: World, language: str) -> dict[str, str]:
    """Every page of the queue and of casework, by what it is about, as a lead of `language` gets it."""
    lead = world.signed_in("lead")
    lead.post("/language", lead.fields("/me") | {"language": language})
    with transaction(world.engine) as session:
        newest = queue.newest_id(session, BANGKOK)
    pages = {f"list {query}": lead.get(f"/?{query}").text for query in (
        "tab=overdue", "tab=taken", "tab=closed", "tab=new&sort=due", "flag=family&outcome=LIKELY&language=ar",
        "passed=1", "closed=2&left=1",
    )}  # fmt: skip
    pages["some on the next page"] = _none_here(lead)
    pages |= {
        code: lead.get(f"/referrals/{code}").text
        for code in (STEPS, MOVED, TALK, ASKED, AGREED, *ENDED.values(), *UNREAD.values())
    }
    pages["revealed"] = lead.act("reveal", PLAN).text
    _take(world, lead)
    for name, status, answer in (
        ("against the plan", 409, lead.act("reply", PLAN, text="IOM", override="")),
        ("no such phrase", 400, lead.act("phrase", PLAN, phrase="days", days="0")),
        ("no such office", 400, lead.act("transfer", PLAN, text="1", office="XX")),
    ):
        assert answer.status_code == status, name
        pages[name] = answer.text
    with transaction(world.engine) as session:
        send(session, world.settings, f"{NEWER}-{language}")
    pages |= _office(lead)
    # What is no page of its own, put into one.
    for name, text in (
        ("newer", lead.get(f"/queue/changes?since={newest}").text),
        ("reminder", _reminder(language)),
    ):
        pages[name] = pages["office"].replace("</main>", f"<p>{text}</p></main>")
    return pages


def _reminder(language: str) -> str:
    pages = load_pages(ROOT / "locales", load_languages(ROOT / "locales" / "languages.yml"))
    return pages.render(language, "reminder.html", reminder=Reminder("", "", language, 2, 1, 3, None))


def _none_here(lead: Browser) -> str:
    kept, queue.MOST_LOOKED_AT = queue.MOST_LOOKED_AT, 1
    try:
        return lead.get("/?tab=new&outcome=OTHER_HELP").text
    finally:
        queue.MOST_LOOKED_AT = kept


def _take(world: World, lead: Browser) -> None:
    with transaction(world.engine) as session:
        status = session.scalar(select(Referral.status).where(Referral.reference == PLAN))
    if status == "new":
        assert lead.act("accept", PLAN).status_code == 303


def _office(lead: Browser) -> dict[str, str]:
    csrf = {"csrf": lead.fields("/office").get("csrf", "")}
    pages = {"office": lead.get("/office?saved=1").text}
    for name, wrong in (
        ("hours", {"to0": "08:00"}),
        ("holidays", {"holidays": "x"}),
        ("zone", {"zone": "x/x"}),
        ("days", {"days": "0"}),
        ("mailbox", {"digest_to": "x"}),
    ):
        answer = lead.post("/office", csrf | SETTINGS | wrong)
        assert answer.status_code == 400, name
        pages[f"office {name}"] = answer.text
    return pages
