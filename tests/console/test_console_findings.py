"""What an officer found, and the sheet for the interview."""

from __future__ import annotations

from pathlib import Path

import pytest
from console_world import BANGKOK, FOREIGN, REFERENCE, Browser, World, make_world
from sqlalchemy import select

from bot.referrals.findings import Finding, finding_on
from bot.store.database import transaction
from bot.store.models import Audit, Office, Referral, ReferralEvent, Tally

OTHERWISE = {"criterion": "fear", "result": "LIKELY", "because": "translation"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


@pytest.fixture
def anna(world: World) -> Browser:
    browser = world.sign_in()
    assert browser.act("accept").status_code == 303
    return browser


def found(world: World) -> tuple[Finding | None, dict[tuple[str, str], int]]:
    with transaction(world.engine) as session:
        referral = session.scalars(select(Referral).where(Referral.reference == REFERENCE)).one()
        office = session.get_one(Office, BANGKOK)
        kinds = ("found", "disagreed_on", "disagreed_in")
        rows = session.scalars(select(Tally).where(Tally.kind.in_(kinds))).all()
        kept = finding_on(session, office, world.settings.console_key or b"", referral)
        return kept, {(row.kind, row.value): row.count for row in rows}


def test_a_disagreement_is_sealed_shown_and_counted_by_criterion_and_language(world: World, anna: Browser) -> None:
    assert anna.act("find", **OTHERWISE).status_code == 303
    counted = {("found", "disagreed"): 1, ("disagreed_on", "fear"): 1, ("disagreed_in", "fa"): 1}
    assert found(world) == (Finding(**OTHERWISE), counted)
    page = anna.get(f"/referrals/{REFERENCE}").text
    assert "The words in their language mislead" in page
    assert "I see it otherwise" not in page
    with transaction(world.engine) as session:
        event = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "found")).one()
        assert b"translation" not in (event.words or b"")


def test_an_agreement_is_counted_alone_and_is_said_once(world: World, anna: Browser) -> None:
    assert anna.act("find", agrees="1").status_code == 303
    assert anna.act("find", **OTHERWISE).status_code == 409
    assert found(world) == (Finding(), {("found", "agreed"): 1})


def test_a_form_sent_twice_counts_once(world: World, anna: Browser) -> None:
    form = anna.fields(f"/referrals/{REFERENCE}") | {"agrees": "1"}
    for _ in range(2):
        assert anna.post(f"/referrals/{REFERENCE}/find", form).status_code == 303
    assert found(world)[1] == {("found", "agreed"): 1}


@pytest.mark.parametrize("spoilt", [{"criterion": "none"}, {"result": "YES"}, {"because": ""}])
def test_what_was_not_offered_is_not_taken(world: World, anna: Browser, spoilt: dict[str, str]) -> None:
    assert anna.act("find", **OTHERWISE | spoilt).status_code == 400
    assert found(world) == (None, {})


def test_nobody_has_found_anything_before_somebody_takes_it(world: World) -> None:
    browser = world.sign_in()
    assert "What you found" not in browser.get(f"/referrals/{REFERENCE}").text
    assert browser.act("find", agrees="1").status_code == 409


def test_the_sheet_has_both_languages_and_nothing_that_the_person_must_not_see(
    world: World, anna: Browser
) -> None:
    anna.act("note", text="seems afraid of the man beside her")
    page = anna.get(f"/referrals/{REFERENCE}/sheet").text
    assert ">How old are you?<" in page
    assert ">چند سال دارید؟<" in page
    assert "واژه‌های منتشرشده" in page
    assert '<svg width="' in page
    for secret in ("+66 2 343 9300", "seems afraid", "protection worker", "Priority", "In the evening"):
        assert secret not in page
    with transaction(world.engine) as session:
        assert session.scalars(select(Audit.subject).where(Audit.act == "sheet_made")).all() == [REFERENCE]


def test_a_sheet_of_another_office_is_no_page(anna: Browser) -> None:
    answers = [anna.get(f"/referrals/{code}/sheet") for code in (FOREIGN, "YYYY-2222")]
    assert [answer.status_code for answer in answers] == [404, 404]
