"""The criteria in force beside others: who sees what of it, and that it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from changed_criteria import EDITS, changed
from console_world import BANGKOK, FOREIGN, MAE_SOT, QUICK, REFERENCE, World, add_roles, make_world, send
from sqlalchemy import select

from bot.commands import criteria as command
from bot.commands.main import main
from bot.console.app import create_app
from bot.eligibility import QUESTIONS
from bot.language.catalogue import Catalogue, load_catalogue
from bot.settings import ROOT
from bot.store.database import transaction
from bot.store.models import Audit, Referral

PLAIN = {question.id: question.plain or "no" for question in QUESTIONS} | {"origin": "PK"}
OURS = [f"AAAA-22{number:02}" for number in range(12)]
THEIRS = [f"BBBB-22{number:02}" for number in range(3)]
PLACE = "/criteria/changes"


@pytest.fixture(scope="module")
def words() -> Catalogue:
    return load_catalogue(ROOT)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, words: Catalogue) -> Iterator[World]:
    """Twelve referrals at Bangkok and three at Mae Sot that would come to another verdict, and two others."""
    folder = tmp_path_factory.mktemp("console")
    made = with_other(make_world(folder / "home", catalogue=words), changed(folder / "next"), words)
    add_roles(made)
    with transaction(made.engine) as session:
        for office, references in ((BANGKOK, OURS), (MAE_SOT, THEIRS)):
            for reference in references:
                send(session, made.settings, reference, office, answers=PLAIN | {"country_now": "TH"})
        for reference in (REFERENCE, FOREIGN):  # weighed as partial answers
            session.scalars(select(Referral).where(Referral.reference == reference)).one().open = False
    yield made
    made.engine.dispose()


def with_other(world: World, folder: Path | None, words: Catalogue) -> World:
    """The same console, told of a folder of other criteria."""
    settings = replace(world.settings, criteria_next=folder)
    app = create_app(settings, world.engine, catalogue=words, clock=world.clock, passwords=QUICK)
    return replace(world, settings=settings, app=app)


def page(world: World, who: str) -> str:
    answer = world.signed_in(who).get(PLACE)
    assert answer.status_code == 200
    return " ".join(answer.text.split())


ROWS = (
    "strictly voluntary",
    "entirely voluntary",
    ">Thailand</span> <code",
    "<dt>Counts as a member</dt>",
    "2026-12-01",
)
CASES = (
    "They are now in:",
    "They would go back to:",
    '<code dir="ltr">origin_suspended</code>',
    "before: <bdi>May qualify; IOM decides</bdi>",
    "nothing else is true of them",
)


def test_what_is_written_otherwise_stands_side_by_side_and_cases_have_their_reasons(world: World) -> None:
    text = page(world, "admin")
    assert [words for words in (*ROWS, *CASES) if words not in text] == []


def test_an_administrator_sees_no_referral_and_no_count_of_any(world: World) -> None:
    text = page(world, "admin")
    assert "would come to another verdict" not in text.replace("None would come to another verdict", "")
    assert not any(reference in text for reference in (*OURS, *THEIRS))


@pytest.mark.parametrize("who", ["ben", "lead"])
def test_officers_see_the_referrals_of_their_own_office(world: World, who: str) -> None:
    text = page(world, who)
    assert all(f'href="/referrals/{reference}"' in text for reference in OURS)
    assert not any(reference in text for reference in THEIRS)
    # The one of partial answers has a new reason: being in Thailand.
    assert "13 of 13 that are kept now" in text


def test_the_programme_sees_counts_alone(world: World) -> None:
    text = page(world, "programme")
    assert '<p class="outcome">15</p>' in text
    assert "Thailand</span></th><td>15</td>" in text
    assert not any(reference in text for reference in (*OURS, *THEIRS, REFERENCE, FOREIGN))
    assert "Not shown: small groups" in text  # the two of partial answers


def test_an_auditor_has_no_such_page_and_looking_is_on_record(world: World) -> None:
    assert world.signed_in("auditor").get(PLACE).status_code == 404
    page(world, "ben")
    page(world, "programme")
    with transaction(world.engine) as session:
        rows = session.scalars(select(Audit).where(Audit.act == "criteria_compared").order_by(Audit.id)).all()
    assert [row.subject for row in rows[-2:]] == [BANGKOK, "all"]


def test_a_fault_is_named_with_file_and_line(world: World, words: Catalogue, tmp_path: Path) -> None:
    spoilt = changed(tmp_path / "next", (("members.csv", "member_state,yes", "member_state,often"),))
    text = page(with_other(world, spoilt, words), "admin")
    assert "members.csv line 2: counts_as_member must be one of" in text
    assert "countries.csv: cannot be read" in page(with_other(world, tmp_path / "nowhere", words), "admin")


def test_without_another_folder_the_page_says_how_to_name_one(world: World, words: Catalogue) -> None:
    assert "BOT_CRITERIA_NEXT" in page(with_other(world, None, words), "admin")
    assert f'href="{PLACE}"' in world.signed_in("admin").get("/criteria").text


def test_a_version_that_was_not_raised_is_said(world: World, words: Catalogue, tmp_path: Path) -> None:
    again = with_other(world, changed(tmp_path / "next", EDITS[:-1]), words)
    assert "Both have the same version" in page(again, "admin")


def test_the_command_says_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "kept_settings", lambda *_, **__: world.settings)
    assert main(["criteria", "compare", str(world.settings.criteria_next), "--referrals"]) == 0
    said = capsys.readouterr().out
    for line in (
        "in force 2026-11-22, other 2026-12-01",
        "    counts_as_member: yes  ->  unclear",
        "  they are now in TH\n    LIKELY  ->  OTHER_HELP  +outside_member_state\n      nothing else",
        "      mixed_status",
        "  LIKELY  ->  OTHER_HELP: 15\n    by open or closed: open 15",
        "  hidden",
    ):
        assert line in said, line
    assert not any(reference in said for reference in OURS)
    assert main(["criteria", "compare", str(tmp_path / "nowhere")]) == 2
    assert "countries.csv" in capsys.readouterr().err
