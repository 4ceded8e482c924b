"""Run in Rasa's environment by test_classifier.py: what the numbers do, as one JSON object."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np  # type: ignore[import-not-found]  # it is in Rasa's environment

from nlu.engine.embedding import embed_cached
from nlu.engine.model import Model, is_romanised, load_model, save_model
from nlu.engine.normalise import normalise
from nlu.engine.training import fit_model

TEXTS = ["how much money", "what is the price", "is it free", "hello", "hi friend", "hello there"]
INTENTS = ["faq/cost"] * 3 + ["greet"] * 3


SCRIPTS = {"en": "Latn", "fa": "Arab"}
WRITTEN = [
    ("salam 2", "fa"),
    ("salam", "fa_AF"),
    ("سلام", "fa"),
    ("salam", "en"),
    ("2", "fa"),
    ("iran میرم", "fa"),
    ("hi", None),
]


class Counting:
    """An embedder that counts what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def query(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        return np.array([[len(text)] * 384 for text in texts], np.float32)


def cache(folder: Path) -> dict[str, object]:
    first, second, third = Counting(), Counting(), Counting()
    embed_cached(first, ["a", "bb", "a"], folder)
    vectors: Any = embed_cached(second, ["bb", "ccc"], folder)
    embed_cached(third, ["a", "bb"], folder)
    nothing: Any = embed_cached(third, [], folder)
    return {
        "asked": [first.asked, second.asked, third.asked],
        "values": vectors[:, 0].tolist(),
        "shape": nothing.shape,
    }


def mismatch(model: Model, vector: Any) -> str:
    try:
        model.ranking("hello", vector, romanised=False)
    except ValueError as error:
        return str(error)
    return ""


def ranked(model: Model, vector: Any) -> list[list[tuple[str, float]]]:
    return [model.ranking("hello", vector, romanised=romanised) for romanised in (True, False)]


def halves(model: Model, vector: Any) -> list[float]:
    assert model.letters is not None
    shares = [model.ranking("hello", vector, romanised=True), model.whole.ranking("hello", vector)]
    return [dict(share)["greet"] for share in [*shares, model.letters.ranking("hello", None)]]


def too_few() -> str:
    try:
        fit_model(TEXTS, ["faq/cost"] * 4 + ["greet"] * 2, None)
    except ValueError as error:
        return str(error)
    return ""


def main() -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 384)).astype(np.float32)
    plain, meaning = fit_model(TEXTS, INTENTS, None), fit_model(TEXTS, INTENTS, vectors)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_model(meaning, folder)
        again = load_model(folder)
        kept = sorted(str(file.relative_to(folder)) for file in folder.glob("*/*"))
        cached = cache(folder / "cache")
    found = {
        "cost": plain.ranking(normalise("How much MONEY??"), None, romanised=False),
        "greet": plain.ranking(normalise("helloooo"), None, romanised=True),
        "nothing": plain.ranking("", None, romanised=False),
        "same": ranked(again, vectors[3]) == ranked(meaning, vectors[3]),
        "kept": kept,
        "temperature": plain.whole.temperature,
        "halves": halves(meaning, vectors[3]),
        "romanised": [is_romanised(text, language, SCRIPTS) for text, language in WRITTEN],
        "missing_vector": mismatch(meaning, None),
        "needless_vector": mismatch(plain, vectors[0]),
        "too_few": too_few(),
        "cache": cached,
    }
    print(json.dumps(found))  # noqa: T201  # read by the test


if __name__ == "__main__":
    main()
