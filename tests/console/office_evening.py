"""The evening at an office, and the days after: tidied up, looked back at, shut and open, on record."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from console_world import BANGKOK, REFERENCE
from office_day import BANGLA, QUIET, SPAM, Day
from playwright.sync_api import expect
from sqlalchemy import func, select

from bot.commands.main import main
from bot.processes.secrets_file import ensure_secrets
from bot.store.database import transaction
from bot.store.models import Audit, Officer, ReferralEvent

# Who did what by the evening, as the audit log has it.
DONE = {
    "accepted": 4, "revealed": 1, "overrode": 1, "replied": 3, "noted": 1, "counselling": 1, "found": 2,
    "closed": 1, "waiting": 1, "returned": 1, "took_over": 1, "handed_back": 1, "transferred": 2,
    "border_asked": 1, "border_yes": 1, "dismissed": 3, "sheet_made": 1, "figures_exported": 1, "phrase_call": 1,
    "office_changed": 2, "officer_disabled": 1, "signed_in": 9,
}  # fmt: skip


def tidied_up(day: Day) -> None:
    anna = day.anna
    # 42: spam, closed unread with a reason; those to be read first have no box.
    anna.go("/")
    for code in SPAM:
        anna.page.get_by_label(f"Tick {code}").check()
    expect(anna.page.get_by_label(f"Tick {REFERENCE}")).to_have_count(0)
    anna.at("#clear-reason").select_option("spam")
    anna.press("Close them")
    anna.sees("[role=status]", "Closed: 3.")
    assert anna.codes() == [REFERENCE]
    # 43: found by its code.
    anna.at("#reference").fill(f" {BANGLA.lower()} ")
    anna.press("Find", "header")
    expect(anna.at("h1")).to_have_text(BANGLA)
    # 44: a sheet for the interview, in two languages, without what they wrote.
    anna.page.get_by_role("link", name="Sheet for the interview, to print").click()
    anna.sees("h1", "Sheet for the interview")
    expect(anna.at(".sheet").first).to_contain_text(day.said("bn", "label_age"))
    expect(anna.at("main")).not_to_contain_text("Speaks a little English")


def looked_back(day: Day) -> None:
    # 45: the figures of the last quarter.
    day.lead.go("/figures")
    expect(day.lead.at("table.counts").first).to_be_visible()
    # 46: the same, to take away.
    with day.lead.page.expect_download() as saved:
        day.lead.at("button[value=csv]").click()
    rows = list(csv.DictReader(Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [row["count"] for row in rows if (row["figure"], row["value"]) == ("language", "fa")] == ["40"]


def shut_and_open(day: Day) -> None:
    lead = day.lead
    for active, shut in ((False, [BANGKOK]), (True, [])):
        # 47 and 48: no new referrals for a while; people are shown another office from their next message on.
        lead.go("/office")
        lead.at("[name=active]").set_checked(active)
        lead.press("Save")
        lead.sees("[role=status]", "Saved.")
        day.people.write(QUIET, "1")
        facts = day.people.gateway.engine.asked[-1]["facts"]
        assert [one for one in facts["inactive_offices"] if one == BANGKOK] == shut


def after_the_weekend(day: Day) -> None:
    anna, ben, lead = day.anna, day.ben, day.lead
    # 49: nobody is signed in any more.
    day.world.clock.on(days=6)
    anna.go("/")
    assert anna.page.url.endswith("/login")
    for desk in (anna, ben, lead):
        desk.sign_in()
    # 50: what was not answered is late, with a sign and in words.
    expect(anna.at(".tabs .alarm")).to_contain_text("!")
    anna.at(".tabs").get_by_role("link", name="Overdue").click()
    assert REFERENCE in anna.codes()
    anna.sees(".queue .flag-late", "Later than promised")
    # 51: Ben leaves the office, and is out at the next click.
    with transaction(day.world.engine) as session:
        number = session.scalars(select(Officer.id).where(Officer.login == "ben")).one()
    lead.go("/officers")
    lead.at(f"form[action='/officers/{number}/disable'] button").click()
    ben.open(BANGLA)
    assert ben.page.url.endswith("/login")
    ben.sees("h1", "Sign in")


def all_is_on_record(
    day: Day, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    # 52: the auditor sees who did it.
    auditor = day.sits("auditor", "en")
    auditor.sign_in()
    auditor.go("/audit?act=officer_disabled")
    expect(auditor.at("ol.history li")).to_have_count(1)
    auditor.sees("ol.history li", "Lead")
    # 53: and the chain of all of it is whole.
    with transaction(day.world.engine) as session:
        rows = session.scalar(select(func.count()).select_from(Audit))
        acts = Counter(session.scalars(select(Audit.act)))
        steps = Counter(session.scalars(select(ReferralEvent.act)))
    monkeypatch.setenv("BOT_HOME", str(tmp_path / "home"))
    ensure_secrets(tmp_path / "home" / "secrets.env", {}, None)  # of which this command needs none
    assert {act: acts[act] for act in DONE} == DONE
    assert {act: acts[act] for act in steps} == steps
    capsys.readouterr()
    assert main(["audit", "verify"]) == 0
    assert re.fullmatch(rf"{rows} rows\nhead [0-9a-f]{{64}}\n", capsys.readouterr().out)
