"""The main job, as people do it: from the first word in a browser to an officer's answer, and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from running import Product

pytestmark = pytest.mark.browser
PATIENCE = 30_000  # ms: the machine may be busy
PHONE: ViewportSize = {"width": 360, "height": 740}


class Phone:
    """A person's telephone: taps the buttons of the last message, types, reads."""

    def __init__(self, chromium: Browser, product: Product, language: str) -> None:
        self.page: Page = chromium.new_context(viewport=PHONE).new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(product.chat)
        self.tap(language)

    def tap(self, *titles: str) -> None:
        answers = self.page.locator("#log .bubble:not(.own)")
        for title in titles:
            button = self.page.locator(".choices").get_by_role("button", name=title, exact=True).last
            button.wait_for()
            before = answers.count()
            button.click()
            expect(answers.nth(before)).to_be_visible(timeout=PATIENCE)

    def write(self, words: str) -> None:
        self.page.locator("#text").fill(words)
        self.page.keyboard.press("Enter")

    def reads(self, words: str) -> None:
        expect(self.page.locator("#log .bubble:not(.own)", has_text=words).last).to_be_visible(timeout=PATIENCE)

    def last_question(self) -> str:
        return self.page.locator("#log .bubble:not(.own)").last.inner_text()


def sign_in(chromium: Browser, product: Product) -> Page:
    page = chromium.new_context(viewport={"width": 1100, "height": 900}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(product.console)
    page.get_by_label("Login").fill("demo")
    page.get_by_label("Password").fill(product.password)
    page.get_by_label("6-digit code").fill(product.code())
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Referrals")).to_be_visible()
    return page


def test_from_the_first_word_to_an_officers_answer_and_back(chromium: Browser, product: Product) -> None:
    phone = Phone(chromium, product, "English")
    phone.reads("I am a computer program, not a person")
    phone.tap("OK, ask me", "Yes, I can", "18 or older", "It is my own wish")
    phone.write("im in tailand")
    phone.reads("I read: Thailand. Is that right?")
    phone.tap("Yes, that is right")
    phone.reads("Which is your own country")
    phone.write("is it free? do i have to pay")
    phone.reads("Never pay anyone for a place in it")
    assert "Which is your own country" in phone.last_question()
    phone.tap("Bangladesh", "Yes, my own country", "No, I am not afraid", "No, neither", "I have not asked")
    phone.tap("No", "No", "No, I am not held", "No, never", "No", "OK, go on")
    phone.reads("• Stopped on the way: No")
    phone.tap("Change an answer", "Fix: Stopped on the way", "Yes")
    phone.reads("• Stopped on the way: Yes")
    phone.tap("Yes, all is right")
    phone.reads("If you are afraid to go back, you have the right to ask for protection")
    phone.tap("I have read this")
    phone.reads("you may qualify for this programme. Only IOM decides")
    phone.tap("Send to IOM", "OK", "Only me", "Done", "Here in this chat", "Any time", "Yes, it is OK")
    phone.reads("This is all that I would send to IOM Bangkok")
    phone.tap("Yes, send it")
    phone.reads("Done. Your code is")
    code = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", phone.page.inner_text("#log"))
    assert code
    officer = sign_in(chromium, product)
    officer.get_by_role("link", name=code[0]).click()
    expect(officer.get_by_text("May qualify; IOM decides")).to_be_visible()
    expect(officer.get_by_text("Bangladesh", exact=True).first).to_be_visible()
    officer.get_by_role("button", name="Take this referral").click()
    officer.get_by_label("Reply to the person").fill("Hello. Is tomorrow morning good for you?")
    officer.get_by_role("button", name="Send reply").click()
    phone.reads("Is tomorrow morning good for you?")
    phone.tap("Write to the office")
    phone.reads("Write your message to the office now")
    phone.write("yes after ten")
    phone.reads("Your message is at IOM Bangkok")
    officer.reload()
    expect(officer.get_by_text("yes after ten")).to_be_visible()


def test_fear_of_return_in_persian_comes_to_a_person(chromium: Browser, product: Product) -> None:
    phone = Phone(chromium, product, "فارسی")
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl", timeout=PATIENCE)
    phone.tap("بله، بپرسید", "بله، می‌توانم", "۱۸ سال یا بیشتر", "خواست خودم است")
    phone.write("مالزی")
    phone.tap("بله، درست است", "افغانستان", "بله، کشور خودم", "بله، می‌ترسم")
    phone.reads("حق دارید درخواست حمایت کنید")
    phone.tap("بله، همه درست است")
    phone.page.locator(".choices button").first.click()
    phone.reads("یک نفر از")
    assert phone.page.locator("#log", has_text="کوالالامپور").count() == 0
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_leaving_takes_everything_at_once(chromium: Browser, product: Product) -> None:
    phone = Phone(chromium, product, "English")
    phone.tap("OK, ask me", "Yes, I can", "18 or older")
    phone.reads("someone push you")
    phone.page.locator("#leave").click()
    phone.page.wait_for_url("**/blank")
    assert "IOM" not in phone.page.content()
    phone.page.goto(product.chat)
    phone.reads("Choose your language")
    assert "18 or older" not in phone.page.inner_text("#log")
