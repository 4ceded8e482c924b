from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from console_settings import CONSOLE_KEY, add_person
from referral_world import AT, BANGKOK, MAE_SOT, WORDING, World, effect, make_world, send
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.referrals.content import ContentError, open_content
from bot.referrals.intake import apply_referral, erase, open_referral_facts, withdraw, write_to_office
from bot.referrals.lifecycle import accept, close, open_for
from bot.store.database import transaction
from bot.store.models import Audit, Consent, Office, Officer, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import SealError, unseal_at_office


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def acts(session: Session) -> list[str]:
    return list(session.scalars(select(ReferralEvent.act).order_by(ReferralEvent.id)))


def test_a_referral_keeps_the_consent_it_rests_on(world: World) -> None:
    with transaction(world.engine) as session:
        referral = send(world, session, add_person(session))
        consent = session.get_one(Consent, referral.consent_id)
        assert (consent.language, consent.wording, consent.given_at) == ("fa", WORDING, AT)
        assert (referral.status, referral.open, referral.office_id, referral.language) == (
            "new",
            True,
            BANGKOK,
            "fa",
        )
        assert acts(session) == ["sent"]
        assert session.scalars(select(Audit.act)).all() == ["sent"]


def test_its_office_opens_it_and_another_key_does_not(world: World) -> None:
    with transaction(world.engine) as session:
        referral = send(world, session, add_person(session))
        office, other = session.get_one(Office, BANGKOK), session.get_one(Office, MAE_SOT)
        content = open_content(office, CONSOLE_KEY, referral)
        assert content.answers == {"age": "adult", "country_now": "TH"}
        assert content.contact is not None
        assert content.contact.number == "+66 2 343 9300"
        with pytest.raises(SealError):
            open_content(other, CONSOLE_KEY, referral)
        with pytest.raises(SealError):
            open_content(office, b"x" * 32, referral)


def test_no_word_of_it_stands_in_the_files(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        send(world, session, person, answers={"age": "canary-age"}, contact={"number": "canary-number"})
        write_to_office(session, world.settings, person, "canary-words", AT)
    written = b"".join(path.read_bytes() for path in world.files.iterdir() if path.is_file())
    assert b"K7PM-2QXD" in written
    assert b"canary" not in written


@pytest.mark.parametrize(
    ("given", "named"),
    [({"name": "x"}, "name"), ({"contact": {"street": "x"}}, "street"), ({"answers": None}, "answers")],
)
def test_a_part_too_many_or_too_few_is_refused_by_name(world: World, given: dict[str, Any], named: str) -> None:
    wanted = effect(**given)
    if given == {"answers": None}:
        del wanted["content"]["answers"]
    with transaction(world.engine) as session:
        person = add_person(session)
        with pytest.raises(ContentError, match=named):
            apply_referral(session, world.settings, person, wanted, WORDING, AT)
        assert count(session, Referral) == count(session, Consent) == 0


def test_a_second_one_changes_nothing(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        send(world, session, person)
        again = apply_referral(session, world.settings, person, effect("AAAA-BBBB"), WORDING, AT)
        assert again is None
        assert (count(session, Referral), count(session, Consent), count(session, Audit)) == (1, 1, 1)


def test_sent_by_many_at_once_there_is_one(world: World) -> None:
    with transaction(world.engine) as session:
        person_id = add_person(session).id

    def one(number: int) -> bool:
        with transaction(world.engine) as session:
            person = session.get_one(Person, person_id)
            sent = apply_referral(session, world.settings, person, effect(f"AAAA-{number:04}"), WORDING, AT)
            return sent is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == 1
    with transaction(world.engine) as session:
        assert count(session, Referral) == count(session, Consent) == 1


def test_the_database_itself_refuses_a_second_open_one(world: World) -> None:
    with transaction(world.engine) as session:
        first = send(world, session, add_person(session))
        double = Referral(
            reference="AAAA-BBBB",
            programme=first.programme,
            person_id=first.person_id,
            office_id=BANGKOK,
            consent_id=first.consent_id,
            language="en",
            sealed=b"",
            created_at=AT,
            changed_at=AT,
        )
        session.add(double)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_a_reference_used_twice_is_an_error_and_not_a_second_referral(world: World) -> None:
    with transaction(world.engine) as session:
        send(world, session, add_person(session, "p1"))
        other = add_person(session, "p2")
        with pytest.raises(IntegrityError):
            apply_referral(session, world.settings, other, effect(), WORDING, AT)


def test_an_office_without_keys_is_named(world: World) -> None:
    with transaction(world.engine) as session, pytest.raises(LookupError, match="XX-YYY"):
        apply_referral(session, world.settings, add_person(session), effect(office="XX-YYY"), WORDING, AT)


def test_the_flag_priority_is_what_sorts_it_first(world: World) -> None:
    with transaction(world.engine) as session:
        assert send(world, session, add_person(session), flags=["child", "priority"]).priority


def test_withdrawn_it_is_closed_and_nobody_can_be_reached(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        send(world, session, person)
        taken_back = withdraw(session, world.settings, person, AT)
        assert taken_back is not None
        assert (taken_back.status, taken_back.open, taken_back.contact) == ("withdrawn", False, None)
        assert acts(session) == ["sent", "withdrawn"]
        assert withdraw(session, world.settings, person, AT) is None
        assert send(world, session, person, "AAAA-BBBB").open


def test_words_to_the_office_are_sealed_to_it(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        assert not write_to_office(session, world.settings, person, "hello", AT)
        send(world, session, person)
        assert write_to_office(session, world.settings, person, "hello", AT)
        event = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "person_wrote")).one()
        office = session.get_one(Office, BANGKOK)
        assert event.words is not None
        assert unseal_at_office(office.private_key, CONSOLE_KEY, event.words) == {"text": "hello"}


def test_erased_before_it_was_opened_nothing_stays(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        send(world, session, person)
        session.add(Outgoing(person_id=person.id, content=b"x", written_at=AT, next_try_at=AT))
        session.flush()
        erase(session, person, AT)
    with transaction(world.engine) as session:
        for table in (Person, Referral, ReferralEvent, Consent, Outgoing):
            assert count(session, table) == 0
        assert session.scalars(select(Audit.act).order_by(Audit.id)).all() == ["sent", "erased"]


def test_erased_after_it_was_opened_the_office_is_told_and_holds_no_contact(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        referral = send(world, session, person)
        open_for(session, referral, session.get_one(Officer, 1), AT)
        session.flush()
        erase(session, person, AT)
    with transaction(world.engine) as session:
        kept = session.scalars(select(Referral)).one()
        assert (kept.status, kept.open, kept.person_id, kept.contact) == ("withdrawn", False, None, None)
        assert acts(session) == ["sent", "opened", "erased"]
        assert session.scalars(select(ReferralEvent.tell).where(ReferralEvent.act == "erased")).one()
        assert count(session, Person) == 0


def test_erased_after_it_was_closed_the_contact_goes_too(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        referral = send(world, session, person)
        officer = session.get_one(Officer, 1)
        open_for(session, referral, officer, AT)
        accept(session, referral.id, officer, "a" * 32, AT)
        close(session, referral.id, officer, "helped", "b" * 32, AT)
        erase(session, person, AT)
    with transaction(world.engine) as session:
        kept = session.scalars(select(Referral)).one()
        assert (kept.status, kept.person_id, kept.contact) == ("closed", None, None)


def test_the_engine_is_told_of_the_open_one_else_of_the_latest(world: World) -> None:
    with transaction(world.engine) as session:
        person = add_person(session)
        assert open_referral_facts(session, person.id) is None
        send(world, session, person)
        facts = {"reference": "K7PM-2QXD", "status": "new", "office": BANGKOK, "open": True, "border": None}
        assert open_referral_facts(session, person.id) == facts
        withdraw(session, world.settings, person, AT)
        assert open_referral_facts(session, person.id) == facts | {"status": "withdrawn", "open": False}
        send(world, session, person, "AAAA-BBBB")
        assert open_referral_facts(session, person.id) == facts | {"reference": "AAAA-BBBB"}
