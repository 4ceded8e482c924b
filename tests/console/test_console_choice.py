"""An officer chooses a language at the door or at any page's foot, and keeps it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
from console_words import make_catalogue
from console_world import REFERENCE, Browser, World, make_world
from jinja2 import Environment, nodes
from sqlalchemy import select

from bot.console.figures import Figures
from bot.console.pages import HTML, load_pages
from bot.language.catalogue import Catalogue
from bot.language.languages import load_languages
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Officer

PLACE = f"/referrals/{REFERENCE}"
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
THAI = (
    HEADER + 'msgid "Referrals"\nmsgstr "รายการส่งต่อ"\n\n'
    'msgid "%(who)s took this referral before you."\nmsgstr "%(whom)s รับ"\n'
)
ARABIC = "# DRAFT\n" + HEADER + 'msgid "Referrals"\nmsgstr "الإحالات"\n'


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Two languages of the console besides English; people's words are in Persian alone."""
    for code, words in (("th", THAI), ("ar", ARABIC)):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "console.po").write_text(words, encoding="utf-8")
    return make_catalogue(tmp_path)


@pytest.fixture
def world(tmp_path: Path, catalogue: Catalogue) -> World:
    return make_world(tmp_path, catalogue=catalogue)


def language_of(world: World, login: str = "anna") -> str:
    with transaction(world.engine) as session:
        return session.scalars(select(Officer.language).where(Officer.login == login)).one()


def shown(browser: Browser, path: str = "/") -> str:
    return browser.get(path).text.partition('<html lang="')[2].partition('"')[0]


def test_the_door_offers_every_language_of_the_console_by_its_own_name(world: World) -> None:
    page = world.browser().get("/login").text
    for code, name in (("en", "English"), ("th", "ไทย"), ("ar", "العربية")):
        assert f'<a href="/login?language={code}" lang="{code}"' in page
        assert f">{name}</a>" in page
    assert "language=fa" not in page


def test_the_language_of_the_door_is_the_officers_from_then_on(world: World) -> None:
    browser = world.browser()
    page = browser.get("/login?language=th").text
    assert '<html lang="th"' in page
    assert '<input type="hidden" name="language" value="th">' in page
    refused = world.try_sign_in(browser, "anna", language="th", password="wrong")
    assert '<html lang="th"' in refused.text
    assert world.try_sign_in(browser, "anna", language="th").status_code == 303
    assert language_of(world) == shown(browser) == "th"
    browser.post("/logout", browser.fields("/"))
    assert shown(browser, "/login") == "th"
    world.clock.on(seconds=30)
    assert shown(world.sign_in()) == "th"


def test_a_door_left_in_one_officers_language_does_not_change_anothers(world: World) -> None:
    browser = world.browser()
    world.try_sign_in(browser, "anna", language="th")
    browser.post("/logout", browser.fields("/"))
    assert shown(browser, "/login") == "th"
    world.try_sign_in(browser, "ben")
    assert language_of(world, "ben") == shown(browser) == "en"


def test_the_language_chosen_at_a_pages_foot_is_kept_and_leads_back_there(world: World) -> None:
    browser = world.sign_in()
    answer = browser.post("/language", browser.fields(PLACE) | {"language": "ar", "place": PLACE})
    assert (answer.status_code, answer.headers["location"]) == (303, PLACE)
    assert f'name="place" value="{PLACE}"' in browser.get(PLACE).text
    assert language_of(world) == shown(browser, PLACE) == "ar"
    world.clock.on(seconds=30)
    assert shown(world.sign_in()) == "ar"


@pytest.mark.parametrize("place", ["//elsewhere.example", "https://elsewhere.example", "/logout", "", "/\n"])
def test_a_choice_leads_nowhere_else(world: World, place: str) -> None:
    browser = world.sign_in()
    form = browser.fields("/") | {"language": "th", "place": place}
    assert browser.post("/language", form).headers["location"] == "/"


@pytest.mark.parametrize("language", ["", "xx", "fa", "../th"])
def test_a_language_that_the_console_has_not_is_refused(world: World, language: str) -> None:
    browser = world.sign_in()
    assert browser.post("/language", browser.fields("/") | {"language": language}).status_code == 400
    assert language_of(world) == "en"
    assert shown(world.browser(), f"/login?language={language}") == "en"


def test_over_tls_the_doors_cookie_is_bound_to_the_host(tmp_path: Path, catalogue: Catalogue) -> None:
    world = make_world(tmp_path, secure=True, catalogue=catalogue)
    lines = world.try_sign_in(world.browser(), "anna", language="th").headers.get_list("set-cookie")
    assert [line.partition("=")[0] for line in lines] == ["__Host-console", "__Host-language"]
    assert all("Secure" in line and "HttpOnly" in line for line in lines)


def test_answers_are_in_english_where_peoples_words_are_not_translated_and_say_so(world: World) -> None:
    browser = world.browser()
    world.try_sign_in(browser, "anna", language="th")
    page = browser.get(PLACE).text
    assert '<html lang="th" dir="ltr">' in page
    assert '<span lang="en" dir="ltr">How old are you?</span>' in page
    assert "เปอร์เซีย · <bdi>فارسی</bdi>" in page


def test_a_translation_with_another_place_is_not_shown(world: World) -> None:
    ben, anna = world.sign_in("ben"), world.browser()
    world.try_sign_in(anna, "anna", language="th")
    ben.act("accept")
    answer = anna.act("accept")
    assert answer.status_code == 409
    assert "<bdi>Ben</bdi> took this referral before you." in answer.text


def test_a_page_says_that_its_language_is_a_draft_until_a_reviewer_has_signed(world: World) -> None:
    told = "This translation is a draft."
    drafts = {code: told in world.browser().get(f"/login?language={code}").text for code in ("en", "th", "ar")}
    assert drafts == {"en": False, "th": False, "ar": True}


def test_every_catalogue_of_the_console_is_a_draft_so_far() -> None:
    pages = load_pages(ROOT / "locales", load_languages(ROOT / "locales" / "languages.yml"))
    assert list(pages.languages) == ["en", "ar", "id", "th"]
    assert pages.drafts == {"ar", "id", "th"}


@pytest.mark.parametrize(
    ("code", "number", "moment", "persian"),
    [
        ("en", "3,000", "Nov 23, 2026, 09:05 UTC", "Persian"),
        ("id", "3.000", "23 Nov 2026 09.05 UTC", "Persia"),
        ("th", "3,000", "23 พ.ย. 2026 09:05 น. UTC", "เปอร์เซีย"),
        ("ar", "3,000", "23 نوفمبر 2026، 09:05 UTC", "الفارسية"),
        ("rhg_Latn", "3,000", "2026 M11 23 09:05 UTC", "fa"),
    ],
)
def test_figures_are_written_as_the_language_does(code: str, number: str, moment: str, persian: str) -> None:
    figures = Figures(load_languages(ROOT / "locales" / "languages.yml")[code])
    at = datetime(2026, 11, 23, 9, 5)  # noqa: DTZ001 -- as the tables keep it
    assert (figures.number(3000), figures.moment(at), figures.language_name("fa")) == (number, moment, persian)


def test_figures_take_the_digits_of_the_language() -> None:
    assert Figures(load_languages(ROOT / "locales" / "languages.yml")["fa"]).number(24) == "\u06f2\u06f4"


@pytest.mark.parametrize("path", sorted(HTML.glob("*.html")), ids=lambda path: path.name)
def test_a_template_has_no_words_that_are_not_marked_for_translation(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == []


def test_words_that_are_not_marked_are_found() -> None:
    written = '<p title="Here">{{ _("Marked") }} and <b>there</b></p>'
    assert unmarked(written) == ["Here", " and ", "there"]


def unmarked(template: str) -> list[str]:
    """What a template says by itself: text between its tags, and words of attributes that are read out."""
    tree = Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(template)
    written = "".join(node.data for node in tree.find_all(nodes.TemplateData))
    said = [
        *re.findall(r'(?:aria-label|title|placeholder|alt)="([^"]+)"', written),
        *re.split(r"<[^>]*>", written),
    ]
    return [words for words in said if any(one.isalpha() for one in words)]
