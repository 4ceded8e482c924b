"""Hundreds of hostile strings, sent as a person's words: shown as they are, and never more than words."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from unicodedata import normalize
from urllib.parse import quote
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from console_settings import CONSOLE_KEY
from console_site import serve
from console_world import BANGKOK, QUICK, add_roles, make_world
from hostile import HOSTILE, PAYLOADS, SURROGATES, kept, one_line, shown
from hostile_people import PLAIN, SUMMER, Sent, Watched, as_counted, effect_of, hurry, in_groups, persons, words_of
from person_side import people_of
from playwright.sync_api import Browser
from pypdf import PdfReader
from sqlalchemy import select

from bot.console.app import make_desk
from bot.console.mail import Letter
from bot.console.reminders import Reminders
from bot.language.catalogue import load_catalogue
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Office, Referral, ReferralEvent
from bot.store.sealing import unseal_at_office
from bot.store.tally import count

pytestmark = pytest.mark.browser
TAGS = "[...document.querySelectorAll('*')].map(one => one.tagName)"
SAID = """all => all.map(one => [one.textContent, one.childElementCount,
  getComputedStyle(one).unicodeBidi, getComputedStyle(one).overflow])"""
APART = (0, "isolate", "clip")  # no elements in it, its direction is its own, and it is drawn in its place alone
A_MESSAGE = Counter(LI=1, P=2, STRONG=1, TIME=1)  # the elements of one in the history
BEGINS_A_FORMULA = set("=+-@|%\t\r\n\uff1d\uff0b\uff0d\uff20")
CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TYPED = "[...document.querySelectorAll('#act, #subject')].map(one => one.value)"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Sent]:
    words = load_catalogue(ROOT)
    world = make_world(tmp_path_factory.mktemp("hostile"), catalogue=words)
    add_roles(world)
    hurry(world.engine)
    people, theirs = people_of(world, words), persons()
    for code, person in theirs.items():
        people.send(code, effect_of(code, person))
        people.write(code, *person.wrote)
    counted = [("reason", one) for one in as_counted() for _ in range(12)]
    with transaction(world.engine) as session:
        count(session, SUMMER, counted, BANGKOK)
    for site in serve(world):
        yield Sent(site, chromium, theirs)


def test_there_are_many_and_each_is_another() -> None:
    assert len(set(HOSTILE)) == len(HOSTILE) >= 500
    assert len({kept(one) for one in HOSTILE}) >= 500
    assert [kept(one) for one in ("\x00", "/ /start", "e\u0301\ud800\r\n", "a\x00b", "\u200b")] == [
        "",
        "start",
        "é",
        "ab",
        "",
    ]
    assert shown("\u202ea\tb\n\nc") == "\u2068a b\u2069\n\n\u2068c\u2069"


def test_nothing_is_lost_and_nothing_is_added(sent: Sent) -> None:
    with transaction(sent.site.world.engine) as session:
        key = session.get_one(Office, BANGKOK).private_key
        for code, person in sent.people.items():
            wrote = select(ReferralEvent).join(Referral, Referral.id == ReferralEvent.referral_id)
            mine = wrote.where(Referral.reference == code, ReferralEvent.act == "person_wrote")
            events = session.scalars(mine.order_by(ReferralEvent.id)).all()
            stored = [unseal_at_office(key, CONSOLE_KEY, event.words or b"")["text"] for event in events]
            assert stored == words_of(person)


def test_a_referral_shows_them_as_text_and_does_nothing_else(sent: Sent) -> None:
    with sent.watched() as watched:
        watched.go(f"/referrals/{PLAIN}")
        plain = Counter(watched.page.evaluate(TAGS))
        for code, person in sent.hostile.items():
            watched.go(f"/referrals/{code}")
            words = words_of(person)
            assert watched.all(".history .words", SAID) == [[shown(one), *APART] for one in words]
            answers = [one_line(answer) for answer in person.answers.values()]
            assert watched.all(".answers dd .pair > span") == answers
            assert Counter(watched.page.evaluate(TAGS)) - plain == times(A_MESSAGE, len(words) - 1)
            assert watched.page.evaluate("document.documentElement.scrollWidth") <= 360, code
            assert watched.page.title() == f"{code} · Office console"
            watched.page.get_by_role("button", name="Show the number").click()
            assert watched.all(".contact .number") == [one_line(person.number)]
            assert watched.all(".contact li:nth-child(2) bdi") == [one_line(person.time)]
        assert watched.is_harmless(), watched.amiss


def times(counter: Counter[str], number: int) -> Counter[str]:
    return Counter({tag: many * number for tag, many in counter.items()})


def test_the_sheet_on_paper_holds_the_answers_as_text_and_no_message(sent: Sent) -> None:
    with sent.watched() as watched:
        for code, person in sent.hostile.items():
            watched.go(f"/referrals/{code}/sheet")
            assert watched.all(".sheet td strong") == [one_line(answer) for answer in person.answers.values()]
            squeezed = squeeze(watched.page.evaluate("document.body.textContent"))
            elsewhere = squeeze(" ".join(map(one_line, person.answers.values())))
            told = [one for one in words_of(person) if squeeze(one) in squeezed and squeeze(one) not in elsewhere]
            assert [one for one in told if len(one) > 2] == []
            printed = squeeze(
                " ".join(page.extract_text() for page in PdfReader(io.BytesIO(watched.page.pdf())).pages)
            )
            assert squeeze(code) in printed
            plain = [
                one for one in person.answers.values() if one.isascii() and one.isprintable() and len(one) < 100
            ]
            assert [one for one in plain if squeeze(one) not in printed] == []
        assert watched.is_harmless(), watched.amiss


def squeeze(text: str) -> str:
    """Letters and signs alone: how a line is broken on paper is no matter, nor letters that are drawn as one."""
    return "".join(normalize("NFKC", text).split())


def test_the_list_and_what_is_typed_to_search_say_nothing_more(sent: Sent) -> None:
    with sent.watched() as watched:
        watched.go("/?tab=new")
        text = watched.page.content()
        assert watched.page.locator(".queue .code").count() == len(sent.people) + 1
        assert [one for one in PAYLOADS if len(one) > 4 and one in text] == []
        for payload in PAYLOADS:
            answer = watched.page.request.get(
                f"{watched.base}/search?reference={quote(payload, errors='replace')}"
            )
            assert answer.status == 404
            assert answer.text() == answer.text().replace(payload, "") or len(payload) < 5, payload
        assert watched.is_harmless(), watched.amiss
    with sent.watched("auditor") as watched:
        for pair in in_groups([one for one in PAYLOADS if one not in SURROGATES], 2):
            act, subject = (*pair, "")[:2]
            watched.go(f"/audit?act={quote(act)}&subject={quote(subject)}")
            assert watched.page.evaluate(TYPED) == [in_a_box(act.lower()), in_a_box(subject)]
        assert watched.is_harmless(), watched.amiss


def in_a_box(text: str) -> str:
    """What a box of one line holds of the text."""
    return text.replace("\x00", "").strip().replace("\r", "").replace("\n", "")


def test_figures_and_their_files_hold_no_formula(sent: Sent) -> None:
    with sent.watched("lead") as watched:
        watched.go("/figures")
        told = watched.all("section[aria-labelledby=figure-reason] tbody th")
        assert sorted(map(squeeze, told)) == sorted(squeeze(one.replace("\x00", "")) for one in as_counted())
        form = dict(watched.all("main form[method=post] input", "all => all.map(one => [one.name, one.value])"))
        rows = list(csv.DictReader(io.StringIO(saved(watched, form, "csv").decode("utf-8-sig"), newline="")))
        values = [row["value"].removeprefix("'") for row in rows if row["figure"] == "reason"]
        assert sorted(values) == sorted(one.removeprefix("'") for one in as_counted())
        cells = [cell.lstrip("\ufeff\u00a0 ") for row in rows for cell in row.values()]
        assert [cell for cell in cells if cell[:1] in BEGINS_A_FORMULA] == []
        book = ZipFile(io.BytesIO(saved(watched, form, "xlsx")))
        assert [name for name in book.namelist() if re.search(r"link|macro|embed|vba", name, re.IGNORECASE)] == []
        told_there = {node.text for node in ET.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{CELLS}t")}
        assert {one for one in as_counted() if one.isascii() and one.isprintable()} <= told_there
        table = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
        assert [*table.iter(f"{CELLS}f"), *table.iter(f"{CELLS}hyperlink")] == []
        assert watched.is_harmless(), watched.amiss


def saved(watched: Watched, form: Mapping[str, str], kind: str) -> bytes:
    """The figures as a file of this kind."""
    here = {"sec-fetch-site": "same-origin"}
    answer = watched.page.request.post(f"{watched.base}/figures", form={**form, "format": kind}, headers=here)
    assert answer.ok
    assert answer.headers["content-disposition"].endswith(f'.{kind}"')
    return answer.body()


def test_the_reminder_holds_counts_alone(sent: Sent) -> None:
    world, letters = sent.site.world, list[Letter]()
    with transaction(world.engine) as session:
        session.get_one(Office, BANGKOK).digest_to = "office@example.org"

    class Post:
        def send(self, letter: Letter) -> None:
            letters.append(letter)

    world.clock.on(days=15)
    desk = make_desk(world.settings, world.engine, clock=world.clock, passwords=QUICK)
    assert Reminders(desk, Post()).remind() == 1
    assert re.sub(r"\d+", "0", letters[0].text) == (
        "Overdue answers: 0\nOf these, with priority: 0\nNew: 0\n\n"
        "Sign in to the console to see them. Do not answer this message: nobody reads the answers.\n"
    )
