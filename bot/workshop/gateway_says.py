"""Beside the message's way: what no rehearsed talk says: the gateway's own words, and offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.crossing import said_of
from bot.eligibility import Offices
from bot.referrals.phrases import PREFIX
from bot.speech import Button, Say, Tap, code, in_language, language, office, phone, text

REFERENCE = "K7PM-2QXD"  # an example: made of the letters of real ones, and none of them
_OFFICER_WROTE = "…"

_Filling = Callable[[Offices, str], Say]  # the offices, and the language that is being worked on


def _plain(name: str) -> _Filling:
    return lambda _offices, _language: Say(name)


def _with_phone(name: str) -> _Filling:
    return lambda offices, _language: Say(name, {"phone": phone(offices.default.phone)})


def _from_office(name: str) -> _Filling:
    return lambda offices, _language: Say(
        name, {"text": text(_OFFICER_WROTE), "office": office(offices.default.id)}
    )


def _offer(_offices: Offices, other: str) -> Say:
    words = {"language": language(other), "again": in_language(other, "language_offer_again")}
    return Say("language_offer", words, (Button(language(other), Tap("change_language", {"language": other})),))


GATEWAY: Mapping[str, _Filling] = {
    "exit": _plain("exit"),
    "exit_whatsapp": _plain("exit_whatsapp"),
    "place_asked": _plain("place_asked"),
    "profile_about": _plain("profile_about"),
    "audio_synthetic": _plain("audio_synthetic"),
    "apology": _with_phone("apology"),
    "apology_failed": _with_phone("apology_failed"),
    "too_many": _with_phone("too_many"),
    "office_message": _from_office("office_message"),
    "office_message_neutral": _from_office("office_message_neutral"),
    **{
        f"{PREFIX}{name}": _plain(f"{PREFIX}{name}")
        for name in ("read", "safe", "call", "meet", "stop", "free", "thanks")
    },
    f"{PREFIX}days": lambda _offices, _language: Say(f"{PREFIX}days", {"days": 3}),
    "talk_taken_over": _plain("talk_taken_over"),
    "talk_given_back": _plain("talk_given_back"),
    "talk_over": _plain("talk_over"),
    "border_ask": lambda offices, _language: said_of("border_ask", offices.default),
    "border_yes": lambda offices, _language: said_of("border_yes", offices.default),
    "border_no": _plain("border_no"),
    "language_offer": _offer,
    "keep_unclear": _plain("keep_unclear"),
    "keep_unclear_yes": _plain("keep_unclear_yes"),
    "keep_unclear_no": _plain("keep_unclear_no"),
    "whatsapp_message_waiting": lambda _offices, _language: Say(
        "whatsapp_message_waiting", {"reference": code(REFERENCE)}
    ),
}
