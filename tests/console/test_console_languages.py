"""Every page of the console in every language it has: nothing left in English, its language and direction said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from console_settings import START
from console_world import REFERENCE, Browser, World, add_roles, make_world, send
from sqlalchemy import select
from sqlalchemy.orm import Session
from walked_casework import LOOKED_AT, casework_pages, fill_casework
from walked_officers import walk_officers
from walked_overview import fill_overview, overview_pages
from walked_passkeys import walk_passkeys

from bot.language.catalogue import Catalogue, load_catalogue
from bot.language.console_words import CATALOGUE, console_template
from bot.language.translations import Translations
from bot.referrals import queue
from bot.referrals.intake import erase, withdraw, write_to_office
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Outgoing, Person, Referral

DIRECTIONS = {"en": "ltr", "ar": "rtl", "id": "ltr", "th": "ltr"}
TRANSLATED = [code for code in DIRECTIONS if code != "en"]
NEW, TAKEN, WAITING, CLOSED, WITHDRAWN, ERASED, SPOILT = (f"AAAA-222{number}" for number in range(7))
SHOWN = (NEW, TAKEN, WAITING, CLOSED, WITHDRAWN, ERASED, REFERENCE)
DELIVERIES = (
    ("waiting", None),
    ("sent", None),
    ("sent", "delivered"),
    ("sent", "read"),
    ("failed", None),
    ("held", None),
)
KEPT_LATIN = {"iom", "unhcr", "whatsapp", "utc", "csv", "xlsx", "english", "bahasa", "indonesia", "bangkok"}
KEPT_LATIN |= {"avrr", "rsd", "bali", "process"}  # as locales/latin_words.yml lets them stand
KEPT_LATIN |= {"anna", "ben", "far", "parisa", "nuri", "lead", "programme", "auditor", "admin"}  # officers' names
CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")
# Attributes whose words are read out or shown.
READ = ("aria-label", "title", "placeholder", "alt")


@pytest.fixture(scope="module")
def words() -> Catalogue:
    return load_catalogue(ROOT)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, words: Catalogue) -> Iterator[World]:
    """An office whose referrals are in every state, with everything that a page may have to say."""
    made = make_world(tmp_path_factory.mktemp("console"), demo=True, catalogue=words)
    add_roles(made)
    ben = _fill(made)
    for code in (TAKEN, WAITING, CLOSED, ERASED):
        assert ben.act("accept", code).status_code == 303
    for number, _ in enumerate(DELIVERIES):
        ben.act("reply", TAKEN, text=f"{number}")
    ben.act("reply", ERASED, text="1")
    ben.act("note", WAITING, text="1")
    ben.act("wait", WAITING)
    ben.act("close", CLOSED, reason="helped")
    with transaction(made.engine) as session:
        write_to_office(session, made.settings, _person(session, NEW), "1", START)
        withdraw(session, made.settings, _person(session, WITHDRAWN), START)
        erase(session, _person(session, ERASED), START)
        for outgoing, became in zip(session.scalars(select(Outgoing)), DELIVERIES, strict=True):
            outgoing.status, outgoing.reached = became
        for one in session.scalars(select(Person)):
            one.channel = "whatsapp"
    fill_casework(made)
    fill_overview(made)
    made.clock.on(seconds=(LOOKED_AT - START).total_seconds())
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def walked(world: World, words: Catalogue) -> dict[str, dict[str, str]]:
    return {
        one: walk(world, one) | overview_pages(world, words, one) | walk_passkeys(world, words, one)
        for one in DIRECTIONS
    }


def _fill(world: World) -> Browser:
    answered = {"criteria_version": "1", "answers": {"age": "adult", "country_now": "TH"}}
    flags = ["priority", "safety", "child", "trained_worker", "unhcr", "family", "check_other_programme"]
    way, number = "way", "+66 2 343 9300"
    neutral = {way: "chat", "style": ["do_not_say_iom", "text_only"], "time": "any"}
    with transaction(world.engine) as session:
        for code, content in (
            (
                NEW,
                {
                    "outcome": "LIKELY",
                    "flags": flags,
                    "routes": ["R1"],
                    "to_check": ["fear"],
                    "contact": {way: "call", "time": "afternoon"},
                },
            ),
            (TAKEN, {"outcome": "OTHER_HELP", "needs": ["health", "woman"], "contact": neutral}),
            (
                WAITING,
                {"outcome": None, "needs": ["man"], "contact": {way: "text", "number": number, "time": "morning"}},
            ),
            (CLOSED, {"special_need": True, "needs": [], "adults": None, "children": None, "contact": None}),
            (WITHDRAWN, {"contact": {way: "call", "number": number}}),
            (ERASED, {"contact": {way: "call", "number": number}}),
        ):
            send(session, world.settings, code, **answered | content)
        send(session, world.settings, SPOILT)
        session.scalars(select(Referral).where(Referral.reference == SPOILT)).one().sealed = b"spoilt"
    return world.sign_in("ben")


def _person(session: Session, reference: str) -> Person:
    sent = select(Person).join(Referral, Referral.person_id == Person.id)
    return session.scalars(sent.where(Referral.reference == reference)).one()


def walk(world: World, language: str) -> dict[str, str]:
    """Every page by what it is about, as an officer of `language` gets it, from the door to every mistake."""
    door = {"language": language, "login": language, "password": "wrong", "code": "1"}
    tries = [world.browser().post("/login", door) for _ in range(4)]
    assert [answer.status_code for answer in tries] == [401, 401, 401, 429]
    pages = {"login": world.browser().get(f"/login?language={language}").text}
    pages |= {f"login {answer.status_code}": answer.text for answer in tries}
    world.clock.on(seconds=30)
    anna = world.browser()
    assert world.try_sign_in(anna, "anna", language=language).status_code == 303
    pages |= {f"tab {tab}": anna.get(f"/?tab={tab}").text for tab in ("new", "mine", "taken", "waiting", "closed")}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(queue, "PAGE", 1)
        pages |= {"first of many": anna.get("/").text, "one of many": anna.get(f"/?after={_after(world)}").text}
    pages |= {code: anna.get(f"/referrals/{code}").text for code in SHOWN}
    form = {"sec-fetch-site": "same-origin", "content-type": "application/x-www-form-urlencoded"}
    for name, status, answer in (
        ("taken before", 409, anna.act("accept", TAKEN)),
        ("not allowed", 409, anna.act("wait", NEW)),
        ("no words", 400, anna.act("reply", TAKEN, text="")),
        (
            "person gone",
            409,
            anna.post(f"/referrals/{ERASED}/reply", anna.fields(f"/referrals/{NEW}") | {"text": "1"}),
        ),
        ("spoilt", 500, anna.get(f"/referrals/{SPOILT}")),
        ("nowhere", 404, anna.get("/nothing")),
        ("not to be read", 405, anna.get("/logout")),
        ("no such code", 404, anna.get("/search?reference=x")),
        ("no token", 403, anna.post("/logout", {})),
        ("no key", 400, anna.post(f"/referrals/{NEW}/accept", anna.fields("/") | {"key": ""})),
        ("no such language", 400, anna.post("/language", anna.fields("/") | {"language": "xx"})),
        ("no form", 415, anna.post("/logout", {}, kind="text/plain")),
        ("too long", 413, anna.ask("POST", "/logout", form, b"x" * 70_000)),
    ):
        assert answer.status_code == status, name
        pages[name] = answer.text
    return pages | walk_officers(world, language) | casework_pages(world, language)


def _after(world: World) -> str:
    with transaction(world.engine) as session:
        referral = session.scalars(select(Referral).where(Referral.reference == REFERENCE)).one()
        return str(queue.Place(referral.priority, referral.created_at, referral.id))


@dataclass
class Reader(HTMLParser):
    """The words of a page that are in the page's own language: what an element says is of another is left out."""

    language: str
    found: list[str] = field(default_factory=list)
    _open: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        apart = given.get("lang", self.language) != self.language or tag == "code" or "dir" in given
        apart = (apart and tag != "html") or bool(self._open and self._open[-1][1])
        if tag not in {"meta", "link", "input", "br"}:
            self._open.append((tag, apart))
        if not apart:
            self.found += [given[name] or "" for name in READ if name in given]

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._open[-1][1]:
            self.found.append(" ".join(data.split()))


def read(page: str, language: str) -> list[str]:
    reader = Reader(language)
    reader.feed(page)
    return reader.found


def pattern(words: str) -> re.Pattern[str]:
    """Finds `words` as a page shows them: whole, and with anything short where it has places."""
    parts = (re.escape(part.strip()) for part in re.split(r"%\(\w+\)s", words))
    return re.compile(r"(?<!\w)" + r"[\s\S]{0,60}?".join(parts) + r"(?!\w)")


@pytest.mark.parametrize("language", DIRECTIONS)
def test_every_page_says_its_language_and_direction(walked: dict[str, dict[str, str]], language: str) -> None:
    assert len(walked[language]) > 25
    said = f'<html lang="{language}" dir="{DIRECTIONS[language]}">'
    assert [name for name, page in walked[language].items() if said not in page] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_page_has_a_word_left_in_english(walked: dict[str, dict[str, str]], language: str) -> None:
    translations = Translations(ROOT / "locales" / language / CATALOGUE)
    strings = {(one.context or "", str(one.id)) for one in console_template() if one.id}
    english = {text: pattern(text) for context, text in strings if translations.get(context, text) != text}
    assert len(english) > 100
    for name, page in walked[language].items():
        texts = read(page, language)
        assert len(texts) > 8, name
        shown = CODE.sub(" ", "\n".join(texts))
        assert [text for text, found in english.items() if found.search(shown)] == [], name
        if language != "id":  # its words are of Latin letters too
            assert set(re.findall(r"[a-z]+", shown.lower())) <= KEPT_LATIN, name


def test_every_string_of_the_console_is_on_one_of_these_pages(walked: dict[str, dict[str, str]]) -> None:
    translations = Translations(ROOT / "locales" / "ar" / CATALOGUE)
    shown = "\n".join(text for page in walked["ar"].values() for text in read(page, "ar"))
    strings = [(one.context or "", str(one.id)) for one in console_template() if one.id]
    translated = [(text, translations.get(context, text) or text) for context, text in strings]
    unseen = [english for english, text in translated if not pattern(text).search(shown)]
    assert not unseen, "\n".join(unseen)
