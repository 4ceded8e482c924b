"""What a turn does beside speaking: a language chosen, a referral with consent, everything erased."""

from __future__ import annotations

import asyncio

from gateway_rig import Gateway
from turns import REFER, says

from bot.store.models import Consent, Outgoing, Person, Referral


def test_a_language_is_chosen_and_spoken_at_once(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "fa"}])
    assert asyncio.run(gateway.talk("farsi")) == ["چند سال دارید؟"]
    assert gateway.person().language == "fa"


def test_a_language_that_is_not_offered_is_refused(gateway: Gateway) -> None:
    gateway.engine.answer = says("ask_age", do=[{"effect": "language", "language": "ur"}])
    assert asyncio.run(gateway.talk("urdu")) == []
    assert gateway.person().language is None


def test_a_referral_needs_the_consent_on_the_screen(gateway: Gateway) -> None:
    async def scene() -> None:
        gateway.engine.answer = says("ask_age")
        await gateway.talk("hello")
        gateway.engine.answer = says("sent", do=[REFER])
        assert await gateway.talk("yes") == []

    asyncio.run(scene())
    assert gateway.rows(Referral) == gateway.rows(Consent) == []


def test_consent_keeps_the_words_that_were_on_the_screen_and_two_yeses_are_one_referral(gateway: Gateway) -> None:
    async def scene() -> str:
        gateway.engine.answer = says("ask_consent")
        await gateway.talk("hello")
        wording = gateway.screen().wording
        gateway.engine.answer = says("ask_consent", do=[REFER])
        await gateway.press("Yes, send it")
        await gateway.press("Yes, send it")
        return wording

    wording = asyncio.run(scene())
    assert [consent.wording for consent in gateway.rows(Consent)] == [wording]
    assert len(gateway.rows(Referral)) == 1
    assert gateway.engine.asked[-1]["facts"]["referral"]["reference"] == "K7PM-2QXD"


def test_erasing_takes_everything_and_the_last_line_still_arrives(gateway: Gateway) -> None:
    async def scene() -> list[str]:
        gateway.engine.answer = says("ask_consent", state={"slots": {}})
        await gateway.talk("hello")
        gateway.engine.answer = says("ask_consent", do=[REFER])
        await gateway.press("Yes, send it")
        gateway.engine.answer = says("erased", do=[{"effect": "erase"}], state={"left": True})
        return await gateway.talk("delete everything")

    assert asyncio.run(scene()) == ["Everything is erased."]
    assert gateway.rows(Referral) == gateway.rows(Consent) == []
    (person,) = gateway.rows(Person)
    assert (person.state, person.screen, person.turn) == (None, None, 0)
    assert len(gateway.rows(Outgoing)) == 1
