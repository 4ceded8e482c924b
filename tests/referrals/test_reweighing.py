"""Referrals weighed again: by what they hold, of whom, and without a group that is too small."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_criteria import IN_FORCE, changed
from console_settings import CONSOLE_KEY, add_person
from referral_world import AT, BANGKOK, MAE_SOT, World, effect, make_world
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.eligibility import QUESTIONS, Programme, load_programme
from bot.referrals import reweighing
from bot.referrals.intake import apply_referral
from bot.referrals.reweighing import Counted, Reweighed, count_changes, reweigh
from bot.store.database import transaction
from bot.store.models import Referral

PLAIN = {question.id: question.plain or "no" for question in QUESTIONS} | {"country_now": "MY", "origin": "PK"}
LIKELY, COUNSELLOR, OTHER_HELP, UNKNOWN = "LIKELY", "COUNSELLOR", "OTHER_HELP", "unknown"


@pytest.fixture(scope="module")
def programmes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Programme, Programme]:
    """Those in force; those in which Thailand is no member, Laos disputed, Nepal suspended, Yemen not known."""
    edits = (
        ("members.csv", r"^TH,.*\n", ""),
        ("members.csv", r"^(LA,[^,]*,[^,]*),yes", r"\1,unclear"),
        ("suspended_origins.csv", r"\Z", "NP,2026-11-20,A letter\n"),
        ("countries.csv", r"^YE,.*\n", ""),
    )
    after = changed(tmp_path_factory.mktemp("next") / "criteria", edits)
    return load_programme(IN_FORCE), load_programme(after)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def add(
    world: World, times: int = 1, office: str = BANGKOK, reasons: tuple[str, ...] = (), **answers: str
) -> None:
    with transaction(world.engine) as session:
        first = len(session.scalars(select(Referral.id)).all())
        for number in range(first, first + times):
            content: dict[str, Any] = {"answers": PLAIN | answers, "reasons": list(reasons)}
            sent = effect(f"R{number:03}-0000", office, **content)
            assert apply_referral(session, world.settings, add_person(session, f"p{number}"), sent, "ab" * 32, AT)


def weighed(world: World, programmes: tuple[Programme, Programme], office: str | None = None) -> Reweighed:
    return reweigh(world.engine, CONSOLE_KEY, *programmes, office)


def moves(found: Reweighed) -> list[tuple[str, str]]:
    return sorted((one.before, one.after) for one in found.changed)


def shown(counted: Counted) -> dict[tuple[str, str], int]:
    return {(group.before, group.after): group.count for group in counted.groups}


def test_each_is_weighed_by_what_it_holds(world: World, programmes: tuple[Programme, Programme]) -> None:
    add(world)  # nothing changes for this one
    add(world, country_now="TH")
    add(world, country_now="LA")
    add(world, origin="NP")
    add(world, origin="YE")
    add(world, country_now="TH", fear_of_return="yes")
    found = weighed(world, programmes)
    assert (found.looked_at, found.shut, found.more) == (6, 0, False)
    assert moves(found) == [
        (COUNSELLOR, COUNSELLOR),
        (LIKELY, COUNSELLOR),
        (LIKELY, COUNSELLOR),
        (LIKELY, OTHER_HELP),
        (LIKELY, UNKNOWN),
    ]
    (same,) = (one for one in found.changed if one.before == one.after)
    assert (same.gone, same.new) == ((), ("outside_member_state",))


def test_that_situations_differ_is_read_from_the_reasons(
    world: World, programmes: tuple[Programme, Programme]
) -> None:
    add(world, reasons=("mixed_status",), origin="NP")
    assert moves(weighed(world, programmes)) == [(COUNSELLOR, COUNSELLOR)]


def test_an_unfinished_one_is_weighed_as_far_as_it_goes(
    world: World, programmes: tuple[Programme, Programme]
) -> None:
    with transaction(world.engine) as session:
        for name, answers in (
            ("a", {}),
            ("b", {"country_now": "TH", "origin": "TH"}),
            ("c", {"country_now": "TH"}),
        ):
            sent = effect(f"{name * 4}-0000", BANGKOK, answers=answers, reasons=[])
            apply_referral(session, world.settings, add_person(session, name), sent, "ab" * 32, AT)
    assert moves(weighed(world, programmes)) == [("unfinished", "unfinished")]  # `c`: a reason is new


def test_an_office_sees_its_own_alone(world: World, programmes: tuple[Programme, Programme]) -> None:
    add(world, 2, country_now="TH")
    add(world, 3, office=MAE_SOT, country_now="TH")
    assert len(weighed(world, programmes, BANGKOK).changed) == 2
    assert weighed(world, programmes, MAE_SOT).looked_at == 3
    assert weighed(world, programmes).looked_at == 5


def test_small_groups_are_hidden_with_what_would_tell_them(
    world: World, programmes: tuple[Programme, Programme]
) -> None:
    add(world, 3)
    add(world, 12, country_now="TH")
    add(world, 3, country_now="TH", origin="AF")
    add(world, 4, origin="NP")
    counted = count_changes(weighed(world, programmes))
    assert shown(counted) == {(LIKELY, OTHER_HELP): 15}
    assert counted.hidden  # of the four who would go back to Nepal
    (group,) = counted.groups
    assert group.parts["country_now"] == [("TH", 15)]
    # Three and twelve: who knows one of them and their sum knows the other.
    assert group.parts["origin"] == []
    assert group.hidden == {"origin"}


def test_those_that_are_closed_count_too(world: World, programmes: tuple[Programme, Programme]) -> None:
    add(world, 24, country_now="TH")
    with transaction(world.engine) as session:
        for referral in session.scalars(select(Referral).limit(11)):
            referral.open, referral.status = False, "closed"
    (group,) = count_changes(weighed(world, programmes)).groups
    assert group.parts["state"] == [("open", 13), ("closed", 11)]


def test_nobody_is_shown_as_nobody(world: World, programmes: tuple[Programme, Programme]) -> None:
    add(world, 12)
    counted = count_changes(weighed(world, programmes))
    assert (counted.groups, counted.hidden) == ([], False)


def test_one_that_is_spoilt_hides_no_other_and_all_are_read_part_by_part(
    world: World, programmes: tuple[Programme, Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(world, 5, country_now="TH")
    with transaction(world.engine) as session:
        session.scalars(select(Referral).limit(1)).one().sealed = b"spoilt"
    monkeypatch.setattr(reweighing, "AT_ONCE", 2)
    found = weighed(world, programmes)
    assert (len(found.changed), found.looked_at, found.shut, found.more) == (4, 5, 1, False)
    monkeypatch.setattr(reweighing, "MOST_WEIGHED", 3)
    found = weighed(world, programmes)
    assert (found.looked_at, found.more) == (3, True)


def test_nothing_is_changed_by_it(world: World, programmes: tuple[Programme, Programme]) -> None:
    add(world, 2, country_now="TH")

    def kept() -> list[object]:
        with Session(world.engine) as session:
            found = session.scalars(select(Referral)).all()
            return [getattr(one, column.name) for one in found for column in Referral.__table__.columns]

    before = kept()
    weighed(world, programmes)
    assert kept() == before
