"""Leaving at once: what is counted, wiped, said last and kept, with and without an open referral."""

from __future__ import annotations

import locale
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from gateway_rig import START, Gateway
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs
from turns import REFER

from bot.channels.channel import Limits
from bot.conversation.effects import Deed, EffectError, _refer
from bot.conversation.leaving import bare_person, leave, load_exit_words, say_farewell
from bot.conversation.means import Means
from bot.conversation.screen import Screen
from bot.conversation.speaking import keep_screen
from bot.language.english import ResponsesError
from bot.referrals.intake import apply_referral
from bot.store.erased import ledger_of
from bot.store.models import Consent, Outgoing, Person, Referral, ReferralEvent
from bot.store.sealing import unseal
from bot.store.tally import Tally

AT = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 - as the tables keep it
WORDING = "ab" * 32


@pytest.fixture
def means(gateway: Gateway) -> Means:
    """As of a platform on which messages can be taken off the screen for two days."""
    return replace(gateway.means, limits={"test": Limits(text=4096, title=64, choices=30, wipe_hours=48)})


@pytest.fixture
def session(gateway: Gateway) -> Iterator[Session]:
    with Session(gateway.means.database) as session, session.begin():
        yield session


@pytest.fixture
def person(session: Session, means: Means) -> Person:
    person = bare_person(session, "test", "key", b"sealed", START)
    person.language, person.state = "fa", b"sealed"
    keep_screen(means, person, Screen(name="ask_age"))
    sent = {"status": "sent", "written_at": START, "next_try_at": START, "sent_at": START}
    session.add(Outgoing(person_id=person.id, content=b"sealed", provider_id="m1", **sent))
    session.flush()
    return person


def queued(session: Session, means: Means) -> list[tuple[int, str | list[str]]]:
    """Of each message that waits: whose it is, and its words or what it takes off the screen."""
    rows = session.scalars(select(Outgoing).where(Outgoing.status == "waiting").order_by(Outgoing.id))
    contents = [(row.person_id, unseal(means.settings.field_key, row.content or b"")) for row in rows]
    return [(whose, said.get("wipe") or said["bubble"]["text"]) for whose, said in contents]


def test_who_leaves_is_a_new_row_of_which_nothing_is_known_but_the_address(
    session: Session, means: Means, person: Person
) -> None:
    before = (person.id, person.conversation, person.mark)
    leave(session, means, person, AT)
    left = session.scalars(select(Person)).one()
    assert (left.channel, left.address_key, left.address) == ("test", "key", b"sealed")
    assert (left.created_at, left.last_seen_at) == (AT, AT)
    assert (left.state, left.screen, left.language, left.turn) == (None, None, None, 0)
    assert left.conversation != before[1]
    assert queued(session, means) == [(left.id, ["m1"]), (left.id, "باشه. روز خوش.")]
    ledger = ledger_of(means.settings)
    assert ledger.holds(ledger.known(), "person", before[2])
    assert [file.name for file in ledger.folder.iterdir()] == ["2026-03.log"]


def test_the_question_that_stood_there_is_counted(session: Session, means: Means, person: Person) -> None:
    leave(session, means, person, AT)
    (counted,) = session.scalars(select(Tally))
    assert (counted.kind, counted.value, counted.count, counted.month) == ("stopped", "age", 1, "2026-03")


def test_a_page_that_was_closed_leaves_no_row_and_no_last_line(
    session: Session, means: Means, person: Person
) -> None:
    leave(session, means, person, AT, farewell=False)
    assert session.scalars(select(Person)).all() == []
    assert session.scalars(select(Outgoing)).all() == []


@pytest.mark.parametrize("farewell", [True, False])
def test_with_an_open_referral_the_way_back_stays_and_nothing_said(
    session: Session, means: Means, person: Person, farewell: bool
) -> None:
    referral = apply_referral(session, means.settings, person, REFER, WORDING, START)
    assert referral is not None
    referral.talk_by, referral.talk_at = 1, START
    session.flush()
    before = person.conversation
    leave(session, means, person, AT, farewell=farewell)
    session.flush()
    assert session.scalars(select(Person)).all() == [person]
    assert (person.state, person.screen, person.language) == (None, None, "fa")
    assert referral.open
    assert referral.talk_at is None
    stopped = session.scalars(select(ReferralEvent).where(ReferralEvent.act == "talk_stopped")).one()
    assert stopped.at == AT
    last = [(person.id, "باشه. روز خوش.")] if farewell else []
    assert queued(session, means) == [(person.id, ["m1"]), *last]
    ledger = ledger_of(means.settings)
    assert ledger.holds(ledger.known(), "talk", before)
    assert not ledger.holds(ledger.known(), "person", person.mark)


def test_the_last_line_is_the_channels_own_where_it_has_one(
    session: Session, means: Means, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("bot.conversation.leaving.queue", lambda *given: said.extend(one.name for one in given[3]))
    say_farewell(session, means, person, "fa", AT)
    own = {**means.catalogue.responses(), "exit_test": {}}
    monkeypatch.setattr(type(means.catalogue), "responses", lambda _: own)
    say_farewell(session, means, person, "fa", AT)
    assert said == ["exit", "exit_test"]


def test_leaving_matters_more_than_its_last_line(
    session: Session, means: Means, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsaid(*_: object) -> None:
        raise ResponsesError("exit")

    monkeypatch.setattr("bot.conversation.leaving.queue", unsaid)
    with capture_logs() as logs:
        say_farewell(session, means, person, None, AT)
    assert [(line["event"], line["log_level"]) for line in logs] == [("exit.unsaid", "error")]
    assert (person.language, person.screen) == ("fa", None)


def test_exit_words_are_folded_and_of_all_languages_asked_for(tmp_path: Path) -> None:
    for language, words in {
        "en": "exit: [Leave NOW!, quit, 5, '']",
        "fa": "exit: [خروج]\nother: [no]",
        "ne": "",
        "si": "other: [no]",
        "ta": "exit:\n",
        "ur": "exit: [not asked for]",
    }.items():
        (tmp_path / language).mkdir()
        (tmp_path / language / "words.yml").write_text(words, encoding="utf-8")
    found = load_exit_words(tmp_path, ["en", "missing", "fa", "ne", "si", "ta"])
    assert found == {"leave now", "quit", "5", "خروج"}


def test_exit_words_are_read_alike_on_a_machine_whose_own_encoding_knows_english_alone(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "fa").mkdir()
    (tmp_path / "fa" / "words.yml").write_text("exit: [خروج]", encoding="utf-8")
    before = locale.setlocale(locale.LC_CTYPE)
    request.addfinalizer(lambda: locale.setlocale(locale.LC_CTYPE, before))
    locale.setlocale(locale.LC_CTYPE, "C")
    assert load_exit_words(tmp_path, ["fa"]) == {"خروج"}


def test_no_referral_is_sent_but_from_the_screen_that_asks_for_it(
    session: Session, means: Means, person: Person
) -> None:
    with capture_logs() as logs, pytest.raises(EffectError, match=r"^a referral without consent on the screen$"):
        _refer(Deed(session, means, Screen(name="ask_age", wording=WORDING), AT), person, REFER)
    assert logs == [
        {
            "event": "referral.without_consent",
            "person": person.id,
            "screen": "ask_age",
            "log_level": "critical",
        }
    ]
    assert session.scalars(select(Referral)).all() == []
    _refer(Deed(session, means, Screen(name="ask_consent", wording=WORDING), AT), person, REFER)
    consent = session.scalars(select(Consent)).one()
    assert (consent.wording, consent.given_at, consent.language) == (WORDING, AT, "fa")
    assert session.scalars(select(Referral)).one().person_id == person.id


def test_what_is_sent_is_what_the_person_agreed_to(
    session: Session, means: Means, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    monkeypatch.setattr(means.referrals, "apply_referral", lambda *given: sent.extend(given))
    _refer(Deed(session, means, Screen(name="ask_consent", wording=WORDING), AT), person, REFER)
    assert sent == [session, means.settings, person, REFER, WORDING, AT]
