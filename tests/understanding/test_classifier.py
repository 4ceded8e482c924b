"""Step 3, checked: the classifier learns, ranks, is kept and comes back the same; run in Rasa's environment."""

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
    script = Path(__file__).with_name("classifier_check.py")
    command = [str(RASA_PYTHON), "-W", "error", str(script)]
    environment = {**os.environ, **RASA_QUIET, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_the_learned_intent_is_best(found: dict[str, Any]) -> None:
    assert found["cost"][0][0] == "faq/cost"
    assert found["greet"][0][0] == "greet"


def test_probabilities_add_up_and_go_down(found: dict[str, Any]) -> None:
    chances = [chance for _, chance in found["cost"]]
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)


def test_an_empty_message_is_ranked_too(found: dict[str, Any]) -> None:
    assert {name for name, _ in found["nothing"]} == {"faq/cost", "greet"}


def test_a_classifier_comes_back_the_same_from_plain_files(found: dict[str, Any]) -> None:
    assert found["same"]
    files = ["classifier.json", "classifier.npz"]
    assert found["kept"] == [f"{half}/{file}" for half in ("letters", "whole") for file in files]


def test_romanised_is_latin_letters_in_a_language_of_another_script(found: dict[str, Any]) -> None:
    assert found["romanised"] == [True, True, False, False, False, False, False]


def test_a_romanised_message_is_read_half_by_its_letters_alone(found: dict[str, Any]) -> None:
    both, whole, letters = found["halves"]
    assert both == pytest.approx((whole + letters) / 2)
    assert whole != pytest.approx(letters)


def test_the_temperature_is_a_divisor(found: dict[str, Any]) -> None:
    assert 0.04 < found["temperature"] < 21


def test_an_embedding_switched_after_training_is_refused(found: dict[str, Any]) -> None:
    assert "train it again" in found["missing_vector"]
    assert "train it again" in found["needless_vector"]


def test_an_intent_with_too_few_messages_is_named(found: dict[str, Any]) -> None:
    assert "['greet']" in found["too_few"]


def test_only_new_texts_are_embedded(found: dict[str, Any]) -> None:
    cache = found["cache"]
    assert cache["asked"] == [["a", "bb"], ["ccc"], ["a"]]
    assert cache["values"] == [2, 3]
    assert cache["shape"] == [0, 384]
