"""One person, by whichever of their two names they come; two people, when a number has passed on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_graph_api import Someone
from turns import says
from whatsapp_rig import NADIA, Rig, new_rig

from bot.store.models import Person
from bot.store.sealing import unseal

BY_NUMBER, BY_ID = Someone(user_id=None), Someone(wa_id=None)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with new_rig(tmp_path) as made:
        made.engine.answer = says("plain")
        yield made


def address(rig: Rig, person: Person) -> str:
    return str(unseal(rig.means.settings.field_key, person.address))


@pytest.mark.parametrize(
    "ways",
    [
        (BY_NUMBER, NADIA, BY_ID, BY_NUMBER),
        (NADIA, BY_NUMBER, BY_ID, NADIA),
        (BY_ID, NADIA, BY_NUMBER, BY_ID),
    ],
)
def test_with_one_name_the_other_or_both_it_is_one_person(rig: Rig, ways: tuple[Someone, ...]) -> None:
    for way in ways:
        assert rig.says("Hello", way)
    [person] = rig.people()
    assert address(rig, person) == NADIA.user_id
    assert person.turn == len(ways)


def test_who_is_known_by_the_id_is_written_to_by_it_and_the_number_is_not_kept(rig: Rig) -> None:
    [first] = rig.says("Hello", BY_NUMBER)
    assert (first.get("to"), first.get("recipient")) == (NADIA.wa_id, None)
    [second] = rig.says("Hello", NADIA)
    assert (second.get("to"), second.get("recipient")) == (None, NADIA.user_id)
    rig.means.database.dispose()
    kept = b"".join(path.read_bytes() for path in rig.means.settings.home.glob("test.sqlite3*"))
    assert str(NADIA.wa_id).encode() not in kept
    assert str(NADIA.user_id).encode() not in kept


def test_a_number_with_another_owner_is_another_person(rig: Rig) -> None:
    rig.says("Hello", NADIA)
    other = Someone(user_id="TH.999")
    rig.says("Hello", other)
    rig.says("Hello", BY_NUMBER)
    first, second = rig.people()
    assert (address(rig, first), first.turn) == (NADIA.user_id, 1)
    assert (address(rig, second), second.turn) == (other.user_id, 2)


def test_two_who_turn_out_to_be_one_go_on_as_the_one_that_is_known_better(rig: Rig) -> None:
    rig.says("Hello", BY_NUMBER)
    rig.says("Hello", BY_ID)
    rig.says("Hello", NADIA)
    rig.says("Hello", BY_NUMBER)
    assert [person.turn for person in rig.people()] == [1, 3]


def test_the_name_of_a_person_is_kept_nowhere(rig: Rig) -> None:
    rig.says("Hello", Someone(name="Zarmina"))
    rig.means.database.dispose()
    kept = b"".join(path.read_bytes() for path in rig.means.settings.home.glob("test.sqlite3*"))
    assert b"Zarmina" not in kept
