"""The few words of the console's world: a domain in English, some of it in Persian."""

from __future__ import annotations

from pathlib import Path

from bot.eligibility import load_offices
from bot.language.catalogue import Catalogue
from bot.language.languages import load_languages
from bot.settings import ROOT

DOMAIN = """
responses:
  label_age: [{text: "Age"}]
  label_country_now: [{text: "Country now"}]
  label_fear_of_return: [{text: "Afraid to go back"}]
  ask_country_now: [{text: "Country now"}]
  ask_fear_of_return: [{text: "Are you afraid?"}]
  reason_fear: [{text: "You may be afraid."}]
  office_name: [{text: "IOM {city}"}]
  office_phrase_read: [{text: "We have read it."}]
  office_phrase_days: [{text: "We need {days} more days."}]
  answer_unsure: [{text: "Not sure"}]
  answer_declined: [{text: "I'd rather not say"}]
  ask_age: &age
  - text: "How old are you?"
    buttons: [{title: "18 or older", payload: '/inform{"answer":"adult"}'}]
  utter_ask_age: *age
"""
PERSIAN = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgctxt "label_age"
msgid "Age"
msgstr "سن"

msgctxt "office_phrase_read"
msgid "We have read it."
msgstr "آن را خواندیم."

msgctxt "ask_age"
msgid "How old are you?"
msgstr "چند سال دارید؟"

msgctxt "criterion"
msgid "Published words about fear"
msgstr "واژه‌های منتشرشده"
"""


def make_catalogue(folder: Path) -> Catalogue:
    (folder / "fa" / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    (folder / "fa" / "LC_MESSAGES" / "messages.po").write_text(PERSIAN, encoding="utf-8")
    (folder / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    return Catalogue(
        domain=folder / "domain.yml",
        locales=folder,
        languages=load_languages(ROOT / "locales" / "languages.yml"),
        criteria={"fear": "Published words about fear"},
        offices=load_offices(ROOT / "criteria"),
    )
