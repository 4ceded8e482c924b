from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
from console_settings import add_person
from referral_world import AT, BANGKOK, MAE_SOT, WORDING, World, effect, make_world, send
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.referrals import lifecycle, queue
from bot.referrals.intake import apply_referral, erase, withdraw, write_to_office
from bot.referrals.notify import News, PrintingNotifier, tell_offices
from bot.referrals.offices import change_office, ensure_offices
from bot.referrals.queue import (
    PAGE,
    Place,
    PlaceError,
    Sort,
    Tab,
    Wish,
    count_newer,
    count_referrals,
    find_referral,
    is_late,
    list_referrals,
    newest_id,
)
from bot.referrals.retention import KEPT_DAYS, delete_old_referrals
from bot.store.database import transaction
from bot.store.erased import ledger_of
from bot.store.models import Consent, Office, Officer, Person, Referral, ReferralEvent


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def fill(world: World, session: Session, how_many: int, office: str = BANGKOK) -> None:
    for number in range(how_many):
        person = add_person(session, f"{office}{number}")
        # Several a minute, so that places in the list share their time; every seventh is urgent.
        at = AT + timedelta(minutes=number // 3)
        flags = ["priority"] if number % 7 == 0 else []
        wanted = effect(f"{office[-3:]}-{number:04}", office, flags=flags)
        assert apply_referral(session, world.settings, person, wanted, WORDING, at)


def test_pages_hold_every_referral_once_priority_first_then_newest(world: World) -> None:
    with transaction(world.engine) as session:
        fill(world, session, 2 * PAGE + 7)
        fill(world, session, 5, MAE_SOT)
        officer, after, seen = session.get_one(Officer, 1), None, []
        for expected in (PAGE, PAGE, 7):
            page = list_referrals(session, officer, Wish("new"), AT, after)
            assert len(page.referrals) == expected
            seen += [(one.priority, one.created_at, one.id) for one in page.referrals]
            after = Place.parse(str(page.after)) if page.after else None
        assert after is None
        assert seen == sorted(set(seen), reverse=True)
        assert len(seen) == 2 * PAGE + 7
        assert {one.office_id for one in page.referrals} == {BANGKOK}


@pytest.mark.parametrize("text", ["", "x", "1_2_3", "1_2026-11-23T09:00:00", "1_2026-11-23T09:00:00_x", "0_0_0_0"])
def test_a_place_that_we_did_not_give_out_is_refused(text: str) -> None:
    with pytest.raises(PlaceError):
        Place.parse(text)


def test_each_tab_holds_its_own(world: World) -> None:
    with transaction(world.engine) as session:
        fill(world, session, 5)
        mine, other = session.get_one(Officer, 1), session.get_one(Officer, 2)
        late = AT + timedelta(days=4)
        ids = session.scalars(select(Referral.id).order_by(Referral.id)).all()
        lifecycle.accept(session, ids[0], mine, "1", AT)
        lifecycle.accept(session, ids[1], other, "1", AT)
        lifecycle.accept(session, ids[2], mine, "1", AT)
        lifecycle.step(session, ids[2], mine, "waiting", "2", AT)
        withdraw(session, world.settings, session.get_one(Person, ids[3]), AT)

        def held(tab: Tab) -> list[int]:
            return sorted(one.id for one in list_referrals(session, mine, Wish(tab), late).referrals)

        assert held("new") == [ids[4]]
        assert held("mine") == [ids[0], ids[2]]
        assert held("taken") == [ids[0], ids[1]]
        assert held("waiting") == [ids[2]]
        assert held("closed") == [ids[3]]
        assert held("overdue") == [ids[0], ids[1], ids[4]]
        counted = {"new": 1, "mine": 2, "waiting": 1, "overdue": 3, "taken": 2, "closed": 1}
        assert count_referrals(session, mine, late) == counted
        assert count_referrals(session, mine, AT)["overdue"] == 0
        assert not any(count_referrals(session, session.get_one(Officer, 3), late).values())


def test_another_offices_code_finds_nothing(world: World) -> None:
    with transaction(world.engine) as session:
        send(world, session, add_person(session))
        assert find_referral(session, BANGKOK, " k7pm-2qxd ") is not None
        assert find_referral(session, MAE_SOT, "K7PM-2QXD") is None
        assert find_referral(session, BANGKOK, "' OR 1=1 --") is None


@pytest.mark.parametrize(("sort", "down"), [("newest", True), ("oldest", False), ("due", False)])
def test_in_whatever_order_pages_hold_every_referral_once_priority_first(
    world: World, sort: Sort, down: bool
) -> None:
    with transaction(world.engine) as session:
        fill(world, session, PAGE + 20)
        officer, after, seen = session.get_one(Officer, 1), None, []
        while True:
            page = list_referrals(session, officer, Wish("new", sort), AT, after)
            seen += [
                (one.priority, one.due_at if sort == "due" else one.created_at, one.id) for one in page.referrals
            ]
            if page.after is None:
                break
            after = Place.parse(str(page.after))
        first, rest = [one for one in seen if one[0]], [one for one in seen if not one[0]]
        assert first
        assert seen == sorted(first, reverse=down) + sorted(rest, reverse=down)
        assert len(set(seen)) == PAGE + 20


def test_what_is_sealed_is_looked_for_a_bounded_number_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_LOOKED_AT", 10)
    monkeypatch.setattr(queue, "PAGE", 2)
    with transaction(world.engine) as session:
        fill(world, session, 45)
        officer, after, seen, looks = session.get_one(Officer, 1), None, [], 0
        wanted = {1, 2, 3, 8, 40, 41, 42}
        while True:
            page = list_referrals(
                session, officer, Wish("new", "oldest"), AT, after, lambda referral: referral.id in wanted
            )
            looks += 1
            assert len(page.referrals) <= 2
            seen += [one.id for one in page.referrals]
            if page.after is None:
                break
            after = page.after
        assert sorted(seen) == sorted(wanted)
        assert looks > 4


def test_one_language_alone_can_be_listed(world: World) -> None:
    with transaction(world.engine) as session:
        fill(world, session, 3)
        session.get_one(Referral, 2).language = "ar"
        officer = session.get_one(Officer, 1)
        page = list_referrals(session, officer, Wish("new", language="ar"), AT)
        assert [one.id for one in page.referrals] == [2]


def test_only_this_offices_new_ones_are_counted_as_newer(world: World) -> None:
    with transaction(world.engine) as session:
        fill(world, session, 2)
        before = newest_id(session, BANGKOK)
        fill(world, session, 3, MAE_SOT)
        assert newest_id(session, BANGKOK) == before
        assert count_newer(session, BANGKOK, before) == 0
        assert count_newer(session, MAE_SOT, before) == 3


@pytest.mark.parametrize(("days", "late"), [(0, False), (3, False), (4, True), (6, True)])
def test_an_answer_is_late_after_the_promised_working_days(world: World, days: int, late: bool) -> None:
    with transaction(world.engine) as session:
        referral = send(world, session, add_person(session))  # on a Monday
        assert is_late(referral, AT + timedelta(days=days)) is late
        lifecycle.accept(session, referral.id, session.get_one(Officer, 1), "1", AT)
        assert is_late(referral, AT + timedelta(days=days)) is late
        lifecycle.step(session, referral.id, session.get_one(Officer, 1), "contacted", "2", AT)
        assert not is_late(referral, AT + timedelta(days=days))


def test_the_office_hears_each_thing_once_and_no_words(world: World) -> None:
    stream = io.StringIO()
    with transaction(world.engine) as session:
        person = add_person(session)
        send(world, session, person, flags=["priority"])
        write_to_office(session, world.settings, person, "words", AT)
    with transaction(world.engine) as session:
        assert tell_offices(session, PrintingNotifier(stream)) == 2
        assert tell_offices(session, PrintingNotifier(stream)) == 0
    assert stream.getvalue() == "TH-BKK sent K7PM-2QXD !\nTH-BKK person_wrote K7PM-2QXD !\n"


def test_what_could_not_be_told_is_told_again(world: World) -> None:
    class Broken:
        def tell(self, news: News) -> None:
            raise ConnectionError(news.reference)

    with transaction(world.engine) as session:
        send(world, session, add_person(session))
    with pytest.raises(ConnectionError), transaction(world.engine) as session:
        tell_offices(session, Broken())
    with transaction(world.engine) as session:
        assert tell_offices(session, PrintingNotifier(io.StringIO())) == 1


@pytest.mark.parametrize("end", ["closed", "withdrawn", "erased"])
def test_thirty_days_after_its_end_it_goes_and_not_before(world: World, end: str) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        referral, officer = send(world, session, person), session.get_one(Officer, 1)
        lifecycle.open_for(session, referral, officer, AT)
        lifecycle.accept(session, referral.id, officer, "1", AT)
        if end == "closed":
            lifecycle.close(session, referral.id, officer, "helped", "2", AT)
        elif end == "withdrawn":
            withdraw(session, world.settings, person, AT)
        else:
            erase(session, person, AT)
    with transaction(world.engine) as session:
        assert (
            delete_old_referrals(session, ledger_of(world.settings), AT + timedelta(days=KEPT_DAYS, seconds=-1))
            == 0
        )
        assert delete_old_referrals(session, ledger_of(world.settings), AT + timedelta(days=KEPT_DAYS)) == 1
        for table in (Referral, ReferralEvent, Consent):
            assert session.scalar(select(func.count()).select_from(table)) == 0


def test_an_open_referral_never_goes_by_itself(world: World) -> None:
    with transaction(world.engine) as session:
        send(world, session, add_person(session))
        assert delete_old_referrals(session, ledger_of(world.settings), AT + timedelta(days=10_000)) == 0


def test_keys_are_made_once(world: World) -> None:
    with transaction(world.engine) as session:
        before = session.get_one(Office, BANGKOK).private_key
        assert ensure_offices(session, [BANGKOK, "MY-KUL"], b"c" * 32) == ["MY-KUL"]
        assert session.get_one(Office, BANGKOK).private_key == before
        assert not change_office(session, BANGKOK, active=False, answer_days=None).active
        with pytest.raises(LookupError, match="XX-YYY"):
            change_office(session, "XX-YYY", active=True, answer_days=None)
