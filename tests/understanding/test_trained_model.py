"""Step 3, checked: the model learns, ranks, is kept and comes back the same; run in Rasa's environment."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.processes.roster import RASA_PYTHON, RASA_QUIET
from bot.settings import ROOT

pytestmark = pytest.mark.rasa


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    script = Path(__file__).with_name("model_check.py")
    command = [str(RASA_PYTHON), "-W", "error", str(script)]
    environment = {**os.environ, **RASA_QUIET, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


@pytest.mark.parametrize(
    ("written", "intent"), [("How much MONEY??", "faq/cost"), ("helloooo", "greet"), ("سلام!", "greet")]
)
def test_the_learned_intent_is_best(found: dict[str, Any], written: str, intent: str) -> None:
    assert found["rankings"][written][0][0] == intent


def test_probabilities_add_up_and_go_down(found: dict[str, Any]) -> None:
    for ranking in found["rankings"].values():
        chances = [chance for _, chance in ranking]
        assert sum(chances) == pytest.approx(1)
        assert chances == sorted(chances, reverse=True)


def test_of_nothing_known_something_out_of_scope_is_likeliest(found: dict[str, Any]) -> None:
    assert found["rankings"][""][0][0] == "out_of_scope"


def test_a_message_is_read_by_the_letters_that_know_it(found: dict[str, Any]) -> None:
    english_in_persian, persian_in_english, of_a_variety, of_nobody, unknown, empty = found["read_as"]
    assert (english_in_persian, persian_in_english) == ("en", "fa")
    assert (of_a_variety, of_nobody) == ("fa", "en")
    assert (unknown, empty) == ("fa", "en")  # no letters know it better: the person's own


def test_meaning_speaks_where_no_letter_is_known(found: dict[str, Any]) -> None:
    assert found["by_meaning"] == ["greet", "greet"]


def test_a_model_comes_back_the_same_from_plain_files(found: dict[str, Any]) -> None:
    assert found["same"]
    assert found["kept"] == ["model.json", "model.npz"]


def test_an_embedding_switched_after_training_is_refused(found: dict[str, Any]) -> None:
    assert "train it again" in found["missing_vector"]
    assert "train it again" in found["needless_vector"]


def test_too_little_to_learn_from_is_refused(found: dict[str, Any]) -> None:
    assert "two intents" in found["one_intent"]
    assert "language's folder" in found["no_language"]


def test_only_new_texts_are_embedded(found: dict[str, Any]) -> None:
    cache = found["cache"]
    assert cache["asked"] == [["a", "bb"], ["ccc"], ["a"]]
    assert cache["values"] == [2, 3]
    assert cache["shape"] == [0, 384]


def test_texts_are_of_the_languages_whose_folders_hold_them_also_without_marks(found: dict[str, Any]) -> None:
    assert found["folders"] == {"toi ok": ["en"], "tôi đói": ["vi"], "toi doi": ["vi"]}


def test_the_meaning_is_learned_from_a_part_but_danger_in_full(found: dict[str, Any]) -> None:
    assert [i for i in found["worth"] if i not in {2, 3}] == [1, 4, 5, 6, 7]
    assert len({2, 3} & set(found["worth"])) == 1
