"""What taking a referral in keeps, counts, owes and takes back, to the last field."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from console_settings import add_person
from referral_world import AT, BANGKOK, MAE_SOT, WORDING, World, effect, make_world, send
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.referrals import intake
from bot.referrals.intake import apply_referral, erase, open_referral_facts, withdraw, write_to_office
from bot.referrals.lifecycle import open_for
from bot.referrals.working_time import promised
from bot.store.database import transaction
from bot.store.erased import ledger_of
from bot.store.models import Audit, Consent, Office, Officer, Person, Referral, ReferralEvent
from bot.store.tally import Tally

LATER = AT + timedelta(days=30)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_a_referral_is_kept_with_what_routes_it_and_with_its_promise(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        person.language = None
        sent = effect("AAAA-BBBB", MAE_SOT)
        del sent["content"]["flags"]
        referral = apply_referral(session, world.settings, person, sent, WORDING, AT)
        assert referral is not None
        assert (referral.reference, referral.office_id, referral.language) == ("AAAA-BBBB", MAE_SOT, "en")
        assert (referral.person_id, referral.programme, referral.priority) == (person.id, "avrr", False)
        assert (referral.created_at, referral.changed_at) == (AT, AT)
        assert referral.due_at == promised(session.get_one(Office, MAE_SOT), AT)
        consent = session.get_one(Consent, referral.consent_id)
        assert (consent.conversation, consent.language) == (person.conversation, "en")
        assert session.scalars(select(ReferralEvent.at)).all() == [AT]


def test_a_referral_is_counted_once_where_it_went(world: World) -> None:
    with transaction(world.engine) as session:
        send(world, session, add_person(session))
        counted = {(row.office, row.kind, row.value, row.count) for row in session.scalars(select(Tally))}
        assert {
            (BANGKOK, "sent", "", 1),
            (BANGKOK, "language", "fa", 1),
            (BANGKOK, "reason", "fear", 1),
        } <= counted
        assert {row.month for row in session.scalars(select(Tally))} == {"2026-11"}


def test_when_another_process_was_faster_nothing_is_sent_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        send(world, session, person)
        looks, look = [1], intake._open_referral

        def look_too_early(session: Session, person: Person) -> Referral | None:
            return None if looks and looks.pop() else look(session, person)

        monkeypatch.setattr(intake, "_open_referral", look_too_early)
        assert apply_referral(session, world.settings, person, effect("AAAA-BBBB"), WORDING, AT) is None
        assert len(session.scalars(select(Consent)).all()) == 1
        assert session.scalars(select(ReferralEvent.act)).all() == ["sent"]


@pytest.mark.parametrize("flag", ["child", "safety", "trained_worker", "priority"])
def test_whoever_may_be_in_danger_is_read_first(world: World, flag: str) -> None:
    with transaction(world.engine) as session:
        assert send(world, session, add_person(session), flags=["family", flag]).priority


def test_taken_back_it_owes_nothing_and_the_ledger_knows(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        referral = send(world, session, person)
        referral.talk_by = referral.border_by = 1
        referral.talk_at = referral.border_at = AT
        referral.border_to = "MY-KUL"
        taken_back = withdraw(session, world.settings, person, LATER)
        assert taken_back is not None
        assert taken_back.changed_at == LATER
        left = (
            taken_back.due_at,
            taken_back.talk_by,
            taken_back.talk_at,
            taken_back.border_to,
            taken_back.border_by,
        )
        assert left == (None,) * 5
        told = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "withdrawn")).one()
        assert (told.at, told.tell) == (LATER, True)
    ledger = ledger_of(world.settings)
    assert ledger.holds(ledger.known(), "contact", "K7PM-2QXD")
    assert [file.name for file in ledger.folder.iterdir()] == [f"{LATER:%Y-%m}.log"]


def test_who_was_waited_for_and_writes_is_owed_an_answer_again(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        referral = send(world, session, person)
        due = referral.due_at
        write_to_office(session, world.settings, person, "hello", LATER)
        assert (referral.status, referral.changed_at, referral.due_at) == ("new", AT, due)
        referral.status, referral.due_at = "waiting", None
        write_to_office(session, world.settings, person, "hello again", LATER)
        assert (referral.status, referral.changed_at) == ("contacted", LATER)
        assert referral.due_at == promised(session.get_one(Office, BANGKOK), LATER)
        assert session.scalars(select(ReferralEvent.at).where(ReferralEvent.act == "person_wrote")).all() == [
            LATER,
            LATER,
        ]


def test_what_one_person_has_is_not_told_of_another_nor_taken_back_nor_erased(world: World) -> None:
    with transaction(world.engine) as session:
        one, other = add_person(session, "p1"), add_person(session, "p2")
        theirs = send(world, session, other)
        assert open_referral_facts(session, one.id) is None
        assert withdraw(session, world.settings, one, AT) is None
        assert not write_to_office(session, world.settings, one, "hello", AT)
        erase(session, one, AT)
        assert (theirs.open, theirs.contact is None, theirs.person_id) == (True, False, other.id)
        assert len(session.scalars(select(Consent)).all()) == 1


def test_erased_each_referral_goes_by_whether_it_was_opened(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        first = send(world, session, person)
        open_for(session, first, session.get_one(Officer, 1), AT)
        withdraw(session, world.settings, person, AT)
        second = send(world, session, person, "AAAA-BBBB")
        consents = [first.consent_id, second.consent_id]
        erase(session, person, LATER)
    with transaction(world.engine) as session:
        assert session.scalars(select(Referral.reference)).all() == ["K7PM-2QXD"]
        assert session.scalars(select(Consent.id)).all() == consents[:1]
        said = select(Audit.act, Audit.subject).order_by(Audit.id.desc())
        assert session.execute(said.limit(1)).one() == ("erased", "AAAA-BBBB")
        assert session.scalars(select(Audit.at).order_by(Audit.id.desc())).first() == LATER


def test_an_office_abroad_is_told_of_only_while_the_person_is_asked(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        referral = send(world, session, person)
        referral.border_to = "MY-KUL"
        session.flush()
        facts = open_referral_facts(session, person.id)
        assert facts is not None
        assert facts["border"] == "MY-KUL"
        referral.border_yes_at = AT
        session.flush()
        facts = open_referral_facts(session, person.id)
        assert facts is not None
        assert facts["border"] is None


def test_of_several_that_are_closed_the_latest_is_told_of_and_of_this_programme_alone(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        for reference in ("AAAA-BBBB", "CCCC-DDDD"):
            send(world, session, person, reference)
            withdraw(session, world.settings, person, AT)
        facts = open_referral_facts(session, person.id)
        assert facts is not None
        assert facts["reference"] == "CCCC-DDDD"
        session.execute(update(Referral).values(programme="another"))
        assert open_referral_facts(session, person.id) is None
        send(world, session, person)
        session.execute(update(Referral).values(programme="another"))
        assert withdraw(session, world.settings, person, AT) is None
