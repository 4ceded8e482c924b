"""The morning at an office: the queue, two at one referral, the plan, a phrase in their language."""

from __future__ import annotations

from console_world import REFERENCE
from office_day import BANGLA, BY_PHONE, CALL, CHAT, CHILD, LATE, QUIET, SPAM, UNSAFE, Day
from playwright.sync_api import expect


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
