"""An officer at the console, in a real browser and in their own language: what they press and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from console_site import Site
from console_world import World
from playwright.sync_api import Browser, Locator, Page, expect

from bot.console.pages import Translated
from bot.language.console_words import CATALOGUE
from bot.settings import ROOT

PATIENCE = 20_000  # milliseconds: the machine may be busy
SIZES = {"en": (1100, 900), "th": (900, 1000), "ar": (360, 740)}


@dataclass(frozen=True)
class AtDesk:
    """`login` is who it is, `language` what they read. English words here are as they stand in the code."""

    site: Site
    login: str
    language: str
    page: Page
    words: Translated

    def t(self, english: str, **values: object) -> str:
        """The words as this officer reads them."""
        told = self.words.gettext(english)
        return told % values if values else told

    def sign_in(self) -> None:
        """Through the door, with password and one-time code."""
        world: World = self.site.world
        self.go(f"/login?language={self.language}")
        self.page.locator("#login").fill(self.login)
        self.page.locator("#password").fill(world.officers[self.login].password)
        self.page.locator("#code").fill(world.code(self.login))
        self.page.keyboard.press("Enter")
        expect(self.page.locator("form.out")).to_be_visible()

    def go(self, path: str) -> None:
        """To this address."""
        self.page.goto(self.site.base + path)

    def open(self, code: str) -> None:
        """The referral with this code."""
        self.go(f"/referrals/{code}")

    def press(self, english: str, inside: str = "main") -> None:
        """The button with these words."""
        self.page.locator(inside).get_by_role("button", name=self.t(english), exact=True).click()

    def unfold(self, english: str) -> None:
        """What is folded in under these words."""
        self.page.locator("summary", has_text=self.t(english)).click()

    def at(self, selector: str) -> Locator:
        """Those parts of the page."""
        return self.page.locator(selector)

    def sees(self, selector: str, english: str, **values: object) -> None:
        """A part of the page says this."""
        expect(self.at(selector).first).to_contain_text(self.t(english, **values))

    def codes(self) -> list[str]:
        """The reference codes of the list, from the top."""
        return self.at(".queue .code").all_inner_texts()


def at_desk(site: Site, chromium: Browser, login: str, language: str, **options: Any) -> AtDesk:
    """An officer with a browser of their own, before the door."""
    width, height = SIZES[language]
    page = chromium.new_context(viewport={"width": width, "height": height}, **options).new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return AtDesk(site, login, language, page, Translated(ROOT / "locales" / language / CATALOGUE))
