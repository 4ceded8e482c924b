"""A day of an office and some after: two officers and a lead at their desks at once, and people writing to them.

Every numbered step looks at what is on the screen, in the language of whoever sits there.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from console_site import CHROMIUM, Site, serve
from console_world import BANGKOK, CONSOLE_KEY, MAE_SOT, QUICK, REFERENCE, START, World, add_roles, make_world
from officers_desk import AtDesk, at_desk
from person_side import People, people_of
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import func, select

from bot import speech
from bot.commands.main import main
from bot.console.app import make_desk
from bot.console.crossing import Crossing
from bot.console.officers import add_officer
from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.wording import Wording
from bot.processes.secrets_file import ensure_secrets
from bot.referrals.offices import ensure_offices
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Officer, ReferralEvent
from bot.store.tally import count

pytestmark = pytest.mark.browser
KUALA_LUMPUR = "MY-KUL"
SUMMER = datetime(2026, 8, 5)  # noqa: DTZ001 -- as the tables keep it
CHILD, BANGLA, QUIET, CALL, LATE = "CHLD-2222", "BNGL-2222", "QWET-2222", "CALL-2222", "LATE-2222"
SPAM = ("SPA1-2222", "SPA2-2222", "SPA3-2222")
CHAT: dict[str, Any] = {"way": "chat", "number": None, "time": "any", "style": []}
BY_PHONE = {"way": "call", "number": "+66 81 234 5678", "time": "evening", "style": []}
WORKED = {"answers": {"age": "adult"}, "reasons": ["fear"], "criteria_version": "1"}
UNSAFE = "Nothing was sent: it would not keep to the safe-contact plan. Change it, wait, or say why it must be so."
# Who did what by the evening, as the audit log has it.
DONE = {
    "accepted": 4, "revealed": 1, "overrode": 1, "replied": 3, "noted": 1, "counselling": 1, "found": 2,
    "closed": 1, "waiting": 1, "returned": 1, "took_over": 1, "handed_back": 1, "transferred": 2,
    "border_asked": 1, "border_yes": 1, "dismissed": 3, "sheet_made": 1, "figures_exported": 1, "phrase_call": 1,
    "office_changed": 2, "officer_disabled": 1, "signed_in": 9,
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """Everybody of this day: Anna reads English, Ben Thai, the lead Arabic; and the people who write."""

    site: Site
    words: Catalogue
    people: People
    anna: AtDesk
    ben: AtDesk
    lead: AtDesk
    chromium: Browser

    def sits(self, login: str, language: str) -> AtDesk:
        """One more officer, before the door."""
        return at_desk(self.site, self.chromium, login, language)

    @property
    def world(self) -> World:
        return self.site.world

    def come(self, code: str, language: str, contact: dict[str, Any] = CHAT, **content: Any) -> None:
        """A person sends a referral."""
        whole = {"outcome": "LIKELY", "contact": contact, **WORKED, **content}
        effect = {"effect": "refer", "office": BANGKOK, "reference": code, "content": whole}
        self.people.send(code, effect, language)

    def said(self, language: str, name: str, **variables: Any) -> str:
        """What the bot says in this language."""
        return Wording(self.words, language).text(name, variables)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def day(tmp_path: Path, chromium: Browser) -> Iterator[Day]:
    words = load_catalogue(ROOT)
    world = make_world(tmp_path / "home", demo=True, catalogue=words)
    add_roles(world)
    with transaction(world.engine) as session:
        ensure_offices(session, [KUALA_LUMPUR], CONSOLE_KEY)
        world.officers["kim"] = add_officer(
            session,
            CONSOLE_KEY,
            QUICK,
            login="kim",
            display_name="Kim",
            office_id=KUALA_LUMPUR,
            language="en",
            at=START,
        )
        count(session, SUMMER, [("sent", "")] * 40 + [("language", "fa")] * 40, BANGKOK)
    people = people_of(world, words)
    for site in serve(world):
        desks = (at_desk(site, chromium, *who) for who in (("anna", "en"), ("ben", "th"), ("lead", "ar")))
        anna, ben, lead = desks
        yield Day(site, words, people, anna, ben, lead, chromium)
        for context in chromium.contexts:
            context.close()


def test_a_day_of_an_office(
    day: Day, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    morning(day)
    two_at_once(day)
    against_the_plan(day)
    in_their_language(day)
    what_was_found(day)
    with_care(day)
    in_place_of_the_bot(day)
    to_another_office(day)
    over_the_border(day)
    tidied_up(day)
    looked_back(day)
    shut_and_open(day)
    after_the_weekend(day)
    all_is_on_record(day, monkeypatch, capsys, tmp_path)


def morning(day: Day) -> None:
    day.come(CHILD, "fa", flags=["child", "priority"])
    day.come(BANGLA, "bn")
    day.come(QUIET, "ar", CHAT | {"style": ["do_not_say_iom"]})
    day.come(CALL, "en", BY_PHONE)
    for code in SPAM:
        day.come(code, "en")
    anna, ben, lead = day.anna, day.ben, day.lead
    # 1 to 3: three sign in at once, each in their language.
    for desk, direction in ((anna, "ltr"), (ben, "ltr"), (lead, "rtl")):
        desk.sign_in()
        desk.sees("h1", "Referrals")
        assert desk.page.evaluate("[document.documentElement.lang, document.dir]") == [desk.language, direction]
    # 4: the queue; those who are in danger or children first.
    assert anna.at(".tabs [aria-current]").inner_text() == "New 8"
    assert set(anna.codes()[:2]) == {CHILD, REFERENCE}
    # 5: nothing is late yet.
    anna.at(".tabs").get_by_role("link", name="Overdue").click()
    anna.sees(".empty", "Nothing here.")
    # 6: only those marked as a child.
    anna.go("/")
    anna.unfold("Sort and narrow down")
    anna.page.get_by_label("Mark").select_option("child")
    anna.press("Show")
    assert set(anna.codes()) == {CHILD, REFERENCE}
    # 7: only those who write Bangla.
    ben.unfold("Sort and narrow down")
    ben.at("#by-language").select_option("bn")
    ben.press("Show")
    assert ben.codes() == [BANGLA]
    # 8: one more comes, and nothing moves while she reads.
    anna.go("/")
    before = anna.codes()
    day.world.clock.on(minutes=1)
    day.come(LATE, "en")
    anna.page.evaluate("look()")
    anna.sees("#news a", "New since you opened this list: 1. Show them")
    assert anna.codes() == before
    # 9: she asks for it.
    anna.at("#news a").click()
    expect(anna.page.get_by_role("link", name=LATE)).to_be_visible()


def two_at_once(day: Day) -> None:
    # 10: both have the same referral open, and both may take it.
    for desk in (day.anna, day.ben):
        desk.open(CALL)
        desk.sees("form.bar button.main", "Take this referral")
    # 11: Anna is faster.
    day.anna.press("Take this referral")
    expect(day.anna.at(".facts").first).to_contain_text("Taken · Anna")
    # 12: Ben is told who it was.
    day.ben.press("Take this referral")
    day.ben.sees(".problem", "%(who)s took this referral before you.", who="Anna")
    # 13: he takes another.
    day.ben.open(BANGLA)
    day.ben.press("Take this referral")
    expect(day.ben.at(".facts").first).to_contain_text("Ben")


def against_the_plan(day: Day) -> None:
    anna = day.anna
    # 14: the number is shown when she asks for it.
    expect(anna.at(".number")).to_have_count(0)
    anna.press("Show the number (this is recorded)")
    expect(anna.at(".number")).to_have_text(BY_PHONE["number"])
    # 15: it is not evening, and they wish to be called: nothing is sent, nothing typed is lost.
    anna.at("#reply").fill("May we call you tonight?")
    anna.press("Send reply")
    anna.sees(".problem", UNSAFE)
    expect(anna.at("#reply")).to_have_value("May we call you tonight?")
    # 16: she has a reason.
    anna.at("#reply-override").select_option("danger")
    anna.press("Send reply")
    expect(anna.at(".delivery")).to_have_text("waiting to be sent")
    anna.sees(".history", "Wrote although the safe-contact plan says otherwise")
    # 17: it has come.
    assert "May we call you tonight?" in day.people.read(CALL)[-1]
    anna.open(CALL)
    expect(anna.at(".delivery")).to_have_text("sent")


def in_their_language(day: Day) -> None:
    ben, phrase = day.ben, day.said("bn", "office_phrase_call")
    # 18: a ready phrase, in Thai or English for Ben and in Bangla for whoever reads it.
    ben.at("button[name=phrase][value=call]").click()
    expect(ben.at(".history")).to_contain_text(phrase)
    # 19: it has come.
    assert phrase in day.people.read(BANGLA)[-1]
    # 20: the answer stands in the history, as it was written.
    day.people.write(BANGLA, "আগামীকাল সকালে\n+880 2 5555")
    ben.open(BANGLA)
    expect(ben.at(".history .words[dir=auto]").last).to_have_text(
        "\u2068আগামীকাল সকালে\u2069 \u2068+880 2 5555\u2069"
    )
    # 21: a note for the office.
    ben.at("#note").fill("Speaks a little English")
    ben.press("Keep note")
    ben.sees(".history", "Note")
    # 22: the lead reads it, in Arabic, on a telephone.
    day.lead.open(BANGLA)
    expect(day.lead.at(".history")).to_contain_text("Speaks a little English")
    day.lead.sees(".facts", "In contact")
    assert day.lead.page.evaluate("document.documentElement.scrollWidth") <= 360


def what_was_found(day: Day) -> None:
    anna, ben = day.anna, day.ben
    # 23: counselling.
    ben.press("Counselling begins")
    ben.sees(".facts", "Counselling")
    # 24: Ben sees it otherwise.
    ben.unfold("I see it otherwise")
    ben.at("#criterion").select_option("fear")
    ben.at("#result").select_option("COUNSELLOR")
    ben.at("#because").select_option("translation")
    ben.press("Keep what I found")
    ben.sees("section[aria-labelledby=finding]", "The words in their language mislead")
    # 25: Anna agrees.
    anna.press("I see it as the self-assessment does")
    anna.sees("section[aria-labelledby=finding]", "The officer agreed")
    # 26: and the work on it ends.
    anna.at("#reason").select_option("applied")
    anna.press("Close the referral")
    anna.sees(".facts", "Closed: applied for return")
    expect(anna.at("#reply")).to_have_count(0)
    # 27: Ben waits for the person.
    ben.press("Wait for the person")
    ben.sees(".facts", "Waiting for the person")
    # 28: who writes, and is waited for no more.
    day.people.write(BANGLA, "ok")
    ben.open(BANGLA)
    ben.sees(".facts", "In contact")


def with_care(day: Day) -> None:
    anna, lead = day.anna, day.lead
    # 29: Anna takes one, and gives it back.
    anna.open(LATE)
    anna.press("Take this referral")
    anna.unfold("Give it back to the queue")
    anna.at("#return").fill("I am away tomorrow")
    anna.press("Give back")
    expect(anna.at(".facts").first).to_contain_text("New")
    anna.sees(".history", "Given back to the queue")
    # 30: the lead must not say who writes.
    lead.open(QUIET)
    lead.press("Take this referral")
    lead.at("#reply").fill("This is IOM.")
    lead.press("Send reply")
    lead.sees(".problem", UNSAFE)
    # 31: and does not.
    lead.at("#reply").fill("How are you?")
    lead.press("Send reply")
    lead.sees(".delivery", "waiting to be sent")
    assert "How are you?" in day.people.read(QUIET)[-1]
    assert "IOM" not in day.people.read(QUIET)[-1]


def in_place_of_the_bot(day: Day) -> None:
    ben, people = day.ben, day.people
    # 32: Ben answers from now on, and the person is told so.
    ben.unfold("Take the talk over from the bot")
    ben.press("Take over")
    ben.sees("section[aria-labelledby=answering]", "%(who)s answers the person; the bot is silent.", who="Ben")
    assert people.read(BANGLA)[-1].startswith(day.said("bn", "talk_taken_over"))
    # 33: what they write comes to him, and the bot says nothing.
    before = len(people.read(BANGLA))
    people.write(BANGLA, "hello?")
    assert len(people.read(BANGLA)) == before
    ben.open(BANGLA)
    expect(ben.at(".history .words[dir=auto]").last).to_contain_text("hello?")
    # 34: his colleagues see it in the list.
    day.anna.go("/?tab=taken")
    day.anna.sees(f".queue li:has([href$={BANGLA}])", "In the chat: %(who)s", who="Ben")
    # 35: he gives it back; the person is told, and asked what the bot asked last.
    ben.press("Give the talk back to the bot")
    ben.sees("summary", "Take the talk over from the bot")
    people.work(speech.Say("border_over"))
    assert [text.split("\n")[0] for text in people.read(BANGLA)[before:]] == [
        day.said("bn", "talk_given_back"), day.said("bn", "border_over")
    ]  # fmt: skip


def to_another_office(day: Day) -> None:
    lead, far = day.lead, day.sits("far", "en")
    # 36: within the country, at once.
    lead.open(LATE)
    lead.unfold("Pass it to another office")
    lead.at("#office").select_option(MAE_SOT)
    lead.at("#transfer").fill("Nearer to them")
    lead.press("Pass it on")
    lead.sees("[role=status]", "The referral was passed on, and the person is told.")
    assert LATE in day.people.read(LATE)[-1]
    # 37: it is not here any more.
    day.anna.open(LATE)
    day.anna.sees("h1", "There is no such page")
    # 38: it is there.
    far.sign_in()
    far.open(LATE)
    expect(far.at(".history")).to_contain_text("Nearer to them")
    expect(far.at(".history")).to_contain_text("I am away tomorrow")


def over_the_border(day: Day) -> None:
    lead, kim = day.lead, day.sits("kim", "en")
    # 39: the person is asked first.
    lead.open(CHILD)
    lead.unfold("Ask whether it may go to another country")
    lead.at("#abroad").select_option(KUALA_LUMPUR)
    lead.at("#border").fill("Family there")
    lead.press("Ask the person")
    lead.sees("section[aria-labelledby=next]", "Asked about another country")
    # 40: the other office knows that one may come, and no more.
    kim.sign_in()
    kim.sees(
        "main .hint", "A referral may come to you from %(office)s, if the person says yes.", office="IOM Bangkok"
    )
    assert kim.codes() == []
    # 41: only with their yes it goes.
    asked = day.people.read(CHILD)[-1]
    assert day.said("fa", "border_ask", city="", country="").split("\n")[2] in asked
    day.people.answer(CHILD, "border", "yes")
    Crossing(make_desk(day.world.settings, day.world.engine, clock=day.world.clock)).move()
    lead.open(CHILD)
    lead.sees("h1", "There is no such page")
    kim.go("/")
    assert kim.codes() == [CHILD]


def tidied_up(day: Day) -> None:
    anna = day.anna
    # 42: spam, closed unread with a reason; those to be read first have no box.
    anna.go("/")
    for code in SPAM:
        anna.page.get_by_label(f"Tick {code}").check()
    expect(anna.page.get_by_label(f"Tick {REFERENCE}")).to_have_count(0)
    anna.at("#clear-reason").select_option("spam")
    anna.press("Close them")
    anna.sees("[role=status]", "Closed: 3.")
    assert anna.codes() == [REFERENCE]
    # 43: found by its code.
    anna.at("#reference").fill(f" {BANGLA.lower()} ")
    anna.press("Find", "header")
    expect(anna.at("h1")).to_have_text(BANGLA)
    # 44: a sheet for the interview, in two languages, without what they wrote.
    anna.page.get_by_role("link", name="Sheet for the interview, to print").click()
    anna.sees("h1", "Sheet for the interview")
    expect(anna.at(".sheet").first).to_contain_text(day.said("bn", "label_age"))
    expect(anna.at("main")).not_to_contain_text("Speaks a little English")


def looked_back(day: Day) -> None:
    # 45: the figures of the last quarter.
    day.lead.go("/figures")
    expect(day.lead.at("table.counts").first).to_be_visible()
    # 46: the same, to take away.
    with day.lead.page.expect_download() as saved:
        day.lead.at("button[value=csv]").click()
    rows = list(csv.DictReader(Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [row["count"] for row in rows if (row["figure"], row["value"]) == ("language", "fa")] == ["40"]


def shut_and_open(day: Day) -> None:
    lead = day.lead
    for active, shut in ((False, [BANGKOK]), (True, [])):
        # 47 and 48: no new referrals for a while; people are shown another office from their next message on.
        lead.go("/office")
        lead.at("[name=active]").set_checked(active)
        lead.press("Save")
        lead.sees("[role=status]", "Saved.")
        day.people.write(QUIET, "1")
        facts = day.people.gateway.engine.asked[-1]["facts"]
        assert [one for one in facts["inactive_offices"] if one == BANGKOK] == shut


def after_the_weekend(day: Day) -> None:
    anna, ben, lead = day.anna, day.ben, day.lead
    # 49: nobody is signed in any more.
    day.world.clock.on(days=6)
    anna.go("/")
    assert anna.page.url.endswith("/login")
    for desk in (anna, ben, lead):
        desk.sign_in()
    # 50: what was not answered is late, with a sign and in words.
    expect(anna.at(".tabs .alarm")).to_contain_text("!")
    anna.at(".tabs").get_by_role("link", name="Overdue").click()
    assert REFERENCE in anna.codes()
    anna.sees(".queue .flag-late", "Later than promised")
    # 51: Ben leaves the office, and is out at the next click.
    with transaction(day.world.engine) as session:
        number = session.scalars(select(Officer.id).where(Officer.login == "ben")).one()
    lead.go("/officers")
    lead.at(f"form[action='/officers/{number}/disable'] button").click()
    ben.open(BANGLA)
    assert ben.page.url.endswith("/login")
    ben.sees("h1", "Sign in")


def all_is_on_record(
    day: Day, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # 52: the auditor sees who did it.
    auditor = day.sits("auditor", "en")
    auditor.sign_in()
    auditor.go("/audit?act=officer_disabled")
    expect(auditor.at("ol.history li")).to_have_count(1)
    auditor.sees("ol.history li", "Lead")
    # 53: and the chain of all of it is whole.
    with transaction(day.world.engine) as session:
        rows = session.scalar(select(func.count()).select_from(Audit))
        acts = Counter(session.scalars(select(Audit.act)))
        steps = Counter(session.scalars(select(ReferralEvent.act)))
    monkeypatch.setenv("BOT_HOME", str(tmp_path / "home"))
    ensure_secrets(tmp_path / "home" / "secrets.env", {}, None)  # of which this command needs none
    assert {act: acts[act] for act in DONE} == DONE
    assert {act: acts[act] for act in steps} == steps
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
    assert re.fullmatch(rf"{rows} rows\nhead [0-9a-f]{{64}}\n", capsys.readouterr().out)
