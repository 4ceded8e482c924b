"""Run in Rasa's environment by test_classifier.py: what the numbers do, as one JSON object."""

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np  # type: ignore[import-not-found]  # it is in Rasa's environment

from nlu.engine.classifier import load, save
from nlu.engine.embedding import embed_cached
from nlu.engine.normalise import normalise
from nlu.engine.training import fit

TEXTS = ["how much money", "what is the price", "is it free", "hello", "hi friend", "hello there"]
INTENTS = ["faq/cost"] * 3 + ["greet"] * 3


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


def mismatch(classifier: object, vector: object) -> str:
    try:
        classifier.ranking("hello", vector)  # type: ignore[attr-defined]
    except ValueError as error:
        return str(error)
    return ""


def too_few() -> str:
    try:
        fit(TEXTS, ["faq/cost"] * 4 + ["greet"] * 2, None)
    except ValueError as error:
        return str(error)
    return ""


def main() -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 384)).astype(np.float32)
    plain, meaning = fit(TEXTS, INTENTS, None), fit(TEXTS, INTENTS, vectors)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save(meaning, folder)
        again = load(folder)
        kept = sorted(file.name for file in folder.iterdir())
        cached = cache(folder / "cache")
    found = {
        "cost": plain.ranking(normalise("How much MONEY??"), None),
        "greet": plain.ranking(normalise("helloooo"), None),
        "nothing": plain.ranking("", None),
        "same": again.ranking("hello", vectors[3]) == meaning.ranking("hello", vectors[3]),
        "kept": kept,
        "temperature": plain.temperature,
        "missing_vector": mismatch(meaning, None),
        "needless_vector": mismatch(plain, vectors[0]),
        "too_few": too_few(),
        "cache": cached,
    }
    print(json.dumps(found))  # noqa: T201  # read by the test


if __name__ == "__main__":
    main()
