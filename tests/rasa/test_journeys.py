"""Every language's whole conversation says, word by word, what its reviewed sheet in `tests/journeys/` says."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

import pytest
from journey import JOURNEYS, journey_means, people, sheet_of

from bot.conversation.means import Means
from bot.processes.engine import Engine

pytestmark = pytest.mark.rasa
PEOPLE = people()


@pytest.fixture(scope="module")
def means(trained: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Means]:
    with journey_means(tmp_path_factory.mktemp("journeys"), trained) as made:
        yield made


@pytest.mark.parametrize("language", PEOPLE)
def test_a_whole_conversation_reads_as_it_was_reviewed(means: Means, language: str) -> None:
    reviewed = (JOURNEYS / f"{language}.txt").read_text(encoding="utf-8")
    now = sheet_of(means, language, PEOPLE[language])
    changes = list(difflib.unified_diff(reviewed.splitlines(), now.splitlines(), "reviewed", "now", lineterm=""))
    refresh = f"If the change is right: PYTHONPATH=tests .venv/bin/python tests/rasa/journey.py {language}"
    assert now == reviewed, "\n".join([*changes, refresh])


def test_every_language_that_is_offered_has_a_journey(means: Means) -> None:
    assert set(PEOPLE) == set(means.languages)
    assert {path.stem for path in JOURNEYS.glob("*.txt")} == set(PEOPLE)
