"""Noon at an office: what was found, what needs care, in place of the bot, and on to other offices."""

from __future__ import annotations

from console_world import MAE_SOT
from office_day import BANGLA, CHILD, KUALA_LUMPUR, LATE, QUIET, UNSAFE, Day
from playwright.sync_api import expect

from bot import speech
from bot.console.app import make_desk
from bot.console.crossing import Crossing


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
